"""Signing in with an identity provider that we did not write (oidc-provider of npm, certified), as a browser does:
redirects, cookies and the provider's own forms. What a provider would never send is in provider_test.cc."""

import contextlib
import http.client
import json
import os
import re
import subprocess
import unittest
import urllib.parse

from harness import PROGRAM, ROOT, DataFolder, Server, main, needs_program, run_json
from opcua_peer import free_port
from peer import npm_peer, peer_node

HERE = ROOT / "tests/integration/oidc_npm"
PEER = ROOT / "build/oidc_peer"
PASSWORD = "correct horse battery"
SECRET = "the secret of the client"


def install_peer():
    npm_peer(PEER.name, HERE, "provider.mjs")


class Peer:
    """The provider, until close()."""

    def __init__(self, **options):
        self.process = subprocess.Popen([peer_node(20), PEER / "provider.mjs", json.dumps(options)], cwd=PEER, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in self.process.stdout:
            if line.startswith('{"issuer"'):
                self.issuer = json.loads(line)["issuer"]
                return
        raise AssertionError("oidc-provider did not start")

    def tell(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        assert json.loads(self.process.stdout.readline()) == {"done": True}

    def close(self):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Browser:
    """Follows links and keeps cookies, each for the address that set it."""

    def __init__(self):
        self.cookies = {}

    def ask(self, url, form=None):
        parts = urllib.parse.urlsplit(url)
        jar = self.cookies.setdefault(parts.netloc, {})
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("POST" if form is not None else "GET",
                               parts.path + ("?" + parts.query if parts.query else ""), body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = line.split(";")[0].partition("=")
                if value and "01 Jan 1970" not in line:
                    jar[name] = value
                else:
                    jar.pop(name, None)
            to = answer.headers.get("Location")
            return answer.status, urllib.parse.urljoin(url, to) if to else None, text

    def follow(self, url, until, name="li"):
        """Through redirects and the provider's forms to an address that begins with `until`, which is not asked."""
        for _ in range(20):
            if url.startswith(until):
                return url
            _, to, text = self.ask(url)
            while to is None:
                form = re.search(r'<form[^>]* action="([^"]+)"', text)
                if form is None:
                    raise AssertionError(f"no way on from {url}: {text[:500]}")
                # Where another person logs in, one that sends itself ends the session of the first.
                hidden = [each for each in re.findall(r"<input[^>]*>", text) if 'type="hidden"' in each]
                fields = dict(re.search(r'name="([^"]+)".* value="([^"]*)"', each).groups() for each in hidden)
                if fields.get("prompt") == "login":
                    fields.update(login=name, password="any")
                url = urllib.parse.urljoin(url, form.group(1))
                _, to, text = self.ask(url, fields)
            url = to
        raise AssertionError(f"too many steps, last {url}")


@needs_program
class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install_peer()

    def setUp(self):
        self.folder = DataFolder()
        self.addCleanup(self.folder.close)
        self.data = self.folder.path
        done = subprocess.run([PROGRAM, "user", "add", "root", "--role", "admin", "--line", "*", "--data", self.data,
                               "--password-file", "-"], input=PASSWORD + "\n", text=True, capture_output=True,
                              timeout=60, env={**os.environ, "LANG": "C"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.users = {"li": {"preferred_username": "li", "groups": ["shift-a", "operators"]},
                      "wang": {"preferred_username": "wang", "groups": ["canteen"]},
                      "root": {"preferred_username": "root", "groups": ["operators"]}}

    def start(self, alg="RS256", secret=SECRET, userinfo_only=True):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.options = {"alg": alg, "secret": secret, "userinfo_only": userinfo_only, "users": self.users,
                        "redirect_uri": self.url + "/api/oidc/callback"}
        self.peer = Peer(**self.options)
        self.addCleanup(lambda: self.peer.close())
        file = self.data / "client.secret"
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
        (self.data / "config.toml").write_text(
            f'[oidc]\nname = "Plant account"\nurl = "{self.url}"\nissuer = "{self.peer.issuer}"\n'
            'client_id = "millwright"\n' + (f'client_secret_file = "{file}"\n' if secret else "") +
            '[[oidc.grant]]\ngroup = "operators"\nrole = "operator"\nlines = ["line-1"]\n')
        return Server(self.data, demo=False, port=port)

    def to_callback(self, browser, name="li", change=lambda url: url):
        _, to, _ = browser.ask(self.url + "/api/oidc/login")
        self.assertTrue(to and to.startswith(self.peer.issuer), to)
        return browser.follow(change(to), self.url + "/api/oidc/callback", name)

    def sign_in(self, browser, name="li", change=lambda url: url):
        return browser.ask(self.to_callback(browser, name, change))

    def who(self, browser):
        return json.loads(browser.ask(self.url + "/api/session")[2])["who"]

    def logins(self):
        shown = run_json("audit", "show", "--data", self.data)
        self.assertTrue(shown["report"]["intact"])
        return [(each["who"], each["outcome"], each["detail"]) for each in shown["records"]
                if each["action"] == "session.login"]

    def test_people_come_in_by_their_groups(self):
        with self.start() as server:
            self.assertEqual(server.get("/api/session")["sign_in_with"], "Plant account")
            browser = Browser()
            status, to, text = self.sign_in(browser)
            self.assertEqual((status, to), (303, self.url + "/"), text)
            who = self.who(browser)
            self.assertEqual((who["name"], who["grants"]), ("li", [{"role": "operator", "lines": ["line-1"], "labels": []}]))
            self.assertNotIn("mw_oidc", browser.cookies[self.url[7:]])
            status, _, text = self.sign_in(Browser(), "wang")
            self.assertEqual(status, 403)
            self.assertIn("none of your groups", text)
            self.assertIn("没有任何权限", text)
            # Nobody becomes a person who was here before, until an administrator says so.
            status, _, text = self.sign_in(Browser(), "root")
            self.assertEqual(status, 403)
            self.assertIn("millwright user link", text)
            refused = self.logins()[-1]
            self.assertEqual(refused[1], "refused")
            run_json("user", "link", "root", "--issuer", self.peer.issuer, "--subject", "root", "--data", self.data)
            root = Browser()
            self.assertEqual(self.sign_in(root, "root")[0], 303)
            self.assertEqual("admin", self.who(root)["grants"][0]["role"])
            # What changes here or there counts.
            run_json("user", "disable", "li", "--data", self.data)
            self.assertIsNone(self.who(browser))
            self.assertEqual(self.sign_in(browser)[0], 403)
            run_json("user", "enable", "li", "--data", self.data)
            self.assertEqual(self.sign_in(browser)[0], 303)
            self.users["li"]["groups"] = []
            self.peer.tell(users=self.users)
            self.assertEqual(self.sign_in(Browser())[0], 403)
            self.assertIsNone(self.who(browser), "the session of before has ended")
            for word in (SECRET, "code=", "eyJ"):
                self.assertNotIn(word, server.output())
        self.assertIn(("person:li", "done", f"method=oidc issuer={self.peer.issuer} sub=li"), self.logins())

    def test_an_administrator_of_the_provider_confirms_there(self):
        with self.start() as server:
            run_json("user", "link", "root", "--issuer", self.peer.issuer, "--subject", "root", "--data", self.data)
            browser = Browser()
            self.peer.tell(behind=200)  # so that this login is an old one afterwards
            self.assertEqual(self.sign_in(browser, "root")[0], 303)
            self.peer.tell(behind=0)
            netloc = self.url[7:]

            def group(name):
                cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies[netloc].items())
                body = json.dumps({"name": name, "role": "viewer", "lines": ["line-1"], "own_password": ""})
                connection = http.client.HTTPConnection(netloc, timeout=60)
                with contextlib.closing(connection):
                    connection.request("POST", "/api/groups", body, {"Cookie": cookie})
                    answer = connection.getresponse()
                    return answer.status, json.loads(answer.read())

            status, refused = group("before")
            self.assertEqual((status, refused["error"]["param"]), (400, "own_password"))

            def confirm(name, change=lambda url: url):
                """The provider has a session of this browser, and must ask all the same."""
                session = dict(browser.cookies[netloc])
                _, to, _ = browser.ask(self.url + "/api/oidc/confirm")
                self.assertTrue(to and to.startswith(self.peer.issuer), to)
                self.assertIn("prompt=login", to)
                callback = browser.follow(change(to), self.url + "/api/oidc/callback", name)
                # A browser keeps a Strict cookie back when another site sends it here.
                pending = {key: value for key, value in browser.cookies[netloc].items() if key == "mw_oidc"}
                browser.cookies[netloc] = pending
                done = browser.ask(callback)
                browser.cookies[netloc] = session
                return done

            # Answered from the provider's session of 200 s ago: it asked nobody.
            status, _, text = confirm("root", lambda url: url.replace("prompt=login", "prompt=none")
                                      .replace("max_age=0", "max_age=7200"))
            self.assertEqual(status, 401, text)
            self.assertIn("auth_time", text)
            self.assertEqual(group("before")[0], 400)
            status, _, text = confirm("root")
            self.assertEqual(status, 200, text)
            self.assertIn("Confirmed", text)
            self.assertEqual(group("one")[0], 201)
            self.assertEqual(group("two")[0], 400, "good for one action")
            status, _, text = confirm("li")
            self.assertEqual(status, 403, text)
            self.assertIn("another person signed in", text)
            self.assertEqual(group("three")[0], 400)
            self.assertEqual(self.who(browser)["name"], "root", "the session is what it was")
        shown = run_json("audit", "show", "--data", self.data)
        self.assertEqual([(each["who"], each["outcome"]) for each in shown["records"]
                          if each["action"] == "session.confirm" and "method=oidc" in each["detail"]],
                         [("person:?", "refused"), ("person:root", "done"), ("person:root", "refused")])

    def test_every_algorithm_with_and_without_a_secret(self):
        for alg, secret, userinfo_only in (("PS256", SECRET, False), ("ES256", None, True), ("EdDSA", None, False)):
            self.users["li"]["preferred_username"] = alg  # each is another issuer, and its people are others
            with self.subTest(alg), self.start(alg, secret, userinfo_only):
                browser = Browser()
                status, _, text = self.sign_in(browser)
                self.assertEqual(status, 303, text)
                self.assertEqual(self.who(browser)["name"], alg)
                self.peer.close()

    def test_what_was_tampered_with_is_refused(self):
        with self.start():
            browser = Browser()
            callback = self.to_callback(browser)
            self.assertEqual(Browser().ask(callback)[0], 401, "a link that was sent to somebody else")
            cookies = dict(browser.cookies[self.url[7:]])
            self.assertEqual(browser.ask(re.sub("state=[^&]+", "state=another", callback))[0], 401)
            browser.cookies[self.url[7:]].update(cookies)
            self.assertEqual(browser.ask(callback)[0], 303)
            browser.cookies[self.url[7:]].update(cookies)
            self.assertEqual(browser.ask(callback)[0], 401, "played again")
            # The code of another login, in a login of one's own.
            fresh = self.to_callback(browser)
            code = re.search("code=([^&]+)", callback).group(1)
            status, _, text = browser.ask(re.sub("code=[^&]+", f"code={code}", fresh))
            self.assertEqual(status, 401)
            self.assertIn("used already", text)
            status, _, text = self.sign_in(Browser(), change=lambda url: re.sub("nonce=[^&]+", "nonce=another", url))
            self.assertEqual(status, 401)
            self.assertIn("nonce", text)
            status, _, text = self.sign_in(Browser(), change=lambda url: re.sub("code_challenge=[^&]+",
                                                                                "code_challenge=" + "a" * 43, url))
            self.assertEqual(status, 401, "the provider has another verifier's challenge")
            self.peer.tell(behind=4000)
            status, _, text = self.sign_in(Browser())
            self.assertEqual(status, 401, text)
            self.assertIn("expired", text)

    def test_keys_change_and_the_provider_goes_away(self):
        with self.start() as server:
            self.assertEqual(self.sign_in(Browser())[0], 303)
            self.peer.tell(roll=True)
            status, _, text = self.sign_in(Browser())
            self.assertEqual(status, 303, text)
            port = int(self.peer.issuer.rsplit(":", 1)[1])
            browser = Browser()
            callback = self.to_callback(browser)
            self.peer.close()
            status, _, text = browser.ask(callback)
            self.assertEqual(status, 503)
            self.assertIn("cannot be reached", text)
            self.assertIn("Log in with a password", text)
            status, headers, _ = server.request("POST", "/api/session", {"name": "root", "password": PASSWORD})
            self.assertEqual(status, 200)
            self.peer = Peer(**self.options, port=port)
            self.to_callback(Browser())  # the way there is open again


if __name__ == "__main__":
    main()
