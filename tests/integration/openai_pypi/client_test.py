"""OpenAI's official Python client against a running Millwright: MILLWRIGHT_URL, MODEL."""

import asyncio
import base64
import json
import os
import struct
import unittest

import openai

URL = os.environ["MILLWRIGHT_URL"] + "/v1"
KEY = os.environ.get("MILLWRIGHT_KEY", "no-key-needed")
EMBEDDER = os.environ.get("EMBEDDER")
needs_embedder = unittest.skipUnless(EMBEDDER, "embeddings: EMBEDDER names no model")
CHAT = {
    "messages": [{"role": "developer", "content": "Answer in one short sentence."},
                 {"role": "user", "content": "What is the capital of France?"}],
    "max_tokens": 16, "temperature": 0, "seed": 7,
}


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = openai.OpenAI(base_url=URL, api_key=KEY, max_retries=0, timeout=120)
        cls.models = [model.id for model in cls.client.models.list()]
        cls.model = os.environ.get("MODEL") or cls.models[0]

    def chat(self, **more):
        return self.client.chat.completions.create(model=self.model, **{**CHAT, **more})

    def test_lists_and_retrieves_models(self):
        self.assertIn(self.model, self.models)
        self.assertEqual(self.client.models.retrieve(self.model).object, "model")

    def test_chats(self):
        answer = self.chat()
        self.assertTrue(answer.choices[0].message.content)
        self.assertIn(answer.choices[0].finish_reason, ("stop", "length"))
        self.assertEqual(answer.usage.total_tokens,
                         answer.usage.prompt_tokens + answer.usage.completion_tokens)

    def test_streams_the_same_text(self):
        whole = self.chat().choices[0].message.content
        parts, usage = [], None
        for chunk in self.chat(stream=True, stream_options={"include_usage": True}):
            if chunk.choices:
                parts.append(chunk.choices[0].delta.content or "")
            usage = chunk.usage or usage
        self.assertEqual("".join(parts), whole)
        self.assertGreater(usage.completion_tokens, 0)

    def test_same_seed_gives_the_same_text(self):
        texts = {self.chat(temperature=0.8, seed=11).choices[0].message.content for _ in range(3)}
        self.assertEqual(len(texts), 1)

    def test_completes_plain_text(self):
        request = {"model": self.model, "prompt": "The capital of France is", "max_tokens": 8,
                   "temperature": 0}
        whole = self.client.completions.create(**request).choices[0].text
        parts = [chunk.choices[0].text
                 for chunk in self.client.completions.create(stream=True, **request)]
        self.assertEqual("".join(parts), whole)

    def test_gives_log_probabilities(self):
        first = self.chat(logprobs=True, top_logprobs=2).choices[0].logprobs.content[0]
        self.assertLessEqual(first.logprob, 0)
        self.assertEqual(len(first.top_logprobs), 2)

    def respond(self, **more):
        return self.client.responses.create(model=self.model, max_output_tokens=16, temperature=0,
                                            **more)

    def test_responds_remembers_and_forgets(self):
        first = self.respond(input="My name is Ada.", instructions="Be brief.")
        self.assertTrue(first.output_text)
        self.assertEqual(self.client.responses.retrieve(first.id).output_text, first.output_text)
        items = list(self.client.responses.input_items.list(first.id))
        self.assertEqual(items[0].content[0].text, "My name is Ada.")
        second = self.respond(input="What is my name?", previous_response_id=first.id)
        self.assertGreater(second.usage.input_tokens, first.usage.input_tokens)
        self.client.responses.delete(first.id)
        for gone in (lambda: self.client.responses.retrieve(first.id),
                     lambda: self.respond(input="And now?", previous_response_id=second.id)):
            with self.assertRaises(openai.NotFoundError):
                gone()
        with self.assertRaises(openai.BadRequestError):
            self.client.responses.cancel(second.id)

    def test_streams_a_response_through_the_clients_helper(self):
        whole = self.respond(input="Count to three.")
        with self.client.responses.stream(model=self.model, input="Count to three.", temperature=0,
                                          max_output_tokens=16) as stream:
            names = [event.type for event in stream]
        self.assertEqual(names[:2], ["response.created", "response.in_progress"])
        self.assertIn(names[-1], ("response.completed", "response.incomplete"))
        raw = self.respond(input="Count to three.", stream=True)
        text = "".join(event.delta for event in raw if event.type == "response.output_text.delta")
        self.assertEqual(text, whole.output_text)

    def test_calls_a_tool_in_a_response_and_goes_on(self):
        tool = {"type": "function", "name": "state_of", "strict": True, "parameters": {
            "type": "object", "additionalProperties": False, "required": ["machine"],
            "properties": {"machine": {"type": "string", "enum": ["press 1", "press 2"]}}}}
        asked = {"model": self.model, "temperature": 0, "max_output_tokens": 96, "tools": [tool],
                 "input": "Is press 1 running?", "tool_choice": "required",
                 "parallel_tool_calls": False}
        whole = self.client.responses.create(**asked)
        (call,) = whole.output
        self.assertEqual((call.type, call.name), ("function_call", "state_of"))
        self.assertIn(json.loads(call.arguments)["machine"], ("press 1", "press 2"))
        with self.client.responses.stream(**asked) as stream:
            parts = [event.delta for event in stream
                     if event.type == "response.function_call_arguments.delta"]
            (streamed,) = stream.get_final_response().output
        self.assertEqual(("".join(parts), streamed.arguments), (call.arguments, call.arguments))
        told = self.respond(previous_response_id=whole.id, input=[
            {"type": "function_call_output", "call_id": call.call_id, "output": "running"}])
        self.assertGreater(told.usage.input_tokens, 20)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.respond(input="hi", tools=[{"type": "web_search"}])
        self.assertEqual(caught.exception.param, "tools[0].type")

    def test_raises_the_right_errors(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.client.chat.completions.create(model="no-such-model", **CHAT)
        self.assertEqual(caught.exception.code, "model_not_found")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.chat(temperature=9)
        self.assertEqual(caught.exception.param, "temperature")
        self.assertTrue(caught.exception.request_id)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.chat(max_tokens=10_000_000, stream=True)
        self.assertEqual(caught.exception.code, "context_length_exceeded")

    @needs_embedder
    def test_embeds_texts_in_both_encodings(self):
        texts = ["a hot spindle", "lunch at noon", "a hot spindle"]
        packed = self.client.embeddings.create(model=EMBEDDER, input=texts)  # asks for base64
        plain = self.client.embeddings.create(model=EMBEDDER, input=texts, encoding_format="float")
        self.assertEqual([each.index for each in packed.data], [0, 1, 2])
        for one, other in zip(packed.data, plain.data, strict=True):
            self.assertEqual([struct.pack("<f", x) for x in one.embedding],
                             [struct.pack("<f", x) for x in other.embedding])
        self.assertEqual(plain.data[0].embedding, plain.data[2].embedding)
        self.assertNotEqual(plain.data[0].embedding, plain.data[1].embedding)
        self.assertGreater(plain.usage.prompt_tokens, 20)
        self.assertEqual(plain.usage, packed.usage)
        raw = self.client.embeddings.create(model=EMBEDDER, input=texts[0], encoding_format="base64")
        self.assertEqual(base64.b64decode(raw.data[0].embedding),
                         struct.pack(f"<{len(plain.data[0].embedding)}f", *plain.data[0].embedding))

    @needs_embedder
    def test_embeds_the_models_own_token_ids(self):
        # [CLS] a b [SEP] of its vocabulary; one array, and several.
        own = {"extra_body": {"token_encoding": "model"}, "encoding_format": "float"}
        one = self.client.embeddings.create(model=EMBEDDER, input=[4, 5], **own)
        two = self.client.embeddings.create(model=EMBEDDER, input=[[4, 5], [6]], **own)
        self.assertEqual(two.data[0].embedding, one.data[0].embedding)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.embeddings.create(model=EMBEDDER, input=[[100_000]], **own)
        self.assertEqual(caught.exception.param, "input")

    @needs_embedder
    def test_refuses_embeddings_by_the_fields_name(self):
        for more, param in [({"input": []}, "input"), ({"dimensions": 3}, "dimensions"),
                            ({"input": "word " * 100}, "input")]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.client.embeddings.create(**{"model": EMBEDDER, "input": "a", **more})
            self.assertEqual(caught.exception.param, param)
        with self.assertRaises(openai.NotFoundError):
            self.client.embeddings.create(model="no-such-model", input="a")

    def test_many_at_once(self):
        async def all_of_them():
            async with openai.AsyncOpenAI(base_url=URL, api_key=KEY, max_retries=0,
                                          timeout=300) as client:
                async def one(number):
                    stream = await client.chat.completions.create(
                        model=self.model, stream=True, **{**CHAT, "seed": number})
                    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
                return await asyncio.gather(*[one(number) for number in range(16)])

        texts = asyncio.run(all_of_them())
        self.assertEqual(len(set(texts)), 1)  # greedy: batching changes nothing


if __name__ == "__main__":
    unittest.main(verbosity=2)
