// Our own routes over a real socket, answers checked against the published schemas.
#include <gtest/gtest.h>

#include "server/testing/api_server.h"
#include "server/testing/schema_check.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using testing::schema_problem;
using testing::TestClient;

TEST(PlantApi, ShowsTheTreeWithTheNewestValues) {
  ApiServer server;
  TestClient client(server.port());
  const Json body = body_of(client.get("/api/plant"));
  EXPECT_EQ(schema_problem("Plant", body), "");
  EXPECT_EQ(body["simulated"], true);
  EXPECT_EQ(body["now_ms"], 1'700'000'000'000);
  const Json& asset = body["assets"][0];
  EXPECT_EQ(asset["name"]["zh"], "2号数控机床");
  EXPECT_EQ(asset["state_name"]["zh"], "运行");
  EXPECT_EQ(asset["line_name"]["en"], "Line 1");
  EXPECT_EQ(asset["path"], "test/line-1/cnc-2");
  EXPECT_EQ(body["lines"][0]["name"]["en"], "Line 1");
  EXPECT_TRUE(body["areas"].empty());
  EXPECT_EQ(body["enterprise"], nullptr);
  EXPECT_EQ(asset["abnormal"][0]["reason"]["zh"], "高于正常值75.0");
  const Json& tag = asset["tags"][1];
  EXPECT_EQ(tag["id"], "cnc-2/spindle_temperature");
  EXPECT_EQ(tag["high"], 75);
  EXPECT_EQ(tag["latest"]["value"], 61.25);
  EXPECT_EQ(tag["latest"]["reason"], nullptr);
}

TEST(PlantApi, TellsOeeWithWhatItStandsOn) {
  ApiServer server;
  TestClient client(server.port());
  const Json oee = body_of(client.get("/api/oee?asset=cnc-2"));
  EXPECT_EQ(schema_problem("Oee", oee), "");
  EXPECT_EQ(oee["to_ms"].get<int64_t>() - oee["from_ms"].get<int64_t>(), 8 * 3600 * 1000);
  EXPECT_NEAR(oee["availability"].get<double>(), 6.0 / 7, 1e-9);
  EXPECT_NEAR(oee["oee"].get<double>(), 14.0 * 1379 / 25200, 1e-9);
  EXPECT_EQ(oee["inputs"]["total"], 1400);
  EXPECT_EQ(oee["inputs"]["good"], nullptr);
  EXPECT_EQ(oee["states"][1]["time"], "unplanned_stop");
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&shift=early")->status, 200);
  EXPECT_EQ(client.get("/api/oee")->status, 400);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-9")->status, 404);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&shift=never")->status, 404);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&date=2026-11-26")->status, 400);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&shift=early&from_ms=1")->status, 400);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&from_ms=x")->status, 400);
  EXPECT_EQ(client.get("/api/oee?asset=cnc-2&from_ms=9&to_ms=9")->status, 400);
}

TEST(PlantApi, TellsBatchesWithWhatIsDoubtfulOfThem) {
  ApiServer server;
  TestClient client(server.port());
  const Json list = body_of(client.get("/api/plant/batches?asset=cnc-2"));
  EXPECT_EQ(schema_problem("BatchList", list), "");
  EXPECT_EQ(list["to_ms"].get<int64_t>() - list["from_ms"].get<int64_t>(), 24 * 3600 * 1000);
  ASSERT_EQ(list["batches"].size(), 1u);
  const Json& batch = list["batches"][0];
  EXPECT_EQ(batch["batch"], "B-1042");
  EXPECT_EQ(batch["running"], false);
  EXPECT_EQ(batch["parts"], 512);
  EXPECT_EQ(batch["oee"], nullptr);
  EXPECT_EQ(batch["doubts"][0]["code"], "signal_lost");
  EXPECT_EQ(client.get("/api/plant/batches")->status, 400);
  EXPECT_EQ(client.get("/api/plant/batches?asset=cnc-2&line=line-1")->status, 400);
  EXPECT_EQ(client.get("/api/plant/batches?asset=cnc-9")->status, 404);
  EXPECT_EQ(client.get("/api/plant/batches?asset=cnc-2&to_ms=x")->status, 400);
}

