// /v1/responses over a real socket, with a generator that writes a script, and reasoning in chat.
#include <gtest/gtest.h>

#include "server/openai/response_answer.h"
#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::FakeGenerator;
using testing::piece;
using testing::schema_problem;
using testing::SeenResponse;
using testing::TestClient;

constexpr char kPath[] = "/v1/responses";

std::string ask(const std::string& members = {}, const std::string& model = "tiny") {
  return R"({"model":")" + model + R"(","input":"hi")" + (members.empty() ? "" : "," + members) +
         "}";
}

FakeGenerator::Script script(std::vector<std::string> texts) {
  FakeGenerator::Script out;
  for (std::string& text : texts) out.pieces.push_back(piece(std::move(text)));
  return out;
}

struct Event {
  std::string name;
  Json data;
};

std::vector<Event> events_of(const std::string& body) {
  std::vector<Event> out;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\n\n", at);
    if (end == std::string::npos) break;
    const std::string event = body.substr(at, end - at);
    const std::size_t data = event.find("\ndata: ");
    EXPECT_EQ(event.substr(0, 7), "event: ");
    if (data == std::string::npos) break;
    out.push_back({event.substr(7, data - 7), *parse_json(event.substr(data + 7))});
    EXPECT_EQ(out.back().data["type"], out.back().name);
    EXPECT_EQ(out.back().data["sequence_number"], out.size() - 1);
    EXPECT_EQ(schema_problem("ResponseEvent", out.back().data), "") << event;
    at = end + 2;
  }
  return out;
}

std::vector<std::string> names_of(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const Event& event : events) out.push_back(event.name);
  return out;
}

