"""OpenAI's official clients, LangChain and LiteLLM, and OpenAI's description, against the real program
with the default model, one that thinks, and two small encoders."""

import json
import os
import pathlib
import subprocess
import unittest

from harness import MODEL, MODEL_NAME, DataFolder, Server, main, needs_model, needs_program, run_json
from thinking_model import EXAMPLES, NAME, write_thinking_model
from tiny_encoders import EMBEDDER, RERANKER, write_tiny_encoders

SCRIPT = pathlib.Path(__file__).with_name("run_openai_clients.sh")


@needs_program
@needs_model
class OpenAiClients(unittest.TestCase):
    def test_make_their_common_calls(self):
        folder = DataFolder(with_model=True)
        self.addCleanup(folder.close)
        file = folder.path / "thinking.gguf"
        write_thinking_model(MODEL, file)
        run_json("pull", f"file:{file}", "--name", NAME, "--data", folder.path)
        file.unlink()
        encoders = write_tiny_encoders(folder.path / "encoders")
        (folder.path / "config.toml").write_text(
            f"embedding_models = {json.dumps([str(each) for each in encoders])}\n")
        with Server(folder.path, demo=False) as server:
            server.wait_until("all models are ready", lambda: all(
                model["state"] == "ready" for model in server.get("/api/models")["models"]), 120)
            done = subprocess.run(
                [SCRIPT, f"http://127.0.0.1:{server.port}", MODEL_NAME, NAME, EXAMPLES],
                capture_output=True, text=True, timeout=500,
                env={**os.environ, "EMBEDDER": EMBEDDER, "RERANKER": RERANKER,
                     "MILLWRIGHT_DATA": str(folder.path)})
        if done.returncode == 77:
            self.skipTest("the clients could not be installed: " + done.stdout[-500:])
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])


if __name__ == "__main__":
    main()
