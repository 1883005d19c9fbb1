"""The commands that need no server: what scripts rely on (JSON keys, exit statuses, same bits)."""

import json
import unittest

from harness import DataFolder, MODEL, MODEL_NAME, main, needs_model, needs_program, run, run_json


@needs_program
class WrongUse(unittest.TestCase):
    def test_exit_status_tells_wrong_use_from_failure(self):
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("nonsense").returncode, 2)
        self.assertEqual(run("generate").returncode, 2)
        self.assertEqual(run("pull", "hf:nope").returncode, 2)
        self.assertEqual(run("generate", "/no/such.gguf", "--prompt", "x").returncode, 1)
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run("generate", "--help").returncode, 0)

    def test_missing_model_says_how_to_get_one(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        done = run("generate", MODEL_NAME, "--prompt", "x", "--data", folder.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"millwright pull {MODEL_NAME}", done.stderr)
        chinese = run("generate", MODEL_NAME, "--prompt", "x", "--data", folder.path,
                      env={"LC_ALL": "zh_CN.UTF-8"})
        self.assertIn("没有模型", chinese.stderr)

    def test_errors_are_json_when_json_was_asked_for(self):
        done = run("generate", "/no/such.gguf", "--prompt", "x", "--json")
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "not_found")


@needs_program
class Machine(unittest.TestCase):
    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)

    def test_info_shows_what_was_measured_and_writes_only_when_asked(self):
        before = run_json("info", "--data", self.folder.path / "new")
        self.assertIsNone(before["limits"])
        self.assertFalse((self.folder.path / "new").exists())
        measured = run_json("info", "--calibrate", "--data", self.folder.path / "new")
        again = run_json("info", "--data", self.folder.path / "new")
        self.assertEqual(measured["limits"], again["limits"])
        for key in ("version", "commit", "isa_available", "isa_used", "threads", "memory"):
            self.assertIn(key, measured)
        for rates in measured["limits"]["rates"]:
            for key in ("int_gmac_s", "f32_gmac_s", "l2_gb_s", "memory_gb_s"):
                self.assertGreater(rates[key], 0)
        self.assertLessEqual(measured["threads"], measured["cores"])

    @needs_model
    def test_bench_prints_shares_of_the_limits(self):
        rates = run_json("bench", MODEL, "--prompt-tokens", 16, "--generate-tokens", 4, "--runs", 1,
                         "--context", 20, "--data", self.folder.path)
        for key in ("prefill_tok_s", "decode_tok_s", "batch", "threads", "isa", "peak_rss_bytes"):
            self.assertIn(key, rates)
        self.assertGreater(rates["prefill_share"], 0)
        self.assertGreater(rates["decode_share"], 0)
        self.assertEqual(rates["context"], 20)
        self.assertTrue((self.folder.path / "machine.json").exists())

    @needs_model
    def test_what_was_chosen_changes_no_bit(self):
        flags = ("--prompt", "The capital of France is", "--max-tokens", 8, "--data",
                 self.folder.path)
        first = run_json("generate", MODEL, *flags)
        file = self.folder.path / "machine.json"
        kept = json.loads(file.read_text())
        for isa in run_json("info")["isa_available"]:
            kept["limits"]["isa"] = isa
            kept["limits"]["busy"] = False
            kept["limits"]["rates"] = kept["limits"]["rates"][:1]  # one thread
            file.write_text(json.dumps(kept))
            answer = run_json("generate", MODEL, *flags)
            self.assertEqual((answer["isa"], answer["threads"]), (isa, 1))
            self.assertEqual(answer["logits_hash"], first["logits_hash"], isa)
            self.assertEqual(answer["ids"], first["ids"])


