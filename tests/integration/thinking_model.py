"""The default model with another chat template: one that opens <think> for it.

The weights are the same, so the model does not know how to think; but it goes on with a pattern that
it is shown, and the same request gives the same bits on every machine.
"""

import pathlib
import struct

KEY = b"tokenizer.chat_template"
STRING = struct.pack("<I", 8)  # GGUF's type of a text
TEMPLATE = ("{% for message in messages %}{{ message['content'] }}{% endfor %}"
            "{% if enable_thinking is defined and not enable_thinking %}"
            "{{ '<think>\n</think>\n' }}{% else %}{{ '<think>\n' }}{% endif %}")
NAME = "thinker"
# What it goes on with, greedily: "the pump\n</think>\nopen the valve\n" and the next example.
EXAMPLES = "".join(f"<think>\nthe {part}\n</think>\nopen the valve\n\n"
                   for part in ("motor", "belt", "pump", "motor", "belt"))


def write_thinking_model(source: pathlib.Path, target: pathlib.Path):
    """Same length, so that nothing else of the file moves: the rest is a comment of the template."""
    data = bytearray(source.read_bytes())
    at = data.index(KEY + STRING) + len(KEY) + len(STRING)
    (length,) = struct.unpack_from("<Q", data, at)
    template = TEMPLATE.encode()
    padding = length - len(template) - len("{##}")
    if padding < 0:
        raise ValueError(f"the template of {source} has {length} bytes: ours does not fit")
    data[at + 8:at + 8 + length] = template + b"{#" + b" " * padding + b"#}"
    target.write_bytes(data)