/// With the key of a server whose `api_keys` hold "mes".
auto post_as_mes(TestClient& client, const std::string& path, const std::string& body) {
  client.send("POST " + path +
              " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
              "\r\nAuthorization: Bearer a-secret-of-the-mes\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  return client.read_response();
}

TEST(PlantApi, TellsAndTakesEvents) {
  ServerOptions options;
  options.api_keys = {{"mes", "a-secret-of-the-mes"}};
  ApiServer server(options);
  TestClient client(server.port());
  const auto post = [&](const std::string& body) {
    return post_as_mes(client, "/api/plant/events", body);
  };
  const auto told = post(R"({"asset": "cnc-2", "text": "Power cut", "end": null})");
  ASSERT_EQ(told->status, 200);
  EXPECT_EQ(schema_problem("PlantEvent", body_of(told)), "");
  EXPECT_EQ(body_of(told)["open"], true);
  EXPECT_EQ(post(R"({"text": "x"})")->status, 400);
  EXPECT_EQ(body_of(post(R"({"asset": "cnc-2"})"))["error"]["param"], "text");
}

TEST(PlantApi, ListsEventsOfAMachineOrALine) {
  ApiServer server;
  TestClient client(server.port());
  const Json list = body_of(client.get("/api/plant/events?asset=cnc-2"));
  EXPECT_EQ(schema_problem("PlantEventList", list), "");
  ASSERT_EQ(list["events"].size(), 1u);
  EXPECT_EQ(list["events"][0]["told_by"], "li");
  EXPECT_EQ(client.get("/api/plant/events")->status, 400);
  EXPECT_EQ(client.get("/api/plant/events?asset=cnc-2&line=line-1")->status, 400);
  EXPECT_EQ(client.get("/api/plant/events?asset=cnc-9")->status, 404);
  EXPECT_EQ(client.get("/api/plant/events?asset=cnc-2&to_ms=x")->status, 400);
}

TEST(PlantApi, TakesABatchFromWhoMayTellOne) {
  ServerOptions options;
  options.api_keys = {{"mes", "a-secret-of-the-mes"}};
  ApiServer server(options);
  TestClient client(server.port());
  const auto post = [&](const std::string& body) {
    return post_as_mes(client, "/api/plant/batches", body);
  };
  const auto begun = post(R"({"asset": "cnc-2", "batch": "B-7"})");
  ASSERT_EQ(begun->status, 200);
  EXPECT_EQ(schema_problem("Batch", body_of(begun)), "");
  EXPECT_EQ(body_of(begun)["running"], true);
  EXPECT_EQ(post(R"({"batch": "B-7"})")->status, 400);
  EXPECT_EQ(post("[")->status, 400);
}

TEST(PlantApi, TellsHowEachWayInStands) {
  ApiServer server;
  TestClient client(server.port());
  const Json connector = body_of(client.get("/api/plant"))["connectors"][0];
  EXPECT_EQ(schema_problem("Connector", connector), "");
  EXPECT_EQ(connector["state"], "failed");
  EXPECT_EQ(connector["since_ms"], 1'699'999'940'000);
  EXPECT_EQ(connector["problem"]["zh"], "连接被拒绝");
  EXPECT_EQ(connector["last_sample_ms"], nullptr);
  EXPECT_EQ(connector["skew_ms"], nullptr);
}

TEST(PlantApi, TellsHowAWayInDid) {
  ApiServer server;
  TestClient client(server.port());
  const std::string name = body_of(client.get("/api/plant"))["connectors"][0]["name"];
  const std::string path = "/api/connectors/" + name + "/history";
  const Json history = body_of(client.get(path));
  EXPECT_EQ(schema_problem("ConnectorHistory", history), "");
  EXPECT_EQ(history["name"].get<std::string>(), name);
  EXPECT_EQ(history["to_ms"].get<int64_t>() - history["from_ms"].get<int64_t>(), 24 * 3600 * 1000);
  EXPECT_EQ(history["step_ms"], 300'000);
  ASSERT_EQ(history["points"].size(), 2u);
  EXPECT_EQ(history["points"][0]["state"], "failed");
  EXPECT_EQ(history["points"][0]["backlog"], 7);
  EXPECT_EQ(history["points"][0]["skew_ms"], nullptr);
  EXPECT_EQ(history["points"][1]["skew_ms"], -1500);
  EXPECT_EQ(body_of(client.get(path + "?max_points=50"))["step_ms"], 900'000);
  EXPECT_EQ(client.get(path + "?max_points=1")->status, 400);
  EXPECT_EQ(client.get(path + "?from_ms=9&to_ms=9")->status, 400);
  EXPECT_EQ(client.get("/api/connectors/none/history")->status, 404);
}

TEST(PlantApi, TakesPushedSamplesFromAKeyAndSaysWhatItRefused) {
  ServerOptions options;
  options.api_keys = {{"gateway", "a-secret-of-the-gateway"}};
  ApiServer server(options);
  TestClient client(server.port());
  const auto post = [&](const std::string& body, const std::string& type) {
    client.send("POST /api/plant/samples HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
                "\r\nAuthorization: Bearer a-secret-of-the-gateway\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.read_response();
  };
  const auto array = post(R"([{"tag": "cnc-2/spindle_temperature", "value": 61}, {"tag": "x"}])",
                          "application/json; charset=utf-8");
  ASSERT_EQ(array->status, 200);
  const Json body = body_of(array);
  EXPECT_EQ(schema_problem("PushOutcome", body), "");
  EXPECT_EQ(body["stored"], 1);
  EXPECT_EQ(body["refused"], 1);
  EXPECT_EQ(body["refusals"][0]["position"], 2);
  EXPECT_EQ(body["refusals"][0]["tag"], "x");
  const auto lines = post("{\"tag\": \"a\", \"value\": 1}\n{\"tag\": \"a\", \"value\": 2}\n",
                          "application/x-ndjson");
  EXPECT_EQ(body_of(lines)["stored"], 2);
  EXPECT_EQ(post("a,b\n", "text/csv")->status, 400);
  EXPECT_EQ(post("[", "application/json")->status, 400);
}

TEST(PlantApi, TakesNoSamplesFromWhoMayOnlyLook) {
  ApiServer server;
  TestClient client(server.port());
  EXPECT_EQ(client.post("/api/plant/samples", "[]")->status, 403);
  EXPECT_EQ(client.post("/api/plant/batches", R"({"asset": "cnc-2", "batch": "B"})")->status, 403);
}

TEST(PlantApi, GivesASeriesWithGapsAsNulls) {
  ApiServer server;
  TestClient client(server.port());
  const Json body = body_of(client.get(
      "/api/plant/series?tag=cnc-2%2Fspindle_temperature&from_ms=1000&to_ms=61000&points=100"));
  EXPECT_EQ(schema_problem("Series", body), "");
  EXPECT_EQ(body["from_ms"], 1000);
  EXPECT_EQ(body["points"], Json::parse("[[1000,60.0,59.0,61.0],[2000,null,null,null]]"));
  EXPECT_EQ(body["good_share"], 0.98);
  const Json state = body_of(client.get("/api/plant/series?tag=cnc-2/state&from_ms=0&to_ms=9"));
  EXPECT_EQ(schema_problem("Series", state), "");
  EXPECT_EQ(state["spans"], Json::parse(R"([[0,9,"running"]])"));
}

TEST(PlantApi, TellsTheValueAtOneTimeAndWhatAWindowAmountsTo) {
  ApiServer server;
  TestClient client(server.port());
  const std::string tag = "tag=cnc-2%2Fspindle_temperature";
  const Json held = body_of(client.get("/api/plant/value?" + tag + "&at_ms=5000"));
  EXPECT_EQ(schema_problem("ValueAt", held), "");
  EXPECT_EQ(held["value"], 60);
  EXPECT_EQ(held["how"], "held");
  EXPECT_EQ(held["before_ms"], 4000);
  EXPECT_TRUE(held["after_ms"].is_null());
  const Json line =
      body_of(client.get("/api/plant/value?" + tag + "&at_ms=5000&interpolation=linear"));
  EXPECT_EQ(line["how"], "line");
  const Json sum = body_of(client.get("/api/plant/statistics?" + tag +
                                      "&from_ms=1000&to_ms=61000&interpolation=linear"));
  EXPECT_EQ(schema_problem("Statistics", sum), "");
  EXPECT_EQ(sum["mean"], 60);
  EXPECT_EQ(sum["max"], Json::parse(R"({"value": 61.0, "ts_ms": 1000})"));
  EXPECT_EQ(sum["interpolation"], "linear");
  EXPECT_EQ(sum["quality"], "good");
  const Json chart =
      body_of(client.get("/api/plant/series?" + tag + "&to_ms=61000&interpolation=linear"));
  EXPECT_EQ(chart["interpolation"], "linear");
}

TEST(PlantApi, AnswersForAnEarlierNameOfATagInTheUnitOfThen) {
  ApiServer server;
  TestClient client(server.port());
  const Json plant = body_of(client.get("/api/plant"));
  EXPECT_EQ(schema_problem("Plant", plant), "");
  EXPECT_EQ(plant["assets"][0]["tags"][1]["earlier"],
            Json::parse(R"([{"id": "cnc-2/spindle", "unit": "degF"}])"));
  EXPECT_FALSE(plant["assets"][0]["tags"][0].contains("earlier"));
  const Json listed = body_of(client.get("/api/plant/earlier?asset=cnc-2"));
  EXPECT_EQ(schema_problem("EarlierHistories", listed), "");
  EXPECT_EQ(listed["histories"][0]["id"], "cnc-2/spindle");
  EXPECT_EQ(listed["histories"][0]["tag"], "cnc-2/spindle_temperature");
  for (const auto& [path, schema] : {std::pair{"/api/plant/series?tag=cnc-2/spindle", "Series"},
                                     {"/api/plant/statistics?tag=cnc-2/spindle", "Statistics"},
                                     {"/api/plant/value?tag=cnc-2/spindle&at_ms=5", "ValueAt"}}) {
    const Json body = body_of(client.get(path));
    EXPECT_EQ(schema_problem(schema, body), "") << path;
    EXPECT_EQ(body["unit"], "degF") << path;
    EXPECT_EQ(body["goes_on_as"], "cnc-2/spindle_temperature") << path;
  }
  EXPECT_EQ(client.get("/api/plant/csv?tags=cnc-2/spindle")->status, 200);
  EXPECT_EQ(client.get("/api/plant/earlier?asset=nope")->status, 404);
  EXPECT_EQ(body_of(client.get("/api/plant/earlier"))["error"]["param"], "asset");
}

TEST(PlantApi, RefusesBadSeriesRequestsByName) {
  ApiServer server;
  TestClient client(server.port());
  const std::pair<const char*, const char*> rows[] = {
      {"/api/plant/series", "tag"},
      {"/api/plant/series?tag=nope", "tag"},
      {"/api/plant/series?tag=cnc-2/state&from_ms=x", "from_ms"},
      {"/api/plant/series?tag=cnc-2/state&from_ms=5&to_ms=5", "from_ms"},
      {"/api/plant/series?tag=cnc-2/state&to_ms=-1", "to_ms"},
      {"/api/plant/series?tag=cnc-2/state&to_ms=9223372036854775807", "to_ms"},
      {"/api/plant/series?tag=cnc-2/state&points=1", "points"},
      {"/api/plant/series?tag=cnc-2/state&interpolation=spline", "interpolation"},
      {"/api/plant/value?at_ms=5", "tag"},
      {"/api/plant/value?tag=nope&at_ms=5", "tag"},
      {"/api/plant/value?tag=cnc-2/spindle_temperature", "at_ms"},
      {"/api/plant/value?tag=cnc-2/spindle_temperature&at_ms=-1", "at_ms"},
      {"/api/plant/value?tag=cnc-2/spindle_temperature&at_ms=5&interpolation=x", "interpolation"},
      {"/api/plant/statistics", "tag"},
      {"/api/plant/statistics?tag=cnc-2/state", "tag"},
      {"/api/plant/statistics?tag=cnc-2/spindle_temperature&from_ms=5&to_ms=5", "from_ms"},
      {"/api/plant/series?tag=cnc-2/state&points=99999999999999999999", "points"},
  };
  for (const auto& [path, param] : rows) {
    const auto response = client.get(path);
    EXPECT_EQ(response->status, std::string(path).find("nope") == std::string::npos ? 400 : 404);
    EXPECT_EQ(body_of(response)["error"]["param"], param) << path;
  }
}

TEST(SystemApi, ReportsTheProcessItsModelsAndItsPlant) {
  ApiServer server;
  TestClient client(server.port());
  client.post("/v1/chat/completions",
              R"({"model":"tiny","messages":[{"role":"user","content":"a"}]})");
  const Json body = body_of(client.get("/api/system"));
  EXPECT_EQ(schema_problem("System", body), "");
  EXPECT_EQ(body["version"], "1.2.3");
  EXPECT_EQ(body["isa"]["used"], "avx2");
  EXPECT_EQ(body["machine"]["memory_gb_s"], 58.5);
  EXPECT_GT(body["memory"]["rss_bytes"].get<int64_t>(), 1'000'000);
  EXPECT_EQ(body["memory"]["kv_bytes"], 1000);
  EXPECT_EQ(body["generator"]["decode_tok_s"], 42);
  EXPECT_EQ(body["ingest"]["stored_samples"], 1234);
  EXPECT_TRUE(body["latency"]["queue_ms"]["p95"].is_number());
  EXPECT_EQ(body["latency"]["per_token_ms"]["p50"], nullptr);  // nothing was written yet
  EXPECT_GE(body["history"].size(), 1U);
}

TEST(ModelsApi, ListsAndPulls) {
  ApiServer server;
  TestClient client(server.port());
  const Json body = body_of(client.get("/api/models", "Accept: application/json\r\n"));
  EXPECT_EQ(schema_problem("ModelList", body), "");
  EXPECT_EQ(body["models"][1]["state"], "fetching");
  const auto accepted = client.post("/api/models", R"({"source":"hf:a/b/c.gguf"})");
  EXPECT_EQ(accepted->status, 202);
  EXPECT_EQ(server.models->pulled, std::vector<std::string>{"hf:a/b/c.gguf"});
  for (const char* bad : {"", "{}", "[]", R"({"source":5})", R"({"source":"nonsense"})"}) {
    EXPECT_EQ(client.post("/api/models", bad)->status, 400) << bad;
  }
}

TEST(ModelsApi, LoadsAndUnloadsAdapters) {
  ApiServer server;
  TestClient client(server.port());
  const auto loaded = client.post("/api/models/tiny/adapters", R"({"name":"line2"})");
  EXPECT_EQ(loaded->status, 200);
  EXPECT_EQ(schema_problem("Adapter", body_of(loaded)), "");
  EXPECT_EQ(body_of(loaded)["name"], "line2");
  const Json models = body_of(client.get("/api/models", "Accept: application/json\r\n"));
  EXPECT_EQ(schema_problem("ModelList", models), "");
  ASSERT_EQ(models["models"].size(), 2U);  // an adapter is not one of them
  EXPECT_EQ(models["models"][0]["adapters"], Json::array({body_of(loaded)}));
  EXPECT_EQ(models["models"][1]["adapters"], Json::array());
  const Json seen = body_of(client.get("/v1/models"));
  EXPECT_EQ(schema_problem("OpenAiModels", seen), "");
  EXPECT_EQ(seen["data"][1]["id"], "tiny:line2");
  EXPECT_EQ(seen["data"][1]["parent"], "tiny");
  EXPECT_EQ(body_of(client.get("/v1/models/tiny:line2"))["id"], "tiny:line2");
  const auto answer = client.post(
      "/v1/chat/completions",
      R"({"model":"tiny:line2","messages":[{"role":"user","content":"a"}],"max_tokens":1})");
  EXPECT_EQ(body_of(answer)["model"], "tiny:line2");
  const std::string erase =
      "DELETE /api/models/tiny/adapters/line2 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(client.send(erase));
  EXPECT_EQ(client.read_response()->status, 200);
  ASSERT_TRUE(client.send(erase));
  EXPECT_EQ(client.read_response()->status, 404);
  for (const auto& [body, status] : std::vector<std::pair<const char*, int>>{
           {R"({"name":"none"})", 404}, {R"({"name":5})", 400}, {"[]", 400}}) {
    EXPECT_EQ(client.post("/api/models/tiny/adapters", body)->status, status) << body;
  }
}

TEST(AskApi, StreamsWhatTheAskerTells) {
  ApiServer server;
  server.asker->events = {
      {"status", Json{{"stage", "tools"}}},
      {"sentence", Json{{"text", "A\nB"}, {"evidence", {"e1"}}, {"from_model", false}}},
      {"done", Json{{"answer", "A"}}}};
  TestClient client(server.port());
  const auto response = client.post(
      "/api/ask", R"({"question":"主轴温度?","lang":"zh","reading_id":"r1","extra":1})");
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(response->body,
            "event: status\ndata: {\"stage\":\"tools\"}\n\n"
            "event: sentence\ndata: {\"text\":\"A\\nB\",\"evidence\":[\"e1\"],"
            "\"from_model\":false}\n\n"
            "event: done\ndata: {\"answer\":\"A\"}\n\n");
  EXPECT_EQ(server.asker->last.question, "主轴温度?");
  EXPECT_EQ(server.asker->last.language, Language::kZh);
  EXPECT_EQ(server.asker->last.reading_id, "r1");
}

TEST(AskApi, TellsOfErrorsWithAStatusBeforeAndAnEventAfterTheStart) {
  ApiServer server;
  server.asker->error = Error::make(Code::kUnavailable, "store is opening", "正在打开");
  TestClient client(server.port());
  EXPECT_EQ(client.post("/api/ask", R"({"question":"a"})")->status, 503);
  server.asker->events = {{"status", Json{{"stage", "x"}}}};
  const auto response = client.post("/api/ask", R"({"question":"a"})");
  EXPECT_EQ(response->status, 200);
  const std::size_t at = response->body.find("event: error\ndata: ");
  ASSERT_NE(at, std::string::npos);
  const auto error = parse_json(response->body.substr(at + 19));
  EXPECT_EQ(schema_problem("ErrorResponse", *error), "");
}

TEST(AskApi, RefusesWhatIsNoQuestion) {
  ApiServer server;
  TestClient client(server.port());
  for (const std::string& bad :
       {std::string("{}"), std::string("[]"), std::string(R"({"question":""})"),
        std::string(R"({"question":"  \n"})"), std::string(R"({"question":5})"),
        std::string(R"({"question":"a","lang":"fr"})"),
        R"({"question":")" + std::string(4001, 'a') + "\"}"}) {
    EXPECT_EQ(client.post("/api/ask", bad)->status, 400) << bad.substr(0, 40);
  }
  TestClient other(server.port());
  EXPECT_EQ(other.post("/api/ask", std::string(20'000, ' '))->status, 413);
}

TEST(AskApi, StopsTheAskerWhenTheClientLeaves) {
  ApiServer server;
  server.asker->events = {{"status", Json{{"stage", "x"}}}};
  server.asker->wait_for_stop = true;
  TestClient client(server.port());
  client.send(
      "POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n"
      R"({"question":"a"})");
  client.read_until("stage");
  const int64_t left = steady_ns();
  client.close();
  while (!server.asker->stopped && steady_ns() - left < 5 * kNsPerSecond) {
    std::this_thread::yield();
  }
  EXPECT_LT(steady_ns() - left, 100 * kNsPerMs);
}

TEST(Health, SaysLiveAndReady) {
  ApiServer server;
  TestClient client(server.port());
  EXPECT_EQ(client.get("/healthz")->body, R"({"status":"ok"})");
  EXPECT_EQ(client.get("/health")->status, 200);
  EXPECT_EQ(client.get("/readyz")->status, 200);
  server.models->ready = false;
  const auto loading = client.get("/readyz");
  EXPECT_EQ(loading->status, 503);
  EXPECT_EQ(loading->header("Retry-After"), "1");
  EXPECT_EQ(client.get("/healthz")->status, 200);
}

TEST(Api, SaysWhatIsAbsentInsteadOfFailing) {
  ApiServer server({}, false);
  TestClient client(server.port());
  EXPECT_EQ(client.get("/api/plant")->status, 503);
  EXPECT_EQ(client.get("/api/plant/series?tag=a")->status, 503);
  EXPECT_EQ(client.post("/api/ask", R"({"question":"a"})")->status, 503);
  EXPECT_EQ(client.post("/api/models", R"({"source":"a"})")->status, 503);
  EXPECT_EQ(client.post("/v1/completions", R"({"model":"a","prompt":"b"})")->status, 503);
  EXPECT_EQ(client.get("/readyz")->status, 503);
  EXPECT_EQ(client.get("/v1/models")->body, R"({"object":"list","data":[]})");
  EXPECT_EQ(client.get("/api/models")->body, R"({"models":[]})");
  EXPECT_EQ(schema_problem("System", body_of(client.get("/api/system"))), "");
  EXPECT_EQ(client.get("/metrics")->status, 200);
  EXPECT_EQ(client.get("/healthz")->status, 200);
}

TEST(MetricsApi, CountsRequestsTokensAndTimes) {
  ApiServer server;
  server.script({{{testing::piece("a"), testing::piece("b")}, {}, {}, false, false}});
  TestClient client(server.port());
  client.post("/v1/chat/completions",
              R"({"model":"tiny","stream":true,"messages":[{"role":"user","content":"a"}]})");
  client.get("/nowhere/at/all.txt");
  const std::string text = client.get("/metrics")->body;
  for (const char* line :
       {"millwright_http_request_duration_seconds_count{route=\"createChatCompletion\","
        "status=\"200\"} 1\n",
        "millwright_http_request_duration_seconds_count{route=\"consoleFile\",status=\"404\"} 1\n",
        "millwright_time_to_first_token_seconds_count 1\n",
        "millwright_inter_token_seconds_count 1\n", "millwright_queue_seconds_count 1\n",
        "millwright_http_generated_tokens_total 2\n",
        "millwright_generations_total{finish=\"stop\"} 1\n", "millwright_requests_running 0\n",
        "millwright_broker_connected 1\n", "# TYPE millwright_queue_seconds histogram\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

}  // namespace
}  // namespace mw::server
