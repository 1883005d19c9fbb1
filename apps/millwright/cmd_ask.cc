#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/data_folder.h"
#include "core/file.h"
#include "hub/http_client.h"

namespace mw::app {
namespace {

struct Request {
  std::filesystem::path data;
  std::string server;
  std::string question;
  std::optional<std::string> language;
  std::string reading;
  std::optional<std::string> key_file;
};

/// Takes a stream of server-sent events apart.
class EventReader {
 public:
  using OnEvent = std::function<Result<void>(const std::string& event, const std::string& data)>;
  explicit EventReader(OnEvent on_event) : on_event_(std::move(on_event)) {}

  Result<void> push(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        line_ += c;
        continue;
      }
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      if (line_.starts_with("event: ")) event_ = line_.substr(7);
      if (line_.starts_with("data: ")) data_ += line_.substr(6);
      if (line_.empty() && !data_.empty()) {
        MW_TRY(on_event_(event_, data_));
        event_.clear();
        data_.clear();
      }
      line_.clear();
    }
    return {};
  }

 private:
  OnEvent on_event_;
  std::string line_;
  std::string event_;
  std::string data_;
};

/// The address of the server over this data folder: `serve` leaves it in server.json.
Result<std::string> server_address(const Request& request) {
  if (!request.server.empty()) return request.server;
  const auto text = read_file(request.data / "server.json", 1 << 16);
  if (!text) {
    return Error::make(Code::kUnavailable,
                       "no server runs over " + request.data.string() +
                           "; start it with ./run, or name one with --server URL",
                       "数据目录 " + request.data.string() +
                           " 上没有运行的服务；请用 ./run 启动，或用 --server URL 指定");
  }
  MW_ASSIGN(const Json json, parse_json(*text));
  return json_string(json, "url");
}

/// The message of an error answer, or its status.
Error error_of(const hub::HttpResponse& response) {
  const auto body = parse_json(response.error_body);
  if (body && body->is_object() && body->contains("error")) {
    const Json& error = (*body)["error"];
    return Error::make(response.status == 503 ? Code::kUnavailable : Code::kInvalidArgument,
                       json_string(error, "message").value_or("refused"),
                       json_string(error, "message_zh").value_or(""));
  }
  return Error::make(Code::kInternal, "the server answered " + std::to_string(response.status));
}

void print_sentence(const Json& data) {
  const auto text = json_string(data, "text");
  std::string ids;
  if (const auto evidence = data.find("evidence"); evidence != data.end()) {
    for (const Json& id : *evidence) ids += (ids.empty() ? "" : " ") + id.get<std::string>();
  }
  std::printf("%s%s%s%s\n", text.value_or("").c_str(), ids.empty() ? "" : "  [", ids.c_str(),
              ids.empty() ? "" : "]");
  std::fflush(stdout);
}

void print_sources(const Json& answer) {
  if (!answer.contains("evidence") || answer["evidence"].empty()) return;
  std::printf("\n");
  for (const Json& each : answer["evidence"]) {
    const bool simulated = each.value("simulated", false);
    std::printf("  [%s] %s%s\n", each.value("id", "").c_str(), each.value("source", "").c_str(),
                simulated ? "  (simulated)" : "");
  }
  std::printf("  replay %s\n", answer.value("replay_id", "").c_str());
}

Result<Json> ask(const Request& request, bool stream) {
  MW_ASSIGN(const std::string address, server_address(request));
  Json body{{"question", request.question}, {"reading_id", request.reading}};
  body["lang"] = request.language ? Json(*request.language) : Json(nullptr);
  hub::HttpRequest post;
  MW_ASSIGN(post.url, hub::parse_url(address + "/api/ask"));
  post.body = to_text(body);
  post.max_body_bytes = 16 << 20;
  if (request.key_file) {
    MW_ASSIGN(post.bearer_token, read_file(*request.key_file, 4096));
    while (!post.bearer_token.empty() && post.bearer_token.back() == '\n') {
      post.bearer_token.pop_back();
    }
  }
  Json answer;
  EventReader events([&](const std::string& event, const std::string& data) -> Result<void> {
    MW_ASSIGN(Json json, parse_json(data));
    if (event == "error") {
      const Json& error = json.contains("error") ? json["error"] : json;
      return Error::make(Code::kUnavailable, json_string(error, "message").value_or("failed"),
                         json_string(error, "message_zh").value_or(""));
    }
    if (event == "sentence" && stream) print_sentence(json);
    if (event == "done") answer = std::move(json);
    return {};
  });
  hub::HttpClientOptions options;
  options.idle_timeout = std::chrono::minutes(2);
  MW_ASSIGN(const auto response,
            hub::HttpClient(options).get(
                post, {}, [&](std::string_view bytes) { return events.push(bytes); }));
  if (response.status / 100 != 2) return error_of(response);
  if (answer.is_null()) {
    return Error::make(Code::kUnavailable, "the answer broke off; the server's log says why",
                       "回答中断，原因见服务日志");
  }
  return answer;
}

}  // namespace

int cmd_ask(CommandLine& line) {
  line.describe("Asks the running server a question about the plant.");
  Request request;
  request.data = data_folder(line);
  request.server = line.option("server", "URL", "", "default: the one over the data folder");
  request.language = line.maybe_option("lang", "zh|en", "language of the answer");
  request.reading = line.option("reading", "ID", "", "the choice, when several were offered");
  request.key_file = line.maybe_option("key-file", "FILE", "API key of the server");
  request.question = line.positional("QUESTION", "for example: \"how hot is CNC-2?\"");
  if (const auto status = line.finish()) return *status;
  if (request.language && *request.language != "zh" && *request.language != "en") {
    return fail(line, Error::make(Code::kInvalidArgument, "--lang: expected zh or en", {}, "lang"));
  }
  const auto answer = ask(request, !line.json());
  if (!answer) return fail(line, answer.error());
  if (line.json()) {
    print_json(*answer);
    return 0;
  }
  for (const Json& reading : answer->value("readings", Json::array())) {
    std::printf("  --reading %s   %s\n", reading.value("id", "").c_str(),
                reading.value("text", "").c_str());
  }
  print_sources(*answer);
  return 0;
}

}  // namespace mw::app
