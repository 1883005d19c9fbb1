"""LoRA adapters with the real default model: made here of random numbers, run from the command line,
by the configuration and loaded while the server runs."""

import json
import pathlib
import random
import struct
import tempfile
import threading
import unittest

from harness import MODEL, MODEL_NAME, DataFolder, Server, main, needs_model, needs_program, run, run_json

WIDTH, KV_WIDTH, LAYERS, RANK = 576, 192, 30, 4
PROMPT = "The capital of France is"


def write_adapter(folder, seed, width=WIDTH, **config):
    """An adapter of the query and value products, as PEFT writes it."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    numbers = random.Random(seed)
    header, data = {}, bytearray()
    for layer in range(LAYERS):
        for module, rows in (("q_proj", width), ("v_proj", KV_WIDTH)):
            for part, shape in (("A", (RANK, width)), ("B", (rows, RANK))):
                count = shape[0] * shape[1]
                begin = len(data)
                data += struct.pack(f"<{count}f", *(numbers.gauss(0, 0.05) for _ in range(count)))
                header[f"base_model.model.model.layers.{layer}.self_attn.{module}.lora_{part}.weight"] = {
                    "dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 8,
        "target_modules": ["q_proj", "v_proj"], "bias": "none", **config}))
    return folder


@needs_program
@needs_model
class Adapters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.first = write_adapter(pathlib.Path(cls.folder.name) / "first", 1)
        cls.second = write_adapter(pathlib.Path(cls.folder.name) / "second", 2)

    def generate(self, *flags):
        return run_json("generate", MODEL, "--prompt", PROMPT, "--max-tokens", 8, *flags)

    def test_generate_runs_with_one_and_gives_the_same_bits_each_time(self):
        base = self.generate()
        self.assertNotIn("adapter", base)
        one, two = (self.generate("--adapter", f"a={self.first}", "--threads", n) for n in (1, 2))
        self.assertEqual(one["adapter"]["rank"], RANK)
        self.assertNotEqual(one["logits_hash"], base["logits_hash"])
        self.assertEqual(one["logits_hash"], two["logits_hash"])
        other = self.generate("--adapter", f"a={self.second}")
        self.assertNotEqual(one["logits_hash"], other["logits_hash"])

    def test_one_of_another_model_is_refused_by_its_tensor(self):
        wrong = write_adapter(pathlib.Path(self.folder.name) / "wrong", 3, width=512)
        done = run("generate", MODEL, "--prompt", "x", "--adapter", f"w={wrong}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("lora_A.weight", done.stderr)
        self.assertIn("(rank, 576)", done.stderr)
        done = run("generate", MODEL, "--prompt", "x", "--adapter", str(wrong))
        self.assertEqual(done.returncode, 2)
        self.assertIn("NAME=PATH", done.stderr)

    def test_the_server_names_them_loads_them_and_lets_them_go(self):
        data = DataFolder(with_model=True)
        self.addCleanup(data.close)
        write_adapter(data.path / "adapters" / "later", 2)
        write_adapter(data.path / "adapters" / "dora", 2, use_dora=True)
        (data.path / "config.toml").write_text(f'adapters = ["{MODEL_NAME}:first={self.first}"]\n')
        expected = {"": self.generate()["text"], "first": self.generate(
            "--adapter", f"a={self.first}")["text"], "later": self.generate(
            "--adapter", f"a={self.second}")["text"]}
        with Server(data.path, "--adapter", f"broken={self.folder.name}/nothing",
                    demo=False) as server:
            def ask(method, path, body=None):
                status, _, answer = server.request(method, path, body)
                return status, json.loads(answer)

            def complete(adapter):
                name = f"{MODEL_NAME}:{adapter}" if adapter else MODEL_NAME
                return ask("POST", "/v1/completions", {
                    "model": name, "prompt": PROMPT, "max_tokens": 8, "temperature": 0})

            status, answer = server.wait_until(
                "the adapter is loaded", lambda: (lambda got: got if got[0] != 503 else None)(
                    complete("first")), 60)
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["choices"][0]["text"], expected["first"])
            self.assertEqual(answer["model"], f"{MODEL_NAME}:first")

            status, answer = complete("later")
            self.assertEqual(status, 404)
            self.assertIn("first", answer["error"]["message"])
            status, answer = complete("broken")
            self.assertEqual(status, 503)
            route = f"/api/models/{MODEL_NAME}/adapters"
            status, answer = ask("POST", route, {"name": "nothing"})
            self.assertEqual(status, 404)
            self.assertIn("later", answer["error"]["message"])
            self.assertEqual(ask("POST", route, {"name": "../first"})[0], 400)
            status, answer = ask("POST", route, {"name": "dora"})
            self.assertIn("use_dora", answer["error"]["message"])
            status, answer = ask("POST", route, {"name": "later"})
            self.assertEqual((status, answer["rank"], answer["state"]), (200, RANK, "ready"), answer)

            answers = {}
            threads = [threading.Thread(target=lambda key=key: answers.update(
                {key: complete(key[0])})) for key in [(name, i) for name in expected for i in range(4)]]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for (name, _), (status, answer) in answers.items():
                self.assertEqual(status, 200, answer)
                self.assertEqual(answer["choices"][0]["text"], expected[name], name or "the model")

            status, answer = ask("GET", "/v1/models")
            parents = {each["id"]: each.get("parent") for each in answer["data"]}
            self.assertEqual(parents, {MODEL_NAME: None, f"{MODEL_NAME}:first": MODEL_NAME,
                                       f"{MODEL_NAME}:later": MODEL_NAME})
            self.assertEqual(ask("DELETE", f"{route}/later")[0], 200)
            self.assertEqual(ask("DELETE", f"{route}/later")[0], 404)
            self.assertEqual(complete("later")[0], 404)
            self.assertEqual(complete("")[1]["choices"][0]["text"], expected[""])


if __name__ == "__main__":
    main()