TEST(Responses, AnswerWholeAndAreKept) {
  ApiServer server;
  server.script({script({"Hel", "lo"})});
  TestClient client(server.port());
  const auto response = client.post(
      kPath, ask(R"("instructions":"be kind","temperature":0.7,"metadata":{"line":"2"})"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200) << response->body;
  const Json body = body_of(response);
  EXPECT_EQ(schema_problem("Response", body), "");
  const std::string id = body["id"].get<std::string>();
  EXPECT_TRUE(openai::is_response_id(id)) << id;
  EXPECT_EQ(body["status"], "completed");
  EXPECT_EQ(body["created_at"], 1'700'000'000);
  EXPECT_EQ(body["temperature"], 0.7);
  EXPECT_EQ(body["metadata"], Json({{"line", "2"}}));
  ASSERT_EQ(body["output"].size(), 1U);
  EXPECT_EQ(body["output"][0]["content"][0]["text"], "Hello");
  EXPECT_EQ(body["usage"]["output_tokens"], 2);
  EXPECT_EQ(body["usage"]["total_tokens"], body["usage"]["input_tokens"].get<int>() + 2);

  EXPECT_EQ(body_of(client.get(kPath + ("/" + id))), body);
  const Json items = body_of(client.get(kPath + ("/" + id) + "/input_items"));
  EXPECT_EQ(schema_problem("ResponseItems", items), "");
  ASSERT_EQ(items["data"].size(), 1U);
  EXPECT_EQ(items["data"][0]["content"][0]["text"], "hi");
  EXPECT_EQ(items["has_more"], false);

  const auto cancelled = client.post(kPath + ("/" + id) + "/cancel", "{}");
  EXPECT_EQ(cancelled->status, 400);
  const auto erased =
      client.send("DELETE /v1/responses/" + id + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
          ? client.read_response()
          : std::nullopt;
  EXPECT_EQ(schema_problem("DeletedResponse", body_of(erased)), "");
  for (const char* after : {"", "/input_items"}) {
    const auto gone = client.get(kPath + ("/" + id) + after);
    EXPECT_EQ(gone->status, 404);
    EXPECT_EQ(body_of(gone)["error"]["param"], "response_id");
  }
  EXPECT_EQ(client.post(kPath + ("/" + id) + "/cancel", "{}")->status, 404);
}

TEST(Responses, StreamEveryEventInOrder) {
  ApiServer server;
  server.script({script({"Hel", "lo"})});
  TestClient client(server.port());
  const auto response = client.post(kPath, ask(R"("stream":true)"));
  ASSERT_EQ(response->status, 200);
  const auto events = events_of(response->body);
  EXPECT_EQ(names_of(events),
            (std::vector<std::string>{"response.created", "response.in_progress",
                                      "response.output_item.added", "response.content_part.added",
                                      "response.output_text.delta", "response.output_text.delta",
                                      "response.output_text.done", "response.content_part.done",
                                      "response.output_item.done", "response.completed"}));
  EXPECT_EQ(events[0].data["response"]["status"], "in_progress");
  EXPECT_EQ(events[5].data["delta"], "lo");
  EXPECT_EQ(events[6].data["text"], "Hello");
  const Json& last = events.back().data["response"];
  EXPECT_EQ(last["output"][0], events[8].data["item"]);
  EXPECT_EQ(last["output"][0]["id"], events[4].data["item_id"]);
  // What is kept is what the last event told.
  EXPECT_EQ(body_of(client.get(kPath + ("/" + last["id"].get<std::string>()))), last);
}

TEST(Responses, TellReasoningApartFromTheMessage) {
  ApiServer server;
  FakeGenerator::Script thinking = script({"<think>", "a ", "b", "</think>", "\n\n", "c"});
  const auto& tokenizer = *(*server.models->find("thinker"))->tokenizer;
  thinking.ids =
      tokenizer.encode("<think>a b</think>\n\nc", tokenizers::Tokenizer::Special::kParse);
  server.script({thinking});
  TestClient client(server.port());
  const Json body = body_of(client.post(kPath, ask("", "thinker")));
  EXPECT_EQ(schema_problem("Response", body), "");
  ASSERT_EQ(body["output"].size(), 2U);
  EXPECT_EQ(body["output"][0]["type"], "reasoning");
  EXPECT_EQ(body["output"][0]["content"][0]["text"], "a b");
  EXPECT_EQ(body["output"][1]["content"][0]["text"], "c");
  EXPECT_EQ(body["usage"]["output_tokens_details"]["reasoning_tokens"], 18);
  EXPECT_EQ(body["usage"]["output_tokens"], 21);

  const auto events = events_of(client.post(kPath, ask(R"("stream":true)", "thinker"))->body);
  EXPECT_EQ(
      names_of(events),
      (std::vector<std::string>{
          "response.created", "response.in_progress", "response.output_item.added",
          "response.content_part.added", "response.reasoning_text.delta",
          "response.reasoning_text.delta", "response.reasoning_text.done",
          "response.content_part.done", "response.output_item.done", "response.output_item.added",
          "response.content_part.added", "response.output_text.delta", "response.output_text.done",
          "response.content_part.done", "response.output_item.done", "response.completed"}));
  EXPECT_EQ(events[11].data["output_index"], 1);
  EXPECT_EQ(events.back().data["response"]["output"][0]["content"], body["output"][0]["content"]);
}

TEST(Responses, SayWhenTheyWereCut) {
  ApiServer server;
  FakeGenerator::Script cut = script({"Hel"});
  cut.finish = runtime::FinishReason::kLength;
  FakeGenerator::Script thought = script({"<think>a"});
  thought.finish = runtime::FinishReason::kLength;
  server.script({cut, cut, thought, thought});
  TestClient client(server.port());
  const Json body = body_of(client.post(kPath, ask()));
  EXPECT_EQ(body["status"], "incomplete");
  EXPECT_EQ(body["incomplete_details"]["reason"], "max_output_tokens");
  EXPECT_EQ(body["output"][0]["status"], "incomplete");
  const auto events = events_of(client.post(kPath, ask(R"("stream":true)"))->body);
  EXPECT_EQ(events.back().name, "response.incomplete");
  const Json whole = body_of(client.post(kPath, ask("", "thinker")));
  ASSERT_EQ(whole["output"].size(), 1U);
  EXPECT_EQ(whole["output"][0]["type"], "reasoning");
  EXPECT_EQ(whole["output"][0]["status"], "incomplete");
  const auto streamed = events_of(client.post(kPath, ask(R"("stream":true)", "thinker"))->body);
  EXPECT_EQ(streamed.back().data["response"]["output"][0]["status"], "incomplete");
}

constexpr char kTools[] =
    R"("tools":[{"type":"function","name":"read","parameters":{"type":"object","properties":)"
    R"({"tag":{"type":"string"}},"required":["tag"],"additionalProperties":false}}])";
constexpr char kCalls[] =
    "<tool_call>\n{\"name\": \"read\", \"arguments\": {\"tag\": \"a\"}}\n</tool_call>\n"
    "<tool_call>\n{\"name\": \"read\", \"arguments\": {\"tag\": \"b\"}}\n</tool_call>";

TEST(Responses, CallTools) {
  ApiServer server;
  server.generator().set_context_length(2000);
  server.script({script({"Let me ", "see.\n", kCalls})});
  TestClient client(server.port());
  const Json body = body_of(client.post(kPath, ask(kTools)));
  EXPECT_EQ(schema_problem("Response", body), "");
  ASSERT_EQ(body["output"].size(), 3U) << body;
  EXPECT_EQ(body["output"][0]["content"][0]["text"], "Let me see.");
  EXPECT_EQ(body["output"][1]["type"], "function_call");
  EXPECT_EQ(body["output"][1]["name"], "read");
  EXPECT_EQ(body["output"][1]["arguments"], R"({"tag": "a"})");
  EXPECT_EQ(body["output"][2]["arguments"], R"({"tag": "b"})");
  EXPECT_EQ(body["output"][2]["status"], "completed");
  EXPECT_NE(body["output"][1]["call_id"], body["output"][2]["call_id"]);
  EXPECT_NE(body["output"][1]["id"], body["output"][2]["id"]);
  EXPECT_EQ(body["tools"][0]["name"], "read");
  EXPECT_NE(server.generator().requests().back().grammar, nullptr);

  const auto events =
      events_of(client.post(kPath, ask(kTools + std::string(R"(,"stream":true)")))->body);
  EXPECT_EQ(
      names_of(events),
      (std::vector<std::string>{
          "response.created", "response.in_progress", "response.output_item.added",
          "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
          "response.output_text.done", "response.content_part.done", "response.output_item.done",
          "response.output_item.added", "response.function_call_arguments.delta",
          "response.function_call_arguments.done", "response.output_item.done",
          "response.output_item.added", "response.function_call_arguments.delta",
          "response.function_call_arguments.done", "response.output_item.done",
          "response.completed"}));
  EXPECT_EQ(events[9].data["item"]["arguments"], "");
  EXPECT_EQ(events[9].data["item"]["status"], "in_progress");
  EXPECT_EQ(events[10].data["output_index"], 1);
  EXPECT_EQ(events[11].data["arguments"], R"({"tag": "a"})");
  EXPECT_EQ(events[11].data["name"], "read");
  EXPECT_EQ(events[12].data["item"]["call_id"], events[9].data["item"]["call_id"]);
  const Json& output = events.back().data["response"]["output"];
  for (std::size_t i = 0; i < 3; ++i) {
    for (const char* same : {"type", "name", "arguments", "content"}) {
      EXPECT_EQ(output[i].value(same, Json()), body["output"][i].value(same, Json())) << same;
    }
  }
}

TEST(Responses, CallWithoutSayingAnythingAndTellWhatWasCut) {
  ApiServer server;
  server.generator().set_context_length(2000);
  FakeGenerator::Script cut = script({std::string(kCalls, std::string(kCalls).rfind("g\":"))});
  cut.finish = runtime::FinishReason::kLength;
  server.script({script({kCalls}), cut, script({"no"})});
  TestClient client(server.port());
  const std::string required = kTools + std::string(R"(,"tool_choice":"required")");
  const Json body = body_of(client.post(kPath, ask(required)));
  ASSERT_EQ(body["output"].size(), 2U);
  EXPECT_EQ(body["output"][0]["type"], "function_call");
  EXPECT_EQ(body["tool_choice"], "required");
  const Json short_one = body_of(client.post(kPath, ask(required)));
  EXPECT_EQ(short_one["status"], "incomplete");
  ASSERT_EQ(short_one["output"].size(), 2U);
  EXPECT_EQ(short_one["output"][0]["status"], "completed");
  EXPECT_EQ(short_one["output"][1]["status"], "incomplete");
  EXPECT_EQ(short_one["output"][1]["arguments"], R"({"ta)");
  const Json said = body_of(client.post(kPath, ask(kTools)));
  EXPECT_EQ(said["output"][0]["content"][0]["text"], "no");
}

TEST(Responses, GiveLogProbabilitiesOfWhatIsSaidBesideCalls) {
  ApiServer server;
  server.generator().set_context_length(2000);
  FakeGenerator::Script calls;
  calls.pieces = {piece("Well", -0.5), piece(" <tool", -1), piece("_call>\n", -1),
                  piece(std::string(kCalls).substr(12), -1)};
  server.script({calls});
  TestClient client(server.port());
  const std::string members =
      kTools + std::string(R"(,"include":["message.output_text.logprobs"])");
  const Json body = body_of(client.post(kPath, ask(members)));
  EXPECT_EQ(schema_problem("Response", body), "");
  ASSERT_EQ(body["output"].size(), 3U) << body;
  ASSERT_EQ(body["output"][0]["content"][0]["logprobs"].size(), 1U);
  EXPECT_EQ(body["output"][0]["content"][0]["logprobs"][0]["token"], "Well");
  const auto events = events_of(client.post(kPath, ask(members + R"(,"stream":true)"))->body);
  EXPECT_EQ(events.back().data["response"]["output"][0]["content"], body["output"][0]["content"]);
}

TEST(Responses, GoOnFromACallWithWhatCameOfIt) {
  ApiServer server;
  server.generator().set_context_length(2000);
  server.script(
      {script({std::string(kCalls, std::string(kCalls).find("\n<tool_call>"))}), script({"21.5"})});
  TestClient client(server.port());
  const Json first = body_of(client.post(kPath, ask(kTools)));
  ASSERT_EQ(first["output"].size(), 1U) << first;
  const std::string id = first["id"].get<std::string>();
  const std::string call_id = first["output"][0]["call_id"].get<std::string>();
  const auto result = [&](const std::string& call) {
    return R"({"model":"tiny","previous_response_id":")" + id +
           R"(","input":[{"type":"function_call_output","call_id":")" + call +
           R"(","output":"21.5 C"}]})";
  };
  const Json second = body_of(client.post(kPath, result(call_id)));
  EXPECT_EQ(second["output"][0]["content"][0]["text"], "21.5") << second;
  const auto& tokenizer = *(*server.models->find("tiny"))->tokenizer;
  EXPECT_EQ(server.generator().requests().back().prompt_ids,
            tokenizer.encode(
                "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<tool_call>\n{\"name\": "
                "\"read\", \"arguments\": {\"tag\": \"a\"}}\n</tool_call><|im_end|>\n"
                "<|im_start|>user\n<tool_response>\n21.5 C\n</tool_response><|im_end|>\n"
                "<|im_start|>assistant\n",
                tokenizers::Tokenizer::Special::kParse));
  const Json items =
      body_of(client.get(kPath + ("/" + second["id"].get<std::string>()) + "/input_items"));
  EXPECT_EQ(schema_problem("ResponseItems", items), "");
  EXPECT_EQ(items["data"][0]["call_id"], call_id);
  EXPECT_EQ(items["data"][0]["output"], "21.5 C");

  const auto refused = client.post(kPath, result("call_other"));
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(body_of(refused)["error"]["param"], "input");
}

