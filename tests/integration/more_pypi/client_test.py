"""LangChain's OpenAI classes and LiteLLM against a running Millwright: MILLWRIGHT_URL, MODEL, THINKER.

No test looks at what the model says, only that it arrives: the default model is a small one.
"""

import asyncio
import base64
import json
import math
import operator
import os
import pathlib
import struct
import unittest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks GitHub when it is imported

import litellm  # noqa: E402
import openai  # noqa: E402
import tiktoken  # noqa: E402
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage  # noqa: E402
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings  # noqa: E402

# OpenAI's encodings, which tiktoken would fetch: LiteLLM brings them with it.
os.environ["TIKTOKEN_CACHE_DIR"] = str(
    pathlib.Path(litellm.__file__).parent / "litellm_core_utils/tokenizers")

URL = os.environ["MILLWRIGHT_URL"] + "/v1"
KEY = os.environ.get("MILLWRIGHT_KEY", "no-key-needed")
MODEL = os.environ["MODEL"]
EMBEDDER, RERANKER = os.environ.get("EMBEDDER"), os.environ.get("RERANKER")
DATA = os.environ.get("MILLWRIGHT_DATA")
MESSAGES = [SystemMessage("Answer in one short sentence."), HumanMessage("What is the capital of France?")]
MACHINES = ["press 1", "press 2"]
PARAMETERS = {"type": "object", "properties": {"machine": {"type": "string", "enum": MACHINES}},
              "required": ["machine"], "additionalProperties": False}
PLAIN = [{"role": "system", "content": "Answer in one short sentence."},
         {"role": "user", "content": "What is the capital of France?"}]


def langchain(**more):
    options = {"model": MODEL, "base_url": URL, "api_key": KEY, "temperature": 0, "max_tokens": 16,
               "seed": 7, "max_retries": 0, "timeout": 120, **more}
    return ChatOpenAI(**options)


class LangChain(unittest.TestCase):
    def test_invokes_with_usage_and_metadata(self):
        answer = langchain().invoke(MESSAGES)
        self.assertTrue(answer.content)
        self.assertGreater(answer.usage_metadata["input_tokens"], 10)
        self.assertEqual(answer.usage_metadata["total_tokens"],
                         answer.usage_metadata["input_tokens"] + answer.usage_metadata["output_tokens"])
        self.assertIn(answer.response_metadata["finish_reason"], ("stop", "length"))
        self.assertTrue(answer.response_metadata["model_name"])

    def test_streams_the_same_text(self):
        whole = langchain().invoke(MESSAGES)
        chunks = list(langchain(stream_usage=True).stream(MESSAGES))
        self.assertGreater(len(chunks), 2)
        self.assertEqual("".join(chunk.content for chunk in chunks), whole.content)
        usage = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
        self.assertEqual(usage[-1]["output_tokens"], whole.usage_metadata["output_tokens"])

    def test_runs_batches_and_async(self):
        batch = langchain().batch([MESSAGES] * 4)
        self.assertEqual(len({answer.content for answer in batch}), 1)
        self.assertEqual(asyncio.run(langchain().ainvoke(MESSAGES)).content, batch[0].content)

    def test_goes_on_with_a_conversation(self):
        first = langchain().invoke(MESSAGES)
        second = langchain().invoke([*MESSAGES, first, HumanMessage("And of Italy?")])
        self.assertGreater(second.usage_metadata["input_tokens"], first.usage_metadata["input_tokens"])

    def test_gives_log_probabilities(self):
        answer = langchain(logprobs=True, top_logprobs=2).invoke(MESSAGES)
        first = answer.response_metadata["logprobs"]["content"][0]
        self.assertEqual(len(first["top_logprobs"]), 2)

    def test_completes_plain_text(self):
        model = OpenAI(model=MODEL, base_url=URL, api_key=KEY, temperature=0, max_tokens=8, max_retries=0)
        whole = model.invoke("The capital of France is")
        self.assertTrue(whole)
        self.assertEqual("".join(model.stream("The capital of France is")), whole)

    def test_speaks_the_responses_api(self):
        model = langchain(use_responses_api=True, seed=None)
        first = model.invoke(MESSAGES)
        self.assertTrue(first.text)
        self.assertGreater(first.usage_metadata["output_tokens"], 0)
        streamed = list(model.stream(MESSAGES))
        self.assertEqual("".join(chunk.text for chunk in streamed), first.text)
        again = langchain(use_responses_api=True, seed=None, use_previous_response_id=True).invoke(
            [*MESSAGES, first, HumanMessage("And of Italy?")])
        self.assertGreater(again.usage_metadata["input_tokens"], first.usage_metadata["input_tokens"])
        self.assertIsInstance(again, AIMessage)

    def test_calls_tools_in_chat_and_responses(self):
        tool = {"name": "state_of", "description": "Tells a state.", "parameters": PARAMETERS}
        for more in ({}, {"use_responses_api": True, "seed": None}):
            with self.subTest(**more):
                model = langchain(max_tokens=96, **more).bind_tools([tool], tool_choice="state_of",
                                                                  parallel_tool_calls=False)
                answer = model.invoke(MESSAGES)
                (call,) = answer.tool_calls
                self.assertEqual(call["name"], "state_of")
                self.assertIn(call["args"]["machine"], MACHINES)
                streamed = None
                for chunk in model.stream(MESSAGES):
                    streamed = chunk if streamed is None else streamed + chunk
                self.assertEqual(streamed.tool_calls[0]["args"], call["args"])
                results = [ToolMessage("running", tool_call_id=each["id"])
                           for each in answer.tool_calls]
                told = langchain(**more).invoke([*MESSAGES, answer, *results])
                self.assertGreater(told.usage_metadata["input_tokens"],
                                   langchain(**more).invoke(MESSAGES).usage_metadata["input_tokens"])


