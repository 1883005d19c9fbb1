#!/usr/bin/env python3
"""Makes tests/golden/formats/dequantize: random blocks of each type and the f32 values that the
independent reader of the PyPI package gguf gives for them. Scales are random finite halves of any
sign and size, subnormals included.

Run in an environment with `pip install gguf==0.19.0`:  python tools/golden/make_dequantize_golden.py
"""
import hashlib
import pathlib

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

# type -> (blocks, offsets of halves inside a block)
CASES = {
    "F32": (64, []), "F16": (64, [0]), "BF16": (64, []), "Q8_0": (16, [0]), "Q4_0": (16, [0]),
    "Q4_1": (16, [0, 2]), "Q5_0": (16, [0]), "Q5_1": (16, [0, 2]), "Q4_K": (3, [0, 2]),
    "Q5_K": (3, [0, 2]), "Q6_K": (3, [208]),
}


def random_blocks(name: str, random: numpy.random.Generator) -> numpy.ndarray:
    count, halves = CASES[name]
    block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType[name]][1]
    blocks = random.integers(0, 256, (count, block_bytes), dtype=numpy.uint8)
    for offset in halves:  # an exponent of 31 would be infinity or NaN
        blocks[:, offset + 1] = numpy.where(blocks[:, offset + 1] & 0x7C == 0x7C,
                                            blocks[:, offset + 1] & 0xBF, blocks[:, offset + 1])
    if name == "F32":
        blocks[:, 3] = numpy.where(blocks[:, 3] & 0x7F == 0x7F, 0x3F, blocks[:, 3])
    if name == "BF16":
        blocks[:, 1] = numpy.where(blocks[:, 1] & 0x7F == 0x7F, 0x3F, blocks[:, 1])
    return blocks


def main() -> None:
    folder = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/formats/dequantize"
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(20251124)
    manifest = ['generator = "tools/golden/make_dequantize_golden.py"',
                'reference = "PyPI gguf 0.19.0, gguf.quants.dequantize (numpy)"',
                'licence = "generated here; random input"', 'tolerance = "none: bit-equal"', ""]
    for name in CASES:
        blocks = random_blocks(name, random)
        values = dequantize(blocks, GGMLQuantizationType[name]).astype("<f4")
        assert numpy.isfinite(values).all(), name
        for suffix, data in (("blocks", blocks.tobytes()), ("f32", values.tobytes())):
            path = folder / f"{name}.{suffix}"
            path.write_bytes(data)
            manifest += ["[[file]]", f'name = "{path.name}"',
                         f'sha256 = "{hashlib.sha256(data).hexdigest()}"', ""]
    (folder / "MANIFEST.toml").write_text("\n".join(manifest))


if __name__ == "__main__":
    main()
