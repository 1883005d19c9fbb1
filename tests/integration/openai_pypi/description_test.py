"""OpenAI's description against a running Millwright: every answer and every event has the published
shape, and every field of a request works, is named as without effect, or is refused by name.

MILLWRIGHT_URL, MODEL, THINKER (a model that thinks, with EXAMPLES that it goes on with).
"""

import json
import os
import pathlib
import unittest
import urllib.error
import urllib.request

from description import Description, needs_description

URL = os.environ["MILLWRIGHT_URL"]
MODEL = os.environ["MODEL"]
THINKER = os.environ["THINKER"]
EXAMPLES = os.environ["EXAMPLES"]
EMBEDDER = os.environ.get("EMBEDDER")  # without one, embeddings are not asked for
GUIDE = pathlib.Path(os.environ["MILLWRIGHT_ROOT"]) / "docs/guide/openai_api.md"

CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "Name a colour."}],
        "max_tokens": 4, "temperature": 0}
COMPLETION = {"model": MODEL, "prompt": "The capital of France is", "max_tokens": 4, "temperature": 0}
RESPONSE = {"model": MODEL, "input": "Name a colour.", "max_output_tokens": 16, "temperature": 0}
THINK = {"model": THINKER, "temperature": 0, "stop": "\n\n"}

SCHEMA = {"type": "object", "properties": {"machine": {"enum": ["press 1", "press 2"]}},
          "required": ["machine"], "additionalProperties": False}
TOOLS = [{"type": "function", "name": "state_of", "description": "Tells a state.",
          "parameters": SCHEMA},
         {"type": "function", "name": "stop", "strict": False}]
CALL = {**RESPONSE, "tools": TOOLS, "max_output_tokens": 96,
        "tool_choice": {"type": "function", "name": "state_of"}}

# Path, body (None: GET), schema of the answer, schema of each event when it is streamed.
ANSWERS = [
    ("/v1/models", None, "ListModelsResponse", None),
    (f"/v1/models/{MODEL}", None, "Model", None),
    ("/v1/chat/completions", CHAT, "CreateChatCompletionResponse",
     "CreateChatCompletionStreamResponse"),
    ("/v1/chat/completions", {**CHAT, "n": 2, "logprobs": True, "top_logprobs": 3},
     "CreateChatCompletionResponse", "CreateChatCompletionStreamResponse"),
    ("/v1/chat/completions",
     {**THINK, "messages": [{"role": "user", "content": EXAMPLES}], "max_tokens": 40},
     "CreateChatCompletionResponse", "CreateChatCompletionStreamResponse"),
    ("/v1/completions", COMPLETION, "CreateCompletionResponse", "completion chunk"),
    ("/v1/completions", {**COMPLETION, "prompt": ["a", "b"], "logprobs": 2, "n": 2},
     "CreateCompletionResponse", "completion chunk"),
    *([("/v1/embeddings", {"model": EMBEDDER, "input": ["a b", "c"]}, "CreateEmbeddingResponse", None)]
      if EMBEDDER else []),
    ("/v1/responses", RESPONSE, "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**RESPONSE, "instructions": "Be brief.", "metadata": {"a": "b"},
                       "include": ["message.output_text.logprobs"], "top_logprobs": 2},
     "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**THINK, "input": EXAMPLES, "max_output_tokens": 40},
     "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**THINK, "input": EXAMPLES, "max_output_tokens": 2},
     "Response", "ResponseStreamEvent"),
    ("/v1/responses", CALL, "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**CALL, "tool_choice": "auto", "max_output_tokens": 16,
                       "include": ["message.output_text.logprobs"]},
     "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**CALL, "max_output_tokens": 12}, "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**CALL, "tool_choice": {
        "type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "stop"}]}},
     "Response", "ResponseStreamEvent"),
    ("/v1/responses", {**RESPONSE, "text": {"format": {"type": "json_schema", "name": "machine",
                                                       "strict": True, "schema": SCHEMA}}},
     "Response", "ResponseStreamEvent"),
]

