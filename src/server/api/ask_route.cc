// POST /api/ask: a question about the plant, answered as a stream of events.
#include "server/api/api_state.h"
#include "server/http/api_error.h"
#include "server/http/sse.h"

namespace mw::server {
namespace {

constexpr uint64_t kAskBodyBytes = 16 * 1024;
constexpr std::size_t kQuestionBytes = 4000;
constexpr int kAskTimeLimitMs = 120'000;

Error wrong(const std::string& name, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, "'" + name + "': expected " + en,
                     "“" + name + "”应为" + zh, name);
}

Result<assistant::AskRequest> parse_ask(std::string_view body) {
  MW_ASSIGN(const Json request, parse_json(body, 8));
  if (!request.is_object()) return wrong("body", "a JSON object", " JSON 对象");
  assistant::AskRequest out;
  MW_ASSIGN(out.question, json_string(request, "question"));
  const bool blank = out.question.find_first_not_of(" \t\r\n") == std::string::npos;
  if (blank || out.question.size() > kQuestionBytes) {
    return wrong("question", "a text of 1 to 4000 bytes", " 1 到 4000 字节的文本");
  }
  MW_ASSIGN(const std::string language, json_string(request, "lang"));
  if (language == "zh") out.language = Language::kZh;
  if (language == "en") out.language = Language::kEn;
  if (!language.empty() && !out.language.has_value()) {
    return wrong("lang", "\"zh\", \"en\" or null", " zh、en 或 null");
  }
  MW_ASSIGN(out.reading_id, json_string(request, "reading_id"));
  if (out.reading_id.size() > 200) return wrong("reading_id", "an id of a reading", "读法的编号");
  return out;
}

void answer(const ApiState& state, const std::shared_ptr<Exchange>& exchange) {
  if (!state.parts.asker) {
    exchange->respond(
        error_response(absent("questions need a plant: start with --demo or a configured one",
                              "提问需要先连接工厂：请用 --demo 启动或配置工厂")));
    return;
  }
  const Result<assistant::AskRequest> request = parse_ask(exchange->request().body);
  if (!request) {
    exchange->respond(error_response(request.error()));
    return;
  }
  StreamHead head;
  head.format_error = own_error_event;
  exchange->begin_stream(event_stream_head(std::move(head)));
  const auto listener = [&exchange](std::string_view event, const Json& data) {
    exchange->write(sse_event(event, to_text(data)));
  };
  const Result<assistant::AskAnswer> done =
      state.parts.asker->ask(exchange->request().who, *request, listener, exchange->stop_token());
  if (!done && !exchange->respond(error_response(done.error()))) {
    exchange->write(own_error_event(done.error()));
  }
  exchange->finish();
}

}  // namespace

void add_ask_route(Router& router, const std::shared_ptr<ApiState>& state) {
  Route ask;
  ask.method = Method::kPost;
  ask.pattern = "/api/ask";
  ask.doc = {.operation = "ask",
             .summary = "Answers a question about the plant from stored samples, with sources",
             .request_schema = "AskRequest",
             .response_schema = {}};
  ask.doc.event_schema = "AskEvent";
  ask.body_limit_bytes = kAskBodyBytes;
  ask.time_limit_ms = kAskTimeLimitMs;
  ask.runs_on = RunsOn::kBlocking;
  ask.handler = [state](const std::shared_ptr<Exchange>& exchange) { answer(*state, exchange); };
  router.add(std::move(ask));
}

}  // namespace mw::server