TEST(Responses, GoOnFromTheOneBefore) {
  ApiServer server;
  server.generator().set_context_length(500);
  server.script({script({"one"}), script({"two"}), script({"three"})});
  TestClient client(server.port());
  const auto id_of = [](const std::optional<SeenResponse>& response) {
    return body_of(response)["id"].get<std::string>();
  };
  const std::string first = id_of(client.post(kPath, ask(R"("instructions":"old rules")")));
  const std::string second =
      id_of(client.post(kPath, ask(R"("previous_response_id":")" + first + "\"")));
  const auto third = client.post(
      kPath, ask(R"("instructions":"new rules","previous_response_id":")" + second + "\""));
  EXPECT_EQ(body_of(third)["previous_response_id"], second);
  const auto& tokenizer = *(*server.models->find("tiny"))->tokenizer;
  std::string prompt;
  for (const auto& [role, text] :
       std::vector<std::pair<std::string, std::string>>{{"system", "new rules"},
                                                        {"user", "hi"},
                                                        {"assistant", "one"},
                                                        {"user", "hi"},
                                                        {"assistant", "two"},
                                                        {"user", "hi"}}) {
    prompt += "<|im_start|>" + role + "\n" + text + "<|im_end|>\n";
  }
  EXPECT_EQ(
      server.generator().requests().back().prompt_ids,
      tokenizer.encode(prompt + "<|im_start|>assistant\n", tokenizers::Tokenizer::Special::kParse));

  // With a hole in it it would be another conversation.
  client.send("DELETE /v1/responses/" + first + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.read_response();
  const auto refused = client.post(kPath, ask(R"("previous_response_id":")" + second + "\""));
  EXPECT_EQ(refused->status, 404);
  EXPECT_EQ(body_of(refused)["error"]["param"], "previous_response_id");
  EXPECT_EQ(body_of(refused)["error"]["code"], "previous_response_not_found");
}

