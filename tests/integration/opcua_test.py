"""OPC UA against a server that we did not write (opcua_peer.py): every type, status codes, the loss of
the server, history after a cut cable, browsing.

What the connector does by itself: src/plant/opcua/*_test.cc; security: opcua_security_test.py.
"""

import json
import shutil
import subprocess
import time

from harness import PROGRAM, Server, main, run, run_json
from opcua_peer import (NODES, WATCHDOG_S, Cable, OpcUaCase, connector_of, tags_of, write_config)


class OpcUa(OpcUaCase):
    def expect_values(self, server):
        def settled():
            tags = tags_of(server)
            return all(tags[name]["quality"] == quality for name, (_, _, quality) in NODES.items())
        try:
            server.wait_until("every tag has the quality that it should", settled, 30)
        except AssertionError:
            tags = tags_of(server)
            wrong = {name: tags[name] for name in NODES if tags[name]["quality"] != NODES[name][2]}
            raise AssertionError(f"{wrong}; {connector_of(server)}") from None
        tags = tags_of(server)
        for name, (_, value, _) in NODES.items():
            self.assertEqual(tags[name]["value"], value, name)
        self.assertEqual(tags["state_number"]["text"], "running")
        self.assertEqual(tags["state_text"]["text"], "running")
        self.assertEqual(tags["unknown_state"]["text"], "7")
        self.assertIn("outside", tags["too_high"]["reason"]["en"])
        self.assertIn("device itself", tags["device_says_bad"]["reason"]["en"])
        self.assertIn("no value of this tag", tags["whole_array"]["reason"]["en"])

    def test_brings_every_type_and_status_and_survives_the_loss_of_the_server(self):
        write_config(self.data, self.endpoint + 'security = "none"')
        plc = self.start_plc()
        with Server(self.data.path, demo=False) as server:
            self.expect_values(server)
            link = connector_of(server)
            self.assertEqual((link["state"], link["kind"], link["tags"]),
                             ("connected", "opcua", len(NODES)))
            self.assertTrue(link["problem"]["zh"])
            self.assertLess(abs(link["skew_ms"]), 60_000)  # a busy machine is late, not an hour off
            # Unchanged values stay good: that they still hold is read.
            time.sleep(WATCHDOG_S + 1)
            self.expect_values(server)

            plc.ask(set="double", value=7.5)
            server.wait_until("a change comes", lambda: tags_of(server)["double"]["value"] == 7.5, 10)
            plc.ask(set="double", value=None, status="BadNoCommunication")
            lost = server.wait_until("the server lost its device", lambda: (
                tags_of(server)["double"]["quality"] == "bad" and tags_of(server)["double"]), 10)
            self.assertIn("no connection", lost["reason"]["en"])
            plc.ask(set="double", value=8.5)
            server.wait_until("and has it back", lambda: (
                tags_of(server)["double"]["quality"] == "good"), 10)

            asked = json.loads(plc.ask(services=1))
            for service in asked:
                self.assertNotRegex(service, "Write|Call|Add|Delete(?!Subscription|Monitored)|Update")
            self.assertIn("CreateMonitoredItemsRequest", asked)

            plc.kill()
            began = time.monotonic()
            server.wait_until("all tags are bad", lambda: all(
                latest["quality"] == "bad" for latest in tags_of(server).values()), WATCHDOG_S + 10)
            self.assertLess(time.monotonic() - began, WATCHDOG_S + 2)
            self.assertIn("no connection", tags_of(server)["int32"]["reason"]["en"])
            server.wait_until("it says so", lambda: connector_of(server)["state"] == "failed" and
                              "refused" in connector_of(server)["problem"]["en"], 20)

            self.start_plc()
            self.expect_values(server)
            self.assertEqual(connector_of(server)["state"], "connected")

    def test_fills_the_hole_of_a_cut_cable_from_the_servers_history(self):
        cable = Cable(self.port)
        self.addCleanup(cable.close)
        write_config(self.data, f'endpoint = "opc.tcp://127.0.0.1:{cable.port}/plc"\ntimeout_ms = 1000\n'
                                'security = "none"', ["by_number", "int32"])
        plc = self.start_plc("--history", self.data.path / "history.db")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected", lambda: tags_of(server)["by_number"]["quality"] == "good", 30)
            time.sleep(1)
            cable.cut()
            server.wait_until("the cut is seen", lambda: tags_of(server)["by_number"]["quality"] == "bad", 20)
            for i in range(20):
                plc.ask(set="by_number", value=100.0 + i)
                time.sleep(0.1)
            cable.mend()
            server.wait_until("it is back", lambda: (
                tags_of(server)["by_number"]["value"] == 119 and
                connector_of(server)["state"] == "connected" and
                connector_of(server)["backlog"] == 0), 30)
            now = server.get("/api/plant")["now_ms"]
            series = server.get(f"/api/plant/series?tag=press-1%2Fby_number&from_ms={now - 60000}&to_ms={now}"
                                "&points=2000")
            values = json.dumps(series)
            missing = [i for i in range(20) if f"{100 + i}" not in values]
            self.assertEqual(missing, [], values[:3000])

    def test_holds_no_service_that_writes(self):
        if shutil.which("nm") is None:
            self.skipTest("no nm here")
        names = subprocess.run(["nm", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("UA_Client_Service_read", names)
        for service in ("write", "call", "historyUpdate", "addNodes", "deleteNodes", "addReferences"):
            self.assertNotIn(f"UA_Client_Service_{service}", names)

    def test_browses_what_can_be_pasted(self):
        self.start_plc()
        endpoint = f"opc.tcp://127.0.0.1:{self.port}/plc"
        words = ["plant", "browse", endpoint, "--data", self.data.path, "--security", "none"]
        out = self.data.path / "browsed"
        found = run_json(*words, "--asset", "press-1", "--write", out)
        by_name = {each["path"][-1]: each for each in found["variables"]}
        self.assertFalse(found["cut"])
        self.assertEqual(by_name["double"]["node"], "nsu=http://maker.example/press;s=Press.double")
        self.assertEqual((by_name["double"]["type"], by_name["whole_array"]["array"]), ("Double", True))
        oil = by_name["Oil temperature"]
        self.assertEqual((oil["path"], oil["unit"], oil["low"], oil["high"]),
                         (oil["path"], "degC", 10, 80))
        self.assertEqual(len(by_name), len(found["variables"]), "what two ways lead to is seen once")

        cut = run_json(*words, "--most", 3)
        self.assertEqual((len(cut["variables"]), cut["cut"]), (3, True))
        again = run(*words, "--write", out)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is there already", again.stderr)
        self.assertIn("sign_and_encrypt", run(*words[:-2]).stderr)

        # Pasted as it is: a plant that works.
        config = f'[plant]\ncatalogue_file = "{out}/plant.json"\n' + (out / "connector.toml").read_text()
        (self.data.path / "config.toml").write_text(config)
        with Server(self.data.path, demo=False) as server:
            server.wait_until("the browsed plant lives", lambda: (
                tags_of(server)["double"]["value"] == -1234.0625 and
                tags_of(server)["oil_temperature"]["value"] == 55), 30)

    def test_says_what_is_wrong_with_a_configuration_and_does_not_start(self):
        for wrong, told in ((("press-1/double", "press-1/nowhere"), "no such tag"),
                            (("ns=2;s=Press.double", "Press.double"), "names no node"),
                            (("opc.tcp", "http"), "is no endpoint")):
            write_config(self.data, self.endpoint + 'security = "none"', ["double"])
            config = self.data.path / "config.toml"
            config.write_text(config.read_text().replace(*wrong))
            with self.assertRaises(AssertionError) as refused:
                Server(self.data.path, demo=False)
            self.assertIn(told, str(refused.exception))


if __name__ == "__main__":
    main()
