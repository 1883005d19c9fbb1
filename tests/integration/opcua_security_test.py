"""Security of OPC UA against a server that we did not write (opcua_peer.py): which certificates are
trusted, signing and encryption, user and password."""

import hashlib
import json
import shutil
import subprocess
import time

from harness import Server, main
from opcua_peer import HERE, OpcUaCase, connector_of, tags_of, write_config


class OpcUaSecurity(OpcUaCase):
    def make_certificate(self, begin=-1, end=365, uri="urn:test:plc"):
        folder = self.data.path / "plc"
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([self.python, HERE / "make_certificate.py", folder, str(begin), str(end), uri],
                       check=True)
        return folder

    def trust(self, folder):
        trusted = self.data.path / "opcua/trusted"
        trusted.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "server.der", trusted / "plc.der")

    def test_speaks_encrypted_with_who_is_trusted_only(self):
        write_config(self.data, self.endpoint, ["double"])  # sign_and_encrypt is what is not said
        folder = self.make_certificate()
        self.start_plc("--secure", folder)
        thumbprint = hashlib.sha1((folder / "server.der").read_bytes()).hexdigest().upper()
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "is not trusted")
            self.assertIn(thumbprint, link["problem"]["en"])
            self.assertIn(thumbprint, link["problem"]["zh"])
            self.assertEqual(tags_of(server)["double"]["quality"], "bad")
            rejected = self.data.path / f"opcua/rejected/{thumbprint}.der"
            self.assertIn(str(rejected), link["problem"]["en"])
            key = self.data.path / "opcua/own/private_key.pem"
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
            self.assertEqual((self.data.path / "opcua/own").stat().st_mode & 0o777, 0o700)

            # What the message says, done: no restart.
            rejected.rename(self.data.path / "opcua/trusted" / rejected.name)
            server.wait_until("it is connected", lambda: (
                tags_of(server)["double"]["value"] == -1234.0625 and
                connector_of(server)["state"] == "connected"), 30)
            days = (connector_of(server)["certificate_expires_ms"] / 1000 - time.time()) / 86400
            self.assertTrue(360 < days < 366, days)
        certificate = (self.data.path / "opcua/own/certificate.der").read_bytes()
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is connected again", lambda: (
                connector_of(server)["state"] == "connected"), 30)
        self.assertEqual((self.data.path / "opcua/own/certificate.der").read_bytes(), certificate)

    def test_signs_without_encrypting_where_that_is_said(self):
        write_config(self.data, self.endpoint + 'security = "sign"', ["double"])
        folder = self.make_certificate(end=10)
        self.trust(folder)
        self.start_plc("--secure", folder)
        with Server(self.data.path, demo=False) as server:
            # A certificate about to expire works, and is told.
            server.wait_until("it warns", lambda: (
                connector_of(server)["state"] == "connected" and
                "expires in 9 days" in (connector_of(server)["problem"] or {"en": ""})["en"]), 30)
            self.assertEqual(tags_of(server)["double"]["quality"], "good")

    def test_refuses_certificates_that_are_expired_or_anothers(self):
        write_config(self.data, self.endpoint, ["double"])
        for words, told in (({"begin": -30, "end": -1}, "is valid from"),
                            ({"begin": 2}, "is valid from"),
                            ({"uri": "urn:test:another"}, "names another application")):
            folder = self.make_certificate(**words)
            self.trust(folder)
            plc = self.start_plc("--secure", folder)
            with Server(self.data.path, demo=False) as server:
                self.wait_for_problem(server, told)
                self.assertEqual(tags_of(server)["double"]["quality"], "bad")
            plc.kill()

    def test_logs_in_by_a_private_file(self):
        password = self.data.path / "password"
        password.write_text("wrong-one\n")
        password.chmod(0o600)
        write_config(self.data, self.endpoint + f'user = "reader"\npassword_file = "{password}"', ["double"])
        folder = self.make_certificate()
        self.trust(folder)
        self.start_plc("--secure", folder, "--user", "reader:s3cret-word")
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "does not let in 'reader'")
            self.assertNotIn("wrong-one", json.dumps(link) + server.output())
        password.write_text("s3cret-word\n")
        with Server(self.data.path, demo=False) as server:
            server.wait_until("it is let in", lambda: tags_of(server)["double"]["quality"] == "good", 30)
            self.assertNotIn("s3cret-word", server.output())
        password.chmod(0o644)
        with self.assertRaises(AssertionError) as refused:
            Server(self.data.path, demo=False)
        self.assertIn("password", str(refused.exception))

    def test_gives_a_password_to_a_trusted_certificate_only_without_security_too(self):
        password = self.data.path / "password"
        password.write_text("s3cret-word\n")
        password.chmod(0o600)
        write_config(self.data, self.endpoint + 'security = "none"\nuser = "reader"\n'
                     f'password_file = "{password}"', ["double"])
        plc = self.start_plc("--user", "reader:s3cret-word")
        with Server(self.data.path, demo=False) as server:
            self.wait_for_problem(server, "shows no certificate")
            plc.kill()
            folder = self.make_certificate()
            self.start_plc("--secure", folder, "--open", "--user", "reader:s3cret-word")
            self.wait_for_problem(server, "is not trusted")
            self.trust(folder)
            server.wait_until("it is let in", lambda: tags_of(server)["double"]["quality"] == "good", 30)
            self.assertNotIn("s3cret-word", server.output())

    def test_does_not_fall_back_to_no_security(self):
        write_config(self.data, self.endpoint, ["double"])
        self.start_plc()
        with Server(self.data.path, demo=False) as server:
            link = self.wait_for_problem(server, "does not offer")
            self.assertIn("it offers: none", link["problem"]["en"])


if __name__ == "__main__":
    main()