TEST(Responses, AreForTheKeyThatMadeThemOnly) {
  ServerOptions options;
  options.api_keys = {{"panel", "0123456789abcdef"}, {"office", "fedcba9876543210"}};
  ApiServer server(options);
  server.script({script({"secret"})});
  TestClient client(server.port());
  const std::string panel = "Authorization: Bearer 0123456789abcdef\r\n";
  const std::string office = "Authorization: Bearer fedcba9876543210\r\n";
  const Json made = body_of(client.post(kPath, ask(), panel));
  const std::string path = kPath + ("/" + made["id"].get<std::string>());
  EXPECT_EQ(client.get(path, panel)->status, 200);
  EXPECT_EQ(client.get(path, office)->status, 404);
  EXPECT_EQ(client.get(path + "/input_items", office)->status, 404);
  client.send("DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\n" + office + "\r\n");
  EXPECT_EQ(client.read_response()->status, 404);
  const std::string on = ask(R"("previous_response_id":")" + made["id"].get<std::string>() + "\"");
  EXPECT_EQ(client.post(kPath, on, office)->status, 404);
  EXPECT_EQ(client.get(path, panel)->status, 200);
}

TEST(Responses, AreNotKeptWhenAskedNotTo) {
  ApiServer server;
  server.script({script({"x"})});
  TestClient client(server.port());
  const Json body = body_of(client.post(kPath, ask(R"("store":false)")));
  EXPECT_EQ(body["store"], false);
  EXPECT_EQ(client.get(kPath + ("/" + body["id"].get<std::string>()))->status, 404);
}