def cl100k():
    """OpenAI's encoding as a tokenizer.json; without merges, since ids are only read."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]  # GPT-2's alphabet of bytes
    letters = {byte: chr(byte) for byte in shown}
    for byte in range(256):
        letters.setdefault(byte, chr(256 + len(letters) - len(shown)))
    ranks = tiktoken.get_encoding("cl100k_base")._mergeable_ranks
    vocabulary = {"".join(letters[byte] for byte in token): rank for token, rank in ranks.items()}
    return {"version": "1.0", "added_tokens": [], "normalizer": None, "post_processor": None,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                              "use_regex": True},
            "decoder": {"type": "ByteLevel"},
            "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}


@unittest.skipUnless(EMBEDDER, "embeddings: EMBEDDER names no model")
class LangChainEmbeddings(unittest.TestCase):
    TEXTS = ["a hot spindle", "lunch at noon"]

    def embedder(self, **more):
        return OpenAIEmbeddings(model=EMBEDDER, base_url=URL, api_key=KEY, max_retries=0, **more)

    def test_embeds_texts(self):
        model = self.embedder(check_embedding_ctx_length=False)
        vectors = model.embed_documents(self.TEXTS)
        self.assertEqual(model.embed_query(self.TEXTS[1]), vectors[1])
        self.assertNotEqual(*vectors)
        self.assertEqual(asyncio.run(model.aembed_documents(self.TEXTS)), vectors)

    @unittest.skipUnless(DATA, "ids of OpenAI's encoding: MILLWRIGHT_DATA names no folder")
    def test_embeds_the_token_ids_that_it_sends_unless_told_otherwise(self):
        with self.assertRaisesRegex(openai.BadRequestError, "check_embedding_ctx_length=False"):
            self.embedder().embed_documents(self.TEXTS)
        folder = pathlib.Path(DATA) / "encodings"
        folder.mkdir()
        (folder / "cl100k_base.json").write_text(json.dumps(cl100k()))
        by_ids = self.embedder().embed_documents(self.TEXTS)
        by_text = self.embedder(check_embedding_ctx_length=False).embed_documents(self.TEXTS)
        for ours, theirs in zip(by_ids, by_text, strict=True):
            self.assertGreater(sum(map(operator.mul, ours, theirs)) / math.hypot(*ours) /
                               math.hypot(*theirs), 0.999999)


class LiteLlm(unittest.TestCase):
    def chat(self, **more):
        options = {"model": "openai/" + MODEL, "api_base": URL, "api_key": KEY, "messages": PLAIN,
                   "temperature": 0, "max_tokens": 16, "seed": 7, "num_retries": 0, **more}
        return litellm.completion(**options)

    def test_completes_with_usage(self):
        answer = self.chat()
        self.assertTrue(answer.choices[0].message.content)
        self.assertIn(answer.choices[0].finish_reason, ("stop", "length"))
        self.assertEqual(answer.usage.total_tokens,
                         answer.usage.prompt_tokens + answer.usage.completion_tokens)

    def test_streams_the_same_text(self):
        whole = self.chat()
        parts, usage = [], None
        for chunk in self.chat(stream=True, stream_options={"include_usage": True}):
            parts.append(chunk.choices[0].delta.content or "" if chunk.choices else "")
            usage = getattr(chunk, "usage", None) or usage
        self.assertEqual("".join(parts), whole.choices[0].message.content)
        self.assertEqual(usage.completion_tokens, whole.usage.completion_tokens)

    def test_shows_what_a_model_thinks(self):
        answer = self.chat(model="openai/" + os.environ["THINKER"], stop="\n\n",
                           messages=[{"role": "user", "content": os.environ["EXAMPLES"]}], max_tokens=40)
        message = answer.choices[0].message
        self.assertEqual((message.reasoning_content, message.content), ("the pump", "open the valve"))

    def test_completes_plain_text(self):
        answer = litellm.text_completion(model="text-completion-openai/" + MODEL, api_base=URL, api_key=KEY,
                                         prompt="The capital of France is", max_tokens=8, temperature=0)
        self.assertTrue(answer.choices[0].text)

    def test_speaks_the_responses_api(self):
        options = {"model": "openai/" + MODEL, "api_base": URL, "api_key": KEY, "max_output_tokens": 16,
                   "temperature": 0}
        first = litellm.responses(input="What is the capital of France?", **options)
        self.assertTrue(first.output[0].content[0].text)
        names = [event.type for event in litellm.responses(
            input="And of Italy?", previous_response_id=first.id, stream=True, **options)]
        self.assertEqual(names[0], "response.created")
        self.assertIn(names[-1], ("response.completed", "response.incomplete"))

    def test_calls_tools_in_responses(self):
        answer = litellm.responses(
            model="openai/" + MODEL, api_base=URL, api_key=KEY, max_output_tokens=96, temperature=0,
            input="Is press 1 running?", tool_choice="required",
            tools=[{"type": "function", "name": "state_of", "parameters": PARAMETERS}])
        self.assertEqual(answer.output[0].type, "function_call")
        self.assertIn(json.loads(answer.output[0].arguments)["machine"], MACHINES)

    @unittest.skipUnless(EMBEDDER, "embeddings: EMBEDDER names no model")
    def test_embeds(self):
        options = {"model": "openai/" + EMBEDDER, "api_base": URL, "api_key": KEY,
                   "input": ["a hot spindle", "lunch at noon"]}
        plain = litellm.embedding(encoding_format="float", **options)
        packed = litellm.embedding(encoding_format="base64", **options)
        self.assertEqual(len(plain.data), 2)
        for one, other in zip(plain.data, packed.data, strict=True):
            vector = one["embedding"]
            self.assertEqual(base64.b64decode(other["embedding"]),
                             struct.pack(f"<{len(vector)}f", *vector))

    @unittest.skipUnless(RERANKER, "rerank: RERANKER names no model")
    def test_reranks(self):
        documents = ["lunch at noon", "a hot spindle", "oil"]
        answer = litellm.rerank(model="hosted_vllm/" + RERANKER, api_base=URL, api_key=KEY,
                                query="hot", documents=documents, top_n=2)
        scores = [result["relevance_score"] for result in answer.results]
        self.assertEqual(len(scores), 2)
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(len({result["index"] for result in answer.results}), 2)

    def test_raises_its_own_errors(self):
        with self.assertRaises(litellm.NotFoundError):
            self.chat(model="openai/no-such-model")
        with self.assertRaises(litellm.ContextWindowExceededError):
            self.chat(max_tokens=10_000_000)
        with self.assertRaises(litellm.BadRequestError):
            self.chat(temperature=9)


if __name__ == "__main__":
    unittest.main(verbosity=2)
