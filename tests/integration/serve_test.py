"""`millwright serve --demo` as a user meets it: health, plant, models, access rules, wrong use."""

import http.client
import json
import time
import unittest

from harness import MODEL_NAME, DataFolder, Server, main, needs_model, needs_program, run


@needs_program
class ServeWithoutModel(unittest.TestCase):
    """Everything that needs no model has to work without one."""

    @classmethod
    def setUpClass(cls):
        cls.folder = DataFolder()
        cls.addClassCleanup(cls.folder.close)
        cls.server = Server(cls.folder.path)
        cls.addClassCleanup(cls.server.stop)

    def test_is_healthy_and_describes_itself(self):
        for path in ("/healthz", "/health"):
            self.assertEqual(self.server.request("GET", path)[0], 200)
        self.assertIn("openapi", self.server.get("/api/openapi.json"))
        status, headers, body = self.server.request("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertIn(b"# TYPE", body)
        self.assertEqual(self.server.get("/api/system")["version"].count("."), 2)

    def test_demo_plant_lives_and_says_that_it_is_simulated(self):
        plant = self.server.wait_until(
            "good values from the broker",
            lambda: (lambda seen: seen if self.good_values(seen) > 20 else None)(
                self.server.get("/api/plant")), 60)
        self.assertTrue(plant["simulated"])
        self.assertTrue(plant["broker"]["connected"])
        self.assertEqual({asset["id"] for asset in plant["assets"]},
                         {"cnc-1", "cnc-2", "press-1", "furnace-1", "conveyor-1", "compressor-1"})
        for asset in plant["assets"]:
            self.assertTrue(asset["name"]["en"] and asset["name"]["zh"])

    @staticmethod
    def good_values(plant):
        return sum(tag["latest"]["quality"] == "good"
                   for asset in plant["assets"] for tag in asset["tags"])

    def test_samples_are_stored_and_come_back_as_a_series(self):
        tag = "cnc-2/spindle_temperature"

        def points():
            now = int(time.time() * 1000)
            series = self.server.get(f"/api/plant/series?tag={tag}&from_ms={now - 60_000}"
                                     f"&to_ms={now}&points=60")
            return [point for point in series["points"] if point[1] is not None]

        found = self.server.wait_until("five stored points", lambda: len(points()) >= 5 and points(),
                                       60)
        for _, mean, low, high in found:
            self.assertLessEqual(low, mean)
            self.assertLessEqual(mean, high)
        status, _, body = self.server.request("GET", "/api/plant/series?tag=no/such&points=10")
        self.assertEqual(status, 404)
        self.assertIn("message_zh", json.loads(body)["error"])

    def test_facts_are_answered_without_a_model(self):
        self.server.wait_until("values", lambda: self.good_values(self.server.get("/api/plant")) > 20,
                               60)
        events = list(self.server.stream("POST", "/api/ask", {
            "question": "What is the spindle temperature of CNC-2?", "lang": None,
            "reading_id": ""}))
        done = [event for event in events if event.name == "done"]
        self.assertEqual(len(done), 1, events)
        self.assertFalse(done[0].data["refused"], done[0])
        self.assertTrue(done[0].data["evidence"])

    def test_missing_model_is_a_clear_answer(self):
        status, _, body = self.server.request("POST", "/v1/chat/completions", {
            "model": "smollm2-135m-instruct", "messages": [{"role": "user", "content": "hi"}]})
        self.assertIn(status, (404, 503))
        self.assertIn("pull", json.loads(body)["error"]["message"])

    def test_event_stream_starts_complete(self):
        seen = {}
        for event in self.server.stream("GET", "/api/events"):
            seen.setdefault(event.name, event.data)
            if {"plant", "system", "models"} <= set(seen):
                break
        self.assertTrue(seen["plant"]["values"])
        self.assertIn("generator", seen["system"])

    def test_pages_elsewhere_cannot_drive_it(self):
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"},
                        {"Host": "127.0.0.1.evil.example"}):
            status = self.server.request("GET", "/api/plant", headers=headers)[0]
            self.assertIn(status, (400, 403, 421), headers)
        for host in (f"localhost:{self.server.port}", f"127.0.0.1:{self.server.port}"):
            self.assertEqual(self.server.request("GET", "/api/plant", headers={"Host": host})[0], 200)

    def test_console_comes_with_a_strict_policy(self):
        status, headers, _ = self.server.request("GET", "/")
        self.assertEqual(status, 200)
        policy = {name.lower(): value for name, value in headers.items()}["content-security-policy"]
        self.assertIn("default-src", policy)
        self.assertNotIn("unsafe-eval", policy)

    def test_broken_requests_get_an_answer_that_names_the_field(self):
        for body, param in (("{", None), ("[]", None), ('{"question": 7}', "question"),
                            ("{}", "question")):
            status, _, answer = self.server.request("POST", "/api/ask", body,
                                                    {"Content-Type": "application/json"})
            self.assertEqual(status, 400, body)
            if param:
                self.assertEqual(json.loads(answer)["error"]["param"], param)
        self.assertEqual(self.server.request("GET", "/api/none")[0], 404)
        self.assertEqual(self.server.request("DELETE", "/api/plant")[0], 405)

    def test_port_in_use_is_said(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        done = run("serve", "--listen", f"127.0.0.1:{self.server.port}", "--data", folder.path,
                   timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(self.server.port), done.stderr)


@needs_program
class ServeRefusals(unittest.TestCase):
    def test_off_loopback_needs_tls_and_keys(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        done = run("serve", "--listen", "0.0.0.0:0", "--data", folder.path, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("TLS", done.stderr)

    def test_two_servers_do_not_share_a_data_folder_in_silence(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        with Server(folder.path) as first:
            done = run("serve", "--listen", "127.0.0.1:0", "--data", folder.path, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(first.request("GET", "/healthz")[0], 200)

    def test_bad_configuration_names_file_and_key(self):
        folder = DataFolder()
        self.addCleanup(folder.close)
        path = folder.path / "config.toml"
        path.write_text("[server]\nno_such_key = 1\n")
        done = run("serve", "--config", path, "--listen", "127.0.0.1:0", "--data", folder.path,
                   timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no_such_key", done.stderr)
        self.assertIn("config.toml", done.stderr)


@needs_program
@needs_model
class ServeWithModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = DataFolder(with_model=True)
        cls.addClassCleanup(cls.folder.close)
        cls.server = Server(cls.folder.path)
        cls.addClassCleanup(cls.server.stop)
        cls.server.wait_for_model()

    def chat(self, **more):
        return {"model": "smollm2-135m-instruct", "max_tokens": 12, "temperature": 0,
                "messages": [{"role": "user", "content": "What is the capital of France?"}], **more}

    def test_is_ready_once_the_model_is(self):
        self.assertEqual(self.server.request("GET", "/readyz")[0], 200)

    def test_stream_and_whole_answer_say_the_same(self):
        status, _, body = self.server.request("POST", "/v1/chat/completions", self.chat())
        self.assertEqual(status, 200, body)
        whole = json.loads(body)["choices"][0]["message"]["content"]
        self.assertIn("Paris", whole)
        parts = [event.data for event in self.server.stream(
            "POST", "/v1/chat/completions", self.chat(stream=True)) if event.data != "[DONE]"]
        streamed = "".join(part["choices"][0]["delta"].get("content") or ""
                           for part in parts if part["choices"])
        self.assertEqual(streamed, whole)

    def test_reader_that_leaves_frees_its_place(self):
        for _ in range(20):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            connection.request("POST", "/v1/chat/completions",
                               json.dumps(self.chat(stream=True, max_tokens=400)),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read(200)
            answer.close()
            connection.close()
        self.server.wait_until("nothing runs any more", lambda: self.server.get("/api/system")[
            "generator"]["running"] == 0, 20)

    def test_usage_counts_every_token(self):
        ids = [5, 6, 7, 8, 9]
        status, _, body = self.server.request("POST", "/v1/completions", {
            "model": MODEL_NAME, "prompt": ids, "max_tokens": 6, "logprobs": 0, "temperature": 0,
            "ignore_eos": True})
        self.assertEqual(status, 200, body)
        answer = json.loads(body)
        self.assertEqual(answer["usage"]["prompt_tokens"], len(ids))
        self.assertEqual(answer["usage"]["completion_tokens"], 6)
        self.assertEqual(len(answer["choices"][0]["logprobs"]["tokens"]), 6)
        request = {"model": MODEL_NAME, "input": "Hello.", "max_output_tokens": 5, "temperature": 0}
        counted, used = (json.loads(self.server.request("POST", path, request)[2])
                         for path in ("/v1/responses/input_tokens", "/v1/responses"))
        self.assertEqual(used["usage"]["input_tokens"], counted["input_tokens"])
        self.assertLessEqual(used["usage"]["output_tokens"], 5)


@needs_program
@needs_model
class KeptResponses(unittest.TestCase):
    def test_survive_a_killed_server_and_are_erased_from_the_disk(self):
        folder = DataFolder(with_model=True)
        self.addCleanup(folder.close)
        request = {"model": MODEL_NAME, "input": "My name is Zerbinetta.", "max_output_tokens": 8,
                   "temperature": 0}

        def files_with_the_name():
            return [path for path in (folder.path / "responses").iterdir()
                    if "Zerbinetta" in path.read_text(encoding="utf-8")]

        with Server(folder.path, demo=False) as server:
            server.wait_for_model()
            made = json.loads(server.request("POST", "/v1/responses", request)[2])
            file = folder.path / "responses" / (made["id"] + ".json")
            server.wait_until("the response is on disk", file.is_file, 10)
            self.assertEqual(files_with_the_name(), [file])
            server.kill()
        with Server(folder.path, demo=False) as server:
            server.wait_for_model()
            self.assertEqual(server.get("/v1/responses/" + made["id"]), made)
            on = {**request, "input": "What is my name?", "store": False,
                  "previous_response_id": made["id"]}
            status, _, body = server.request("POST", "/v1/responses", on)
            self.assertEqual(status, 200, body)
            self.assertGreater(json.loads(body)["usage"]["input_tokens"],
                               made["usage"]["input_tokens"] + made["usage"]["output_tokens"])
            self.assertEqual(server.request("DELETE", "/v1/responses/" + made["id"])[0], 200)
            self.assertEqual(files_with_the_name(), [])
            self.assertEqual(server.request("GET", "/v1/responses/" + made["id"])[0], 404)
            self.assertEqual(server.request("POST", "/v1/responses", on)[0], 404)


if __name__ == "__main__":
    main()