TEST(Responses, GiveLogProbabilities) {
  ApiServer server;
  FakeGenerator::Script logs;
  logs.pieces = {piece("a", -0.5), piece("b", -1.5)};
  server.script({logs});
  TestClient client(server.port());
  const std::string members = R"("include":["message.output_text.logprobs"],"top_logprobs":1)";
  const Json body = body_of(client.post(kPath, ask(members)));
  EXPECT_EQ(schema_problem("Response", body), "");
  const Json& logprobs = body["output"][0]["content"][0]["logprobs"];
  ASSERT_EQ(logprobs.size(), 2U);
  EXPECT_EQ(logprobs[1]["logprob"], -1.5);
  EXPECT_EQ(logprobs[1]["top_logprobs"].size(), 1U);
  const auto events = events_of(client.post(kPath, ask(members + ",\"stream\":true"))->body);
  EXPECT_EQ(events[4].data["logprobs"][0]["token"], "a");
  EXPECT_EQ(events.back().data["response"]["output"][0]["content"], body["output"][0]["content"]);
}

TEST(Responses, EndAStreamThatFailsWithItsOwnEvent) {
  ApiServer server;
  FakeGenerator::Script broken = script({"Hel"});
  broken.finish = runtime::FinishReason::kError;
  broken.error = Error::make(Code::kInternal, "broke");
  server.script({broken});
  TestClient client(server.port());
  const auto response = client.post(kPath, ask(R"("stream":true)"));
  if (response->status == 200) {  // see OpenAiChat, TellsOfAnErrorAfterTheFirstTokenInTheStream
    const auto events = events_of(response->body);
    EXPECT_EQ(events.back().name, "response.failed");
    EXPECT_EQ(events.back().data["response"]["error"]["message"], "broke");
  } else {
    EXPECT_EQ(body_of(response)["error"]["message"], "broke");
  }
}

