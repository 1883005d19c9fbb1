"""Models of other servers: the peer is another `millwright serve` with the default model, real and then
killed in mid-stream; and sockets that accept and never answer.
"""

import contextlib
import http.client
import http.server
import json
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import MODEL_NAME, DataFolder, Server, main, needs_model, needs_program

NAME = f"cluster/{MODEL_NAME}"
LONG = {"messages": [{"role": "user", "content": "Count from one to two hundred, in words."}],
        "max_tokens": 400, "temperature": 0, "ignore_eos": True}
SHORT = {"messages": [{"role": "user", "content": "Name one part of a pump."}], "max_tokens": 12,
         "temperature": 0}


def upstream_of(*servers, fallback=(), **more):
    lines = ["[[upstream]]", 'name = "cluster"',
             "urls = [%s]" % ", ".join(f'"http://127.0.0.1:{port}/v1"' for port in servers),
             "health_interval_s = 1"]
    if fallback:
        lines.append("fallback = [%s]" % ", ".join(f'"{name}"' for name in fallback))
    lines += [f"{key} = {value}" for key, value in more.items()]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def stuck_server():
    """Accepts connections and never says a word; its count of them."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept = []

    def accept():
        with contextlib.suppress(OSError):
            while True:
                kept.append(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], kept
    finally:
        listener.close()
        for each in kept:
            each.close()


@contextlib.contextmanager
def hanging_api():
    """Lists the model, and hangs on every question; what it was sent."""
    seen = []
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"object": "list", "data": [{"id": MODEL_NAME}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            seen.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            over.wait(60)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], seen
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@needs_program
@needs_model
class Upstreams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folders = [DataFolder(with_model=True), DataFolder(with_model=True)]
        cls.peers = [Server(folder.path, demo=False) for folder in cls.folders]
        for peer in cls.peers:
            # Until it is measured, the measuring counts as a request there.
            peer.wait_until("the model is measured", lambda: any(
                model["card"] for model in peer.get("/api/models")["models"]), 120)

    @classmethod
    def tearDownClass(cls):
        for peer in cls.peers:
            peer.stop()
        for folder in cls.folders:
            folder.close()

    def revive(self, index):
        """A killed peer on its old port, so that its replica comes back."""
        old = self.peers[index]
        self.peers[index] = Server(self.folders[index].path, "--listen", f"127.0.0.1:{old.port}",
                                   demo=False)
        self.peers[index].wait_for_model()

    def front(self, config, *flags, with_model=False, env=None):
        folder = DataFolder(with_model=with_model)
        self.addCleanup(folder.close)
        (folder.path / "config.toml").write_text(config)
        server = Server(folder.path, *flags, demo=False, env=env)
        self.addCleanup(server.stop)
        return server

    def wait_listed(self, server):
        server.wait_until("the model is up", lambda: any(
            model["name"] == NAME and model["state"] == "ready"
            for model in server.get("/api/models")["models"]), 20)

    def ask(self, server, body, model=NAME, timeout=120):
        status, headers, answer = server.request("POST", "/v1/chat/completions",
                                                 {"model": model, **body}, timeout=timeout)
        return status, {key.lower(): value for key, value in headers.items()}, json.loads(answer)

    def test_answers_are_those_of_the_peer_under_our_name(self):
        front = self.front("", "--upstream", f"cluster=http://127.0.0.1:{self.peers[0].port}/v1")
        self.wait_listed(front)
        listed = {each["id"]: each for each in front.get("/v1/models")["data"]}
        self.assertEqual(listed[NAME]["owned_by"], "cluster")

        status, headers, ours = self.ask(front, SHORT)
        self.assertEqual(status, 200, ours)
        _, _, theirs = self.ask(self.peers[0], SHORT, MODEL_NAME)
        self.assertEqual(ours["choices"], theirs["choices"])
        self.assertEqual(ours["usage"]["completion_tokens"], theirs["usage"]["completion_tokens"])
        self.assertEqual(ours["usage"]["prompt_tokens"], theirs["usage"]["prompt_tokens"])
        self.assertEqual(ours["model"], NAME)
        self.assertEqual(headers["x-millwright-replica"], "cluster/1")

        events = list(front.stream("POST", "/v1/chat/completions", {
            "model": NAME, **SHORT, "stream": True, "stream_options": {"include_usage": True}}))
        self.assertEqual(events[-1].data, "[DONE]")
        text = "".join(choice["delta"].get("content") or "" for event in events[:-1]
                       for choice in event.data["choices"])
        self.assertEqual(text, theirs["choices"][0]["message"]["content"])
        self.assertEqual(events[-2].data["usage"]["completion_tokens"],
                         theirs["usage"]["completion_tokens"])

        status, _, plain = front.request("POST", "/v1/completions", {
            "model": NAME, "prompt": ["The pump", "The belt"], "max_tokens": 6, "temperature": 0})
        self.assertEqual(status, 200, plain)
        _, _, directly = self.peers[0].request("POST", "/v1/completions", {
            "model": MODEL_NAME, "prompt": ["The pump", "The belt"], "max_tokens": 6,
            "temperature": 0})
        self.assertEqual(json.loads(plain)["choices"], json.loads(directly)["choices"])
        self.assertEqual(front.get("/api/requests")["requests"][0]["model"], NAME)

    def test_responses_are_asked_of_the_peer_as_a_chat_and_kept_here(self):
        front = self.front("", "--upstream", f"cluster=http://127.0.0.1:{self.peers[0].port}/v1")
        self.wait_listed(front)
        parameters = {"type": "object", "properties": {"part": {"enum": ["pump", "belt"]}},
                      "required": ["part"], "additionalProperties": False}
        body = {"input": "Which part is worn?", "temperature": 0, "max_output_tokens": 96,
                "tools": [{"type": "function", "name": "look_at", "parameters": parameters}],
                "tool_choice": "required", "parallel_tool_calls": False}

        def respond(server, model, more):
            status, _, answer = server.request("POST", "/v1/responses", {"model": model, **more},
                                               timeout=120)
            self.assertEqual(status, 200, answer)
            return json.loads(answer)

        ours = respond(front, NAME, body)
        theirs = respond(self.peers[0], MODEL_NAME, body)
        (call,), (same,) = ours["output"], theirs["output"]
        self.assertEqual((call["type"], call["name"]), ("function_call", "look_at"))
        self.assertEqual(json.loads(call["arguments"]), json.loads(same["arguments"]))
        self.assertEqual(ours["usage"]["input_tokens"], theirs["usage"]["input_tokens"])

        def result(response, called):
            return {"input": [{"type": "function_call_output", "call_id": called["call_id"],
                               "output": "the pump is worn"}], "temperature": 0,
                    "max_output_tokens": 16, "previous_response_id": response["id"]}

        told = respond(front, NAME, result(ours, call))
        directly = respond(self.peers[0], MODEL_NAME, result(theirs, same))
        self.assertEqual(told["output"][0]["content"], directly["output"][0]["content"])
        self.assertEqual(front.get(f"/v1/responses/{told['id']}"), told)
        events = list(front.stream("POST", "/v1/responses",
                                   {"model": NAME, **result(ours, call), "stream": True}))
        self.assertEqual(events[-1].name, "response.incomplete" if told["status"] == "incomplete"
                         else "response.completed")
        self.assertEqual(events[-1].data["response"]["output"][0]["content"],
                         told["output"][0]["content"])

    def test_a_peer_killed_in_mid_stream_ends_it_with_an_error_and_the_next_request_fails_over(self):
        front = self.front(upstream_of(self.peers[0].port, self.peers[1].port))
        self.wait_listed(front)
        events = []
        for event in front.stream("POST", "/v1/chat/completions",
                                  {"model": NAME, **LONG, "stream": True}):
            events.append(event)
            if len(events) == 5:
                self.peers[0].kill()
                killed = time.monotonic()
        self.addCleanup(self.revive, 0)
        self.assertLess(time.monotonic() - killed, 5)
        self.assertIn("error", events[-1].data)
        self.assertIn("upstream 'cluster': replica 1", events[-1].data["error"]["message"])
        self.assertNotEqual(events[-1].data, "[DONE]")
        status, headers, answer = self.ask(front, SHORT)
        self.assertEqual((status, headers["x-millwright-replica"]), (200, "cluster/2"), answer)
        front.wait_until("the dead one is seen as down", lambda: any(
            replica["health"] == "down"
            for model in front.get("/api/models")["models"] for replica in model["replicas"]), 10)
        self.assertIn('millwright_upstream_up{upstream="cluster",replica="1"} 0',
                      front.request("GET", "/metrics")[2].decode())

    def test_a_stuck_replica_is_passed_over_and_then_left_alone(self):
        with hanging_api() as (port, seen):
            front = self.front(upstream_of(port, self.peers[1].port, first_token_timeout_s=1))
            self.wait_listed(front)
            times = []
            for _ in range(5):
                begun = time.monotonic()
                status, headers, answer = self.ask(front, SHORT)
                times.append(time.monotonic() - begun)
                self.assertEqual((status, headers["x-millwright-replica"]), (200, "cluster/2"), answer)
            self.assertLess(times[0], 5)
            # Then its breaker is open: for a second, and after one more try for two.
            since_open_s = sum(times[2:])
            self.assertLessEqual(len(seen), 2 + (since_open_s > 1) + (since_open_s > 3), times)
            self.assertGreaterEqual(len(seen), 2)

    def test_one_that_accepts_and_never_speaks_is_down_before_it_is_asked(self):
        with stuck_server() as (port, _):
            front = self.front(upstream_of(port, self.peers[1].port, first_token_timeout_s=30))
            front.wait_until("it is seen as down", lambda: any(
                replica["health"] == "down"
                for model in front.get("/api/models")["models"] for replica in model["replicas"]), 20)
            begun = time.monotonic()
            status, headers, _ = self.ask(front, SHORT)
            self.assertEqual((status, headers["x-millwright-replica"]), (200, "cluster/2"))
            self.assertLess(time.monotonic() - begun, 10)

    def test_a_model_of_this_machine_takes_over(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            dead = unused.getsockname()[1]
        front = self.front(upstream_of(dead, fallback=[MODEL_NAME], models=f'["{MODEL_NAME}"]'),
                           with_model=True)
        front.wait_for_model()
        status, headers, answer = self.ask(front, SHORT)
        self.assertEqual(status, 200, answer)
        self.assertEqual(headers["x-millwright-model"], MODEL_NAME)
        self.assertEqual(headers["x-millwright-fallback-for"], NAME)
        self.assertEqual(answer["model"], MODEL_NAME)
        _, _, direct = self.ask(front, SHORT, MODEL_NAME)
        self.assertEqual(answer["choices"], direct["choices"])

    def test_nobody_to_ask_is_a_clear_503(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            dead = unused.getsockname()[1]
        front = self.front(upstream_of(dead, models=f'["{MODEL_NAME}"]'))
        status, headers, answer = self.ask(front, SHORT)
        self.assertEqual(status, 503, answer)
        self.assertIn("upstream 'cluster'", answer["error"]["message"])
        self.assertIn("retry-after", headers)

    def test_our_clients_key_stays_here_and_the_upstreams_is_in_no_log(self):
        keys = DataFolder()
        self.addCleanup(keys.close)
        file = keys.path / "keys"
        file.write_text("line-2:secret-of-our-own-client\n")
        file.chmod(0o600)
        with hanging_api() as (port, seen):
            front = self.front(
                f'[server]\napi_keys_file = "{file}"\n' +
                upstream_of(port, first_token_timeout_s=1, api_key_env='"MW_KEY"'),
                env={"MW_KEY": "sk-of-the-upstream"})
            ours = {"Authorization": "Bearer secret-of-our-own-client",
                    "Content-Type": "application/json"}
            body = json.dumps({"model": NAME, **SHORT})
            self.assertEqual(front.request("POST", "/v1/chat/completions", body)[0], 401)
            status, _, answer = front.request("POST", "/v1/chat/completions", body, ours)
            self.assertEqual(status, 504, answer)
            ((headers, sent),) = seen
            self.assertEqual(headers["Authorization"], "Bearer sk-of-the-upstream")
            self.assertNotIn(b"secret-of-our-own-client", sent + str(headers).encode())
            self.assertEqual(
                front.request("GET", "/api/requests", headers=ours)[0], 200)
            everything = front.output() + answer.decode()
            self.assertNotIn("sk-of-the-upstream", everything)
            self.assertNotIn("secret-of-our-own-client", everything)

    @unittest.skipUnless(shutil.which("openssl"), "no openssl to make a certificate with")
    def test_tls_is_verified_with_the_systems_certificates_or_the_given_ones(self):
        tls = DataFolder()
        self.addCleanup(tls.close)
        key, certificate = tls.path / "key.pem", tls.path / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        (tls.path / "config.toml").write_text(
            f'[server]\ntls_certificate_file = "{certificate}"\ntls_key_file = "{key}"\n')
        peer = Server(tls.path, demo=False)
        self.addCleanup(peer.stop)
        config = (f'[[upstream]]\nname = "cluster"\nurls = ["https://127.0.0.1:{peer.port}/v1"]\n'
                  f'models = ["{MODEL_NAME}"]\nhealth_interval_s = 1\n')

        def health(server):
            (replica,) = [replica for model in server.get("/api/models")["models"]
                          for replica in model["replicas"]]
            return replica

        unknown = self.front(config)
        unknown.wait_until("it is refused", lambda: health(unknown)["health"] == "down", 20)
        self.assertIn("certificate", health(unknown)["problem"]["en"])
        known = self.front(config + f'ca_file = "{certificate}"\n')
        known.wait_until("it is up", lambda: health(known)["health"] == "up", 20)

    def test_a_client_that_leaves_frees_the_peer_at_once(self):
        front = self.front(upstream_of(self.peers[1].port))
        self.wait_listed(front)

        def running():
            text = self.peers[1].request("GET", "/metrics")[2].decode()
            return int(float(text.split("\nmillwright_requests_running ")[1].split("\n")[0]))

        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)
        connection.request("POST", "/v1/chat/completions",
                           json.dumps({"model": NAME, **LONG, "stream": True}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read(200)
        self.assertEqual(running(), 1)
        answer.close()
        connection.close()
        left = time.monotonic()
        self.peers[1].wait_until("nothing runs there", lambda: running() == 0, 5)
        self.assertLess(time.monotonic() - left, 2)


if __name__ == "__main__":
    main()