# What changes the answer, dotted where a member of a field does. All else of the description has to
# be named by the server, one way or the other.
WORKS = {
    "/v1/chat/completions": {
        "messages", "model", "n", "seed", "stop", "stream", "stream_options.include_usage",
        "stream_options.include_obfuscation", "temperature", "top_p", "presence_penalty",
        "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "max_tokens",
        "max_completion_tokens", "service_tier", "response_format", "modalities", "tools",
        "tool_choice", "parallel_tool_calls",
        "store"},  # false: nothing is stored
    "/v1/completions": {
        "model", "prompt", "best_of", "echo", "frequency_penalty", "presence_penalty", "logit_bias",
        "logprobs", "max_tokens", "n", "seed", "stop", "stream", "stream_options.include_usage",
        "stream_options.include_obfuscation", "temperature", "top_p", "suffix"},
    "/v1/embeddings": {"model", "input", "encoding_format", "dimensions"},
    "/v1/responses": {
        "input", "model", "instructions", "previous_response_id", "store", "metadata", "stream",
        "stream_options.include_obfuscation", "max_output_tokens", "temperature", "top_p",
        "top_logprobs", "include", "service_tier", "truncation", "text.format", "tools",
        "tool_choice", "parallel_tool_calls"},
}
REQUESTS = [
    ("/v1/chat/completions", {**CHAT, "max_tokens": 1}, "CreateChatCompletionRequest"),
    ("/v1/completions", {**COMPLETION, "max_tokens": 1}, "CreateCompletionRequest"),
    ("/v1/responses", {**RESPONSE, "max_output_tokens": 1, "store": False}, "CreateResponse"),
]
EMBEDDINGS = ("/v1/embeddings", {"model": EMBEDDER, "input": "a"}, "CreateEmbeddingRequest")
# Fields that are valid beside another only.
WITH = {"top_logprobs": {"logprobs": True}, "stream_options": {"stream": True},
        "max_completion_tokens": {"max_tokens": None}, "max_tokens": {}, "best_of": {"n": 1}}