TEST(Responses, TellOfTheConnectionsOwnErrorsInTheSameSequence) {
  openai::ResponseAnswerOptions options;
  options.response = openai::response_object({}, {"resp_00000000000000aa", 0, "tiny", "fp"});
  const auto answer = openai::response_answer(std::move(options));
  const auto failure = answer->failure_formatter();
  std::string body = answer->opening(0);
  body += failure(Error::make(Code::kDeadlineExceeded, "took too long", "超时"));
  const auto events = events_of(body);  // checks their numbers
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[2].name, "error");
  EXPECT_EQ(events[2].data["message"], "took too long");
  EXPECT_EQ(events[2].data["param"], nullptr);
}

TEST(Responses, PageTheirInputItems) {
  ApiServer server;
  server.generator().set_context_length(500);
  server.script({script({"x"})});
  TestClient client(server.port());
  std::string items;
  for (const char* text : {"a", "b", "c"}) {
    items +=
        (items.empty() ? "" : ",") + std::string(R"({"role":"user","content":")") + text + R"("})";
  }
  const Json made = body_of(client.post(kPath, R"({"model":"tiny","input":[)" + items + "]}"));
  const std::string path = kPath + ("/" + made["id"].get<std::string>()) + "/input_items";
  const auto texts = [&](const std::string& query) {
    std::string out;
    const Json page = body_of(client.get(path + query));
    for (const Json& item : page["data"]) out += item["content"][0]["text"].get<std::string>();
    return out + (page["has_more"] == true ? "+" : "");
  };
  EXPECT_EQ(texts(""), "cba");
  EXPECT_EQ(texts("?order=asc&limit=2"), "ab+");
  const Json page = body_of(client.get(path + "?order=asc&limit=2"));
  EXPECT_EQ(texts("?order=asc&after=" + page["last_id"].get<std::string>()), "c");
  for (const char* wrong : {"?limit=0", "?limit=101", "?order=up", "?after=msg_x"}) {
    EXPECT_EQ(client.get(path + wrong)->status, 400) << wrong;
  }
}

TEST(Responses, RefuseWithAStatusAndTheFieldsName) {
  ApiServer server;
  server.script({script({"x"})});
  TestClient client(server.port());
  struct Row {
    std::string body;
    int status;
    const char* param;
  };
  const Row rows[] = {
      {"{", 400, "body"},
      {ask(R"("background":true)"), 400, "background"},
      {ask(R"("reasoning":{"effort":"high"})"), 400, "reasoning.effort"},
      {ask(R"("max_output_tokens":1000)"), 400, "input"},
      {ask(R"("previous_response_id":"resp_none")"), 404, "previous_response_id"},
      {ask("", "none"), 404, "model"},
      {ask(R"("tools":[{"type":"function","name":"f","parameters":{"foo":1}}])"), 400,
       "tools[0].parameters"},
      {ask(R"("tools":[{"type":"file_search","vector_store_ids":["v"]}])"), 400, "tools[0].type"},
      {R"({"model":"tiny","input":[{"type":"reasoning","id":"x","summary":[]}]})", 400, "input"},
  };
  for (const Row& row : rows) {
    const auto response = client.post(kPath, row.body);
    EXPECT_EQ(response->status, row.status) << row.body;
    EXPECT_EQ(schema_problem("ErrorResponse", body_of(response)), "");
    EXPECT_EQ(body_of(response)["error"]["param"], row.param) << row.body;
  }
  const std::string id = body_of(client.post(kPath, ask()))["id"].get<std::string>();
  EXPECT_EQ(body_of(client.get(kPath + ("/" + id) + "?stream=true"))["error"]["param"], "stream");
  EXPECT_EQ(client.get(kPath + ("/" + id) + "?stream=false")->status, 200);
}

TEST(Responses, CountTheirInputBeforehand) {
  ApiServer server;
  server.script({script({"x"})});
  TestClient client(server.port());
  const Json counted = body_of(client.post("/v1/responses/input_tokens", ask()));
  EXPECT_EQ(schema_problem("InputTokens", counted), "");
  EXPECT_EQ(counted["input_tokens"], body_of(client.post(kPath, ask()))["usage"]["input_tokens"]);
}

TEST(OpenAiReasoning, IsApartFromTheContentOfAChat) {
  ApiServer server;
  FakeGenerator::Script thinking = script({"<think>a</think>", "b"});
  const auto& tokenizer = *(*server.models->find("thinker"))->tokenizer;
  thinking.ids = tokenizer.encode("<think>a</think>b", tokenizers::Tokenizer::Special::kParse);
  server.script({thinking});
  TestClient client(server.port());
  const std::string chat =
      R"({"model":"thinker","messages":[{"role":"user","content":"hi"}],"stream":)";
  const Json body = body_of(client.post("/v1/chat/completions", chat + "false}"));
  EXPECT_EQ(schema_problem("ChatCompletion", body), "");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "b");
  EXPECT_EQ(body["choices"][0]["message"]["reasoning_content"], "a");
  EXPECT_EQ(body["usage"]["completion_tokens_details"]["reasoning_tokens"], 16);
  EXPECT_EQ(body["usage"]["completion_tokens"], 17);
  const auto streamed = client.post("/v1/chat/completions", chat + "true}");
  EXPECT_NE(streamed->body.find(R"("delta":{"reasoning_content":"a"})"), std::string::npos);
  EXPECT_NE(streamed->body.find(R"("delta":{"content":"b"})"), std::string::npos);
}

