"""OpenAI's official clients, from npm and PyPI, against the real program with the default model."""

import pathlib
import subprocess
import unittest

from harness import MODEL_NAME, DataFolder, Server, main, needs_model, needs_program

SCRIPT = pathlib.Path(__file__).with_name("run_openai_clients.sh")


@needs_program
@needs_model
class OpenAiClients(unittest.TestCase):
    def test_list_models_chat_and_stream(self):
        folder = DataFolder(with_model=True)
        self.addCleanup(folder.close)
        with Server(folder.path, demo=False) as server:
            server.wait_for_model()
            done = subprocess.run([SCRIPT, f"http://127.0.0.1:{server.port}", MODEL_NAME],
                                  capture_output=True, text=True, timeout=500)
        if done.returncode == 77:
            self.skipTest("the clients could not be installed: " + done.stdout[-500:])
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])


if __name__ == "__main__":
    main()