def ask(path, body=None):
    """Status, headers and text."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read().decode()


def events(text):
    for block in text.split("\n\n"):
        data = [line[6:] for line in block.split("\n") if line.startswith("data: ")]
        if data and data[0] != "[DONE]":
            yield json.loads(data[0])


@needs_description
class OpenAiDescription(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.description = Description()

    def check(self, schema, value):
        problems = self.description.problems(schema, value)
        self.assertEqual(problems, [], f"{schema}: {json.dumps(value)[:2000]}")

    def answer(self, path, body=None):
        status, _, text = ask(path, body)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def test_every_answer_has_the_published_shape(self):
        for path, body, schema, _ in ANSWERS:
            with self.subTest(path=path, body=body):
                self.check(schema, self.answer(path, body))

    def test_every_event_has_the_published_shape(self):
        for path, body, _, schema in ANSWERS:
            if schema is None:
                continue
            options = {"include_obfuscation": True}
            if schema != "ResponseStreamEvent":
                options["include_usage"] = True
            with self.subTest(path=path, body=body):
                status, _, text = ask(path, {**body, "stream": True, "stream_options": options})
                self.assertEqual(status, 200, text)
                seen = list(events(text))
                self.assertGreater(len(seen), 3)
                for event in seen:
                    self.check(schema, event)

    def test_kept_responses_and_errors_have_the_published_shape(self):
        made = self.answer("/v1/responses", {**RESPONSE, "input": [
            {"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello."},
            {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Who are you?"}]})
        kept = self.answer("/v1/responses/" + made["id"])
        self.assertEqual(kept, made)
        items = self.answer(f"/v1/responses/{made['id']}/input_items?order=asc")
        self.check("ResponseItemList", items)
        self.assertEqual([item["role"] for item in items["data"]],
                         ["developer", "user", "assistant", "user"])
        called = self.answer("/v1/responses", CALL)
        (call,) = called["output"]
        self.assertEqual((call["type"], call["name"], call["status"]),
                         ("function_call", "state_of", "completed"))
        self.assertIn(json.loads(call["arguments"])["machine"], ("press 1", "press 2"))
        told = self.answer("/v1/responses", {
            **RESPONSE, "previous_response_id": called["id"],
            "input": [{"type": "function_call_output", "call_id": call["call_id"],
                       "output": [{"type": "input_text", "text": "running"}]}]})
        for kept in (called, told):
            self.assertEqual(self.answer("/v1/responses/" + kept["id"]), kept)
        self.check("ResponseItemList", self.answer(f"/v1/responses/{told['id']}/input_items"))
        stateless = self.answer("/v1/responses", {**RESPONSE, "store": False, "input": [
            {"role": "user", "content": "Name a colour."}, call,
            {"type": "function_call_output", "call_id": call["call_id"], "output": "running"}]})
        self.assertEqual(stateless["usage"]["input_tokens"], told["usage"]["input_tokens"])
        for path, body in [("/v1/chat/completions", {**CHAT, "n": 0}), ("/v1/models/none", None),
                           ("/v1/responses", {**RESPONSE, "background": True}),
                           ("/v1/responses", {**RESPONSE, "tools": [{"type": "web_search"}]}),
                           ("/v1/responses/resp_none", None)]:
            status, _, text = ask(path, body)
            self.assertIn(status, (400, 404))
            self.check("ErrorResponse", json.loads(text))

    def test_a_model_that_thinks_shows_it_apart(self):
        request = {**THINK, "messages": [{"role": "user", "content": EXAMPLES}], "max_tokens": 40}
        chat = self.answer("/v1/chat/completions", request)
        message = chat["choices"][0]["message"]
        self.assertEqual((message["reasoning_content"], message["content"]),
                         ("the pump", "open the valve"))
        reasoning_tokens = chat["usage"]["completion_tokens_details"]["reasoning_tokens"]
        self.assertLess(0, reasoning_tokens)
        self.assertLess(reasoning_tokens, chat["usage"]["completion_tokens"])
        response = self.answer("/v1/responses", {**THINK, "input": EXAMPLES})
        self.assertEqual([item["type"] for item in response["output"]], ["reasoning", "message"])
        self.assertEqual(response["usage"]["output_tokens_details"]["reasoning_tokens"],
                         reasoning_tokens)
        silent = self.answer("/v1/chat/completions", {**request, "reasoning_effort": "none"})
        self.assertGreater(silent["usage"]["prompt_tokens"], chat["usage"]["prompt_tokens"])

    def test_a_form_holds_after_the_thought(self):
        """Also of a thought that would not end: half of the answer's tokens is left to the answer."""
        form = {"type": "json_schema", "json_schema": {"name": "machine", "schema": SCHEMA}}
        request = {"model": THINKER, "temperature": 0, "max_tokens": 80, "response_format": form}
        for text, thought in [(EXAMPLES, "the pump"), ("Think about the machines.", None)]:
            with self.subTest(text=text):
                chat = self.answer("/v1/chat/completions", {
                    **request, "messages": [{"role": "user", "content": text}]})
                self.check("CreateChatCompletionResponse", chat)
                message, usage = chat["choices"][0]["message"], chat["usage"]
                self.assertEqual(chat["choices"][0]["finish_reason"], "stop")
                self.assertIn(json.loads(message["content"])["machine"], ("press 1", "press 2"))
                if thought is not None:
                    self.assertEqual(message["reasoning_content"], thought)
                self.assertTrue(message["reasoning_content"])
                tokens = usage["completion_tokens_details"]["reasoning_tokens"]
                self.assertLess(0, tokens)
                self.assertLess(tokens, 60)
                self.assertLess(tokens, usage["completion_tokens"])
        for more, kind in [({"text": {"format": {"type": "json_schema", "name": "machine",
                                                 "schema": SCHEMA}}}, "message"),
                           ({"tools": TOOLS, "tool_choice": "required",
                             "parallel_tool_calls": False}, "function_call")]:
            with self.subTest(kind=kind):
                body = {"model": THINKER, "temperature": 0, "max_output_tokens": 120,
                        "input": EXAMPLES, **more}
                response = self.answer("/v1/responses", body)
                self.check("Response", response)
                self.assertEqual([item["type"] for item in response["output"]],
                                 ["reasoning", kind])
                self.assertEqual(response["status"], "completed")
                _, _, text = ask("/v1/responses", {**body, "stream": True})
                for event in events(text):
                    self.check("ResponseStreamEvent", event)

    def test_every_field_works_or_is_named(self):
        tried = 0
        for path, base, schema in [*REQUESTS, *([EMBEDDINGS] if EMBEDDER else [])]:
            properties = self.description.properties({"$ref": f"#/components/schemas/{schema}"})
            self.assertGreater(len(properties), 4)
            for field, each in properties.items():
                values = self.description.values(each)
                self.assertTrue(values, field)
                for value in values:
                    with self.subTest(path=path, field=field, value=value):
                        body = {**base, **WITH.get(field, {}), field: value}
                        if field == "model":
                            body["model"] = base["model"]
                        self.check_verdict(path, body, field, value)
                        tried += 1
        self.assertGreater(tried, 200)

    def check_verdict(self, path, body, field, value):
        """Refused by its name, or named as without effect, or one that works."""
        status, headers, text = ask(path, body)
        if status != 200:
            self.assertIn(status, (400, 404), text)
            param = json.loads(text)["error"]["param"] or ""
            self.assertTrue(param == field or param.startswith((field + ".", field + "[")), text)
            return
        named = headers.get("x-millwright-without-effect", "").split(", ")
        named += headers.get("x-millwright-ignored-fields", "").split(", ")
        is_object = isinstance(value, dict)  # an empty one asks for nothing
        for name in [f"{field}.{name}" for name in value] if is_object else [field]:
            self.assertTrue(
                {name, field} & (WORKS[path] | set(named)) or
                any(each.startswith((name + ".", name + "[")) for each in named),
                f"{name}={value!r} was neither refused nor named: {sorted(named)}")
        self.assertFalse([name for name in headers.get("x-millwright-ignored-fields", "").split(", ")
                          if name == field], f"{field} counts as unknown to OpenAI")

    def test_the_guide_lists_every_field(self):
        sections = GUIDE.read_text(encoding="utf-8").split("\n**")
        for path, _, schema in [*REQUESTS, EMBEDDINGS]:
            section = next(each for each in sections if f"(`{path}`)" in each.split("\n")[0])
            for field in self.description.properties({"$ref": f"#/components/schemas/{schema}"}):
                self.assertRegex(section, rf"`{field}[`.]", f"{GUIDE}: {path}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
