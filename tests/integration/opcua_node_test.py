"""OPC UA against a second server that we did not write: node-opcua, installed into build/opcua_node_peer.
Encrypted, with user and password, browsed through a loop, followed, its history read after a cut cable."""

import json
import subprocess
import time
import unittest

from harness import ROOT, DataFolder, Server, main, needs_program, run, run_json
from opcua_peer import Cable, connector_of, free_port, skip_without_opcua, tags_of
from peer import npm_peer, peer_node

HERE = ROOT / "tests/integration/opcua_npm"
PEER = ROOT / "build/opcua_node_peer"


def install_peer():
    npm_peer(PEER.name, HERE, "server.mjs")


@needs_program
class NodeOpcUa(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        skip_without_opcua()
        install_peer()

    def setUp(self):
        self.data = DataFolder()
        self.addCleanup(self.data.close)
        port = free_port()
        self.cable = Cable(port)
        self.addCleanup(self.cable.close)
        self.endpoint = f"opc.tcp://127.0.0.1:{self.cable.port}/press"
        server = subprocess.Popen([peer_node(20), PEER / "server.mjs", self.data.path / "node", str(port)], cwd=PEER,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.addCleanup(server.stdin.close)
        for line in server.stdout:
            if "serving" in line:
                break
        else:
            raise AssertionError("node-opcua's server did not start")

    def test_is_browsed_followed_and_asked_for_its_history(self):
        password = self.data.path / "password"
        password.write_text("s3cret-word")
        password.chmod(0o600)
        out = self.data.path / "browsed"
        words = ["plant", "browse", self.endpoint, "--data", self.data.path, "--user", "reader",
                 "--password-file", password]
        self.assertIn("is not trusted", run(*words).stderr)
        rejected = next((self.data.path / "opcua/rejected").iterdir())
        rejected.rename(self.data.path / "opcua/trusted" / rejected.name)
        found = run_json(*words, "--write", out)
        self.assertEqual([(each["path"], each["type"], each["unit"], each["low"], each["high"], each["history"])
                          for each in found["variables"]],
                         [(["Press", "Oil"], "Double", "degC", 10, 80, True)])

        connector = (out / "connector.toml").read_text().replace("# password_file = \"/etc/millwright/password\"",
                                                                  f'password_file = "{password}"\nsampling_ms = 100')
        (self.data.path / "config.toml").write_text(f'[plant]\ncatalogue_file = "{out}/plant.json"\n{connector}')
        oil = "press_oil"
        with Server(self.data.path, demo=False) as server:
            server.wait_until("values come", lambda: (tags_of(server)[oil]["quality"] == "good" and
                                                      connector_of(server)["samples"] > 10), 30)
            first = tags_of(server)[oil]["value"]
            self.cable.cut()
            server.wait_until("the cut is seen", lambda: tags_of(server)[oil]["quality"] == "bad", 20)
            time.sleep(3)
            self.cable.mend()
            server.wait_until("it is back", lambda: (tags_of(server)[oil]["quality"] == "good" and
                                                     connector_of(server)["backlog"] == 0), 30)
            now = server.get("/api/plant")["now_ms"]
            series = json.dumps(server.get(f"/api/plant/series?tag=machine-1%2F{oil}&from_ms={now - 60000}"
                                           f"&to_ms={now}&points=2000"))
            last = tags_of(server)[oil]["value"] - 1
            expected = [first + 0.5 * i for i in range(int((last - first) * 2))]
            missing = [value for value in expected if f"{value:g}" not in series]
            self.assertLess(len(missing), 3, f"{missing} of {len(expected)}; {connector_of(server)}")


if __name__ == "__main__":
    main()