@needs_program
@needs_model
class Generate(unittest.TestCase):
    def generate(self, *flags, env=None):
        return run_json("generate", MODEL, "--prompt", "The capital of France is", "--max-tokens",
                        16, *flags, env=env)

    def test_json_has_the_keys_that_scripts_rely_on(self):
        answer = self.generate()
        for key in ("text", "prompt_ids", "ids", "finish", "logits_hash", "isa", "threads", "timings"):
            self.assertIn(key, answer)
        self.assertIn("Paris", answer["text"])
        self.assertEqual(len(answer["ids"]), 16)

    def test_same_bits_on_any_number_of_threads(self):
        one, two = (self.generate("--threads", threads) for threads in (1, 2))
        self.assertEqual(one["logits_hash"], two["logits_hash"])
        self.assertEqual(one["ids"], two["ids"])

    def test_same_bits_on_each_instruction_set(self):
        available = run_json("info")["isa_available"]
        answers = {isa: self.generate("--max-tokens", 8, env={"MILLWRIGHT_FORCE_ISA": isa})
                   for isa in available}
        for isa, answer in answers.items():
            self.assertEqual(answer["isa"], isa)
            self.assertEqual(answer["logits_hash"], answers[available[0]]["logits_hash"], isa)

    def test_seed_repeats_and_changes_the_text(self):
        flags = ("--temperature", 1.0)
        first, again = (self.generate(*flags, "--seed", 7) for _ in range(2))
        self.assertEqual(first["ids"], again["ids"])
        others = {tuple(self.generate(*flags, "--seed", seed)["ids"]) for seed in (8, 9, 10)}
        self.assertTrue(others - {tuple(first["ids"])})

    def test_truncated_and_overwritten_models_are_errors(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        whole = MODEL.read_bytes()
        for name, content in (("half.gguf", whole[:len(whole) // 2]), ("empty.gguf", b""),
                              ("head.gguf", whole[:200]), ("text.gguf", b"GGUF" + b"x" * 1000)):
            path = folder.path / name
            path.write_bytes(content)
            done = run("generate", path, "--prompt", "x")
            self.assertEqual(done.returncode, 1, (name, done.stderr))
            self.assertLess(len(done.stderr), 2000)
            self.assertNotIn("terminate called", done.stderr)


@needs_program
@needs_model
class Store(unittest.TestCase):
    def test_pull_list_inspect_remove(self):
        folder = DataFolder(with_model=True)
        self.addCleanup(folder.close)
        models = run_json("models", "--data", folder.path)["models"]
        self.assertEqual([model["name"] for model in models], [MODEL_NAME])
        seen = run_json("inspect-model", MODEL_NAME, "--data", folder.path)
        self.assertEqual(seen["types"]["Q4_1"]["tensors"], 210)
        self.assertEqual(run("models", "verify", MODEL_NAME, "--data", folder.path).returncode, 0)
        self.assertEqual(run("models", "rm", MODEL_NAME, "--data", folder.path).returncode, 0)
        self.assertEqual(run_json("models", "--data", folder.path)["models"], [])

    def test_tokenize_gives_ids_and_pieces(self):
        answer = run_json("tokenize", MODEL, "--text", "Hello 世界")
        self.assertEqual(len(answer["ids"]), len(answer["pieces"]))
        self.assertGreater(len(answer["ids"]), 1)


@needs_program
@needs_model
class KeptWeights(unittest.TestCase):
    """ADR 0014: the packed weights of a stored model are kept, and never trusted unseen."""

    def setUp(self):
        self.folder = DataFolder(with_model=True)
        self.addCleanup(self.folder.close)

    def generate(self):
        done = run("generate", MODEL_NAME, "--data", self.folder.path, "--prompt", "The capital of",
                   "--max-tokens", 4, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["logits_hash"], done.stderr

    def kept(self):
        return list((self.folder.path / "models/packed").glob("*.mwpack*"))

    def test_every_start_gives_the_same_bits_whatever_happened_to_the_file(self):
        expected, _ = self.generate()
        [kept] = self.kept()
        whole = kept.read_bytes()
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.generate(), (expected, ""))
        half = len(whole) // 2
        damaged = {"a bit": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1:],
                   "cut": whole[:half], "empty": b"", "another layout": whole[:12] + b"\x63" +
                   whole[13:], "zeros": bytes(len(whole))}
        for what, content in damaged.items():
            kept.write_bytes(content)
            bits, said = self.generate()
            self.assertEqual(bits, expected, what)
            self.assertEqual(said.count("\n"), 1, what)
            self.assertIn("is not to be trusted", said, what)
            self.assertEqual(kept.read_bytes(), whole, what)
        self.assertEqual(self.generate(), (expected, ""))

    def test_removing_the_model_removes_them(self):
        self.generate()
        self.assertEqual(len(self.kept()), 1)
        self.assertEqual(run("models", "rm", MODEL_NAME, "--data", self.folder.path).returncode, 0)
        self.assertEqual(self.kept(), [])

    def test_a_file_outside_the_store_leaves_nothing(self):
        run_json("generate", MODEL, "--prompt", "x", "--max-tokens", 1, "--data", self.folder.path)
        self.assertEqual(self.kept(), [])


if __name__ == "__main__":
    main()
