// OpenAI's official JavaScript client against a running Millwright: MILLWRIGHT_URL, and MODEL when
// it is not the first of the list. Also checks each raw answer and chunk against OpenAI's published
// schemas, with a validator that is not ours.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import OpenAI from "openai";

const url = process.env.MILLWRIGHT_URL;
if (!url) throw new Error("MILLWRIGHT_URL is not set: expected http://127.0.0.1:PORT");
const key = process.env.MILLWRIGHT_KEY ?? "no-key-needed";
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: 120_000 });

const golden = process.env.OPENAI_SCHEMAS ?? new URL("../../golden/openai/schemas.json", import.meta.url);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: "openai", ...JSON.parse(readFileSync(golden, "utf8")) });
function conforms(name, value) {
  const validate = ajv.getSchema(`openai#/components/schemas/${name}`);
  assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
}

async function raw(path, body) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const response = await fetch(`${url}${path}`,
    body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const models = [];
for await (const each of client.models.list()) models.push(each);
assert.ok(models.length > 0, "the server lists no model");
const model = process.env.MODEL ?? models[0].id;
const messages = [
  { role: "system", content: "You answer in one short sentence." },
  { role: "user", content: [{ type: "text", text: "What is the capital of France?" }] },
];
const chat = { model, messages, max_tokens: 16, temperature: 0, seed: 7 };

const tests = {
  async "lists and retrieves models"() {
    assert.equal((await client.models.retrieve(model)).id, model);
    conforms("ListModelsResponse", JSON.parse((await raw("/v1/models")).text));
    await assert.rejects(client.models.retrieve("no-such-model"),
      (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
  },
  async "chats"() {
    const answer = await client.chat.completions.create(chat);
    assert.equal(answer.choices[0].message.role, "assistant");
    assert.ok(answer.choices[0].message.content.length > 0);
    assert.ok(["stop", "length"].includes(answer.choices[0].finish_reason));
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    assert.ok(answer.system_fingerprint.length > 0);
    conforms("CreateChatCompletionResponse", JSON.parse((await raw("/v1/chat/completions", chat)).text));
  },
  async "streams the same text that it answers whole"() {
    const whole = await client.chat.completions.create(chat);
    const stream = await client.chat.completions.create(
      { ...chat, stream: true, stream_options: { include_usage: true } });
    let text = "";
    let usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, whole.choices[0].message.content);
    assert.deepEqual(usage.completion_tokens, whole.usage.completion_tokens);
  },
  async "assembles a stream with the client's own helper"() {
    const runner = client.chat.completions.stream({ ...chat, n: 2, temperature: 0.5 });
    const answer = await runner.finalChatCompletion();
    assert.equal(answer.choices.length, 2);
    assert.ok(answer.choices.every((choice) => choice.finish_reason));
  },
  async "sends chunks of the published shape and ends with [DONE]"() {
    const { headers, text } = await raw("/v1/chat/completions",
      { ...chat, stream: true, logprobs: true, top_logprobs: 2, stream_options: { include_usage: true } });
    assert.match(headers.get("content-type"), /^text\/event-stream/);
    const events = text.split("\n\n").filter((event) => event.startsWith("data: ")).map((event) => event.slice(6));
    assert.equal(events.pop(), "[DONE]");
    const chunks = events.map((event) => JSON.parse(event));
    for (const chunk of chunks) conforms("CreateChatCompletionStreamResponse", chunk);
    assert.equal(chunks[0].choices[0].delta.role, "assistant");
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
    assert.ok(chunks.at(-1).usage.total_tokens > 0);
  },
  async "gives log probabilities"() {
    const answer = await client.chat.completions.create({ ...chat, logprobs: true, top_logprobs: 3 });
    const [first] = answer.choices[0].logprobs.content;
    assert.ok(first.logprob <= 0);
    assert.equal(first.top_logprobs.length, 3);
    conforms("CreateChatCompletionResponse", JSON.parse(JSON.stringify(answer)));
  },
  async "completes plain text, whole and as a stream"() {
    const request = { model, prompt: "The capital of France is", max_tokens: 8, temperature: 0 };
    const whole = await client.completions.create(request);
    let text = "";
    for await (const chunk of await client.completions.create({ ...request, stream: true })) {
      text += chunk.choices[0].text;
    }
    assert.equal(text, whole.choices[0].text);
    conforms("CreateCompletionResponse", JSON.parse((await raw("/v1/completions", { ...request, logprobs: 2 })).text));
  },
  async "responds, goes on and forgets"() {
    const request = { model, max_output_tokens: 16, temperature: 0 };
    const first = await client.responses.create({ ...request, input: "My name is Ada." });
    assert.ok(first.output_text.length > 0);
    const stream = client.responses.stream({ ...request, input: "What is my name?", previous_response_id: first.id });
    const names = [];
    for await (const event of stream) names.push(event.type);
    assert.equal(names[0], "response.created");
    const second = await stream.finalResponse();
    assert.ok(second.usage.input_tokens > first.usage.input_tokens);
    assert.equal((await client.responses.retrieve(second.id)).output_text, second.output_text);
    await client.responses.delete(first.id);
    await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
  },
  async "stops when the stream is aborted"() {
    const stream = await client.chat.completions.create({ ...chat, max_tokens: 200, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0].delta.content) break; // leaving the loop aborts the request
    }
    assert.ok(stream.controller.signal.aborted);
    assert.ok((await client.chat.completions.create(chat)).choices.length === 1);
  },
  async "raises the right errors"() {
    const bad = (changes, type, param, code) => assert.rejects(
      client.chat.completions.create({ ...chat, ...changes }),
      (error) => error instanceof type && error.param === param && error.code === code && error.requestID?.length > 0);
    await bad({ temperature: 9 }, OpenAI.BadRequestError, "temperature", "invalid_value");
    await bad({ model: "no-such-model" }, OpenAI.NotFoundError, "model", "model_not_found");
    await bad({ audio: { voice: "alloy", format: "wav" } }, OpenAI.BadRequestError, "audio", "unsupported_parameter");
    await bad({ stream: true, max_tokens: 10_000_000 }, OpenAI.BadRequestError, "messages", "context_length_exceeded");
    for (const body of [{ ...chat, n: 0 }, { ...chat, model: "no-such-model" }]) {
      conforms("ErrorResponse", JSON.parse((await raw("/v1/chat/completions", body)).text));
    }
  },
  async "calls a tool with arguments of its schema"() {
    const parameters = { type: "object", additionalProperties: false, required: ["machine"],
      properties: { machine: { enum: ["press 1", "press 2"] } } };
    const answer = await client.chat.completions.create({ ...chat, max_tokens: 64,
      tool_choice: "required", parallel_tool_calls: false,
      tools: [{ type: "function", function: { name: "state_of", parameters } }] });
    const [choice] = answer.choices;
    assert.equal(choice.finish_reason, "tool_calls");
    assert.equal(choice.message.tool_calls[0].function.name, "state_of");
    const told = JSON.parse(choice.message.tool_calls[0].function.arguments);
    assert.ok(parameters.properties.machine.enum.includes(told.machine));
  },
  async "calls a tool in a response and goes on"() {
    const parameters = { type: "object", additionalProperties: false, required: ["machine"],
      properties: { machine: { type: "string", enum: ["press 1", "press 2"] } } };
    const request = { model, temperature: 0, max_output_tokens: 96, input: "Is press 1 running?",
      tool_choice: { type: "function", name: "state_of" }, parallel_tool_calls: false,
      tools: [{ type: "function", name: "state_of", strict: true, parameters }] };
    const stream = client.responses.stream(request);
    let written = "";
    for await (const event of stream) {
      if (event.type === "response.function_call_arguments.delta") written += event.delta;
    }
    const first = await stream.finalResponse();
    const [call] = first.output;
    assert.equal(call.type, "function_call");
    assert.equal(call.arguments, written);
    assert.ok(parameters.properties.machine.enum.includes(JSON.parse(written).machine));
    const second = await client.responses.create({ model, max_output_tokens: 16, previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: call.call_id, output: "running" }] });
    assert.ok(second.usage.input_tokens > 20);
  },
  async "answers in a form that was asked for"() {
    const schema = { type: "object", additionalProperties: false, required: ["city"],
      properties: { city: { enum: ["Paris", "Rome"] } } };
    const answer = await client.chat.completions.create({ ...chat, max_tokens: 64,
      response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema } } });
    assert.ok(["Paris", "Rome"].includes(JSON.parse(answer.choices[0].message.content).city));
  },
  async "embeds texts in both encodings"() {
    const embedder = process.env.EMBEDDER;
    if (!embedder) return "EMBEDDER names no model";
    const request = { model: embedder, input: ["a hot spindle", "lunch at noon"] };
    const packed = await client.embeddings.create(request); // asks for base64 and decodes it
    const plain = await client.embeddings.create({ ...request, encoding_format: "float" });
    assert.equal(plain.data.length, 2);
    for (const [i, each] of plain.data.entries()) {
      assert.deepEqual([...packed.data[i].embedding].map(Math.fround), each.embedding.map(Math.fround));
    }
    assert.ok(plain.usage.prompt_tokens > 10);
    await assert.rejects(client.embeddings.create({ ...request, dimensions: 3 }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "dimensions");
  },
  async "names the fields that it ignores"() {
    const { headers } = await raw("/v1/chat/completions", { ...chat, not_openai: 1 });
    assert.equal(headers.get("x-millwright-ignored-fields"), "not_openai");
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    const skipped = await test();
    console.log(skipped ? `skipped npm openai ${name}: ${skipped}` : `ok      npm openai ${name}`);
  } catch (problem) {
    failed += 1;
    console.log(`FAILED  npm openai ${name}\n${problem.stack}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