TEST(OpenAiReasoning, ComesBeforeWhatTheAnswerHasToMatch) {
  ApiServer server;
  server.generator().set_context_length(2000);
  server.script({script({"<think>a</think>{}"})});
  TestClient client(server.port());
  const std::string ask_chat = R"("messages":[{"role":"user","content":"hi"}],"max_tokens":100)";
  const std::string object = R"(,"response_format":{"type":"json_object"}})";
  const auto ask_model = [&](const std::string& model, const std::string& more) {
    const auto response =
        client.post("/v1/chat/completions", R"({"model":")" + model + "\"," + ask_chat + more);
    EXPECT_EQ(response->status, 200) << response->body;
    return server.generator().requests().back();
  };
  const auto thinking = ask_model("thinker", object);
  EXPECT_NE(thinking.grammar, nullptr);
  EXPECT_NE(thinking.thought, grammar::Thought::kNone);
  EXPECT_EQ(thinking.max_thought_tokens, 50);
  EXPECT_EQ(ask_model("tiny", object).thought, grammar::Thought::kNone);
  const auto calling = ask_model(
      "thinker",
      R"(,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required"})");
  EXPECT_NE(calling.thought, grammar::Thought::kNone);
  client.post(kPath,
              ask(R"("text":{"format":{"type":"json_object"}},"max_output_tokens":40)", "thinker"));
  EXPECT_EQ(server.generator().requests().back().max_thought_tokens, 20);
  // Plain text has one side only: the form holds from its first token on.
  client.post("/v1/completions", R"({"model":"thinker","prompt":"a","guided_choice":["b"]})");
  EXPECT_EQ(server.generator().requests().back().thought, grammar::Thought::kNone);
}

TEST(OpenAiReasoning, IsSwitchedOffThroughTheTemplate) {
  ApiServer server;
  server.script({script({"b"})});
  TestClient client(server.port());
  client.post("/v1/chat/completions",
              R"({"model":"thinker","messages":[{"role":"user","content":"hi"}],)"
              R"("reasoning_effort":"none"})");
  const auto& tokenizer = *(*server.models->find("thinker"))->tokenizer;
  EXPECT_EQ(server.generator().requests().back().prompt_ids,
            tokenizer.encode("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
                             "<think></think>",
                             tokenizers::Tokenizer::Special::kParse));
}

}  // namespace
}  // namespace mw::server
