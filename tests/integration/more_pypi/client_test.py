"""LangChain's OpenAI classes and LiteLLM against a running Millwright: MILLWRIGHT_URL, MODEL, THINKER.

No test looks at what the model says, only that it arrives: the default model is a small one.
"""

import asyncio
import json
import os
import unittest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks GitHub when it is imported

import litellm  # noqa: E402
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage  # noqa: E402
from langchain_openai import ChatOpenAI, OpenAI  # noqa: E402

URL = os.environ["MILLWRIGHT_URL"] + "/v1"
KEY = os.environ.get("MILLWRIGHT_KEY", "no-key-needed")
MODEL = os.environ["MODEL"]
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

    def test_raises_its_own_errors(self):
        with self.assertRaises(litellm.NotFoundError):
            self.chat(model="openai/no-such-model")
        with self.assertRaises(litellm.ContextWindowExceededError):
            self.chat(max_tokens=10_000_000)
        with self.assertRaises(litellm.BadRequestError):
            self.chat(temperature=9)


if __name__ == "__main__":
    unittest.main(verbosity=2)
