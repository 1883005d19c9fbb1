#include "server/http/api_error.h"

#include "server/http/sse.h"

namespace mw::server {
namespace {

std::string default_code(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid_value";
    case Code::kUnauthenticated:
      return "invalid_api_key";
    case Code::kUnsupported:
      return "unsupported_parameter";
    case Code::kResourceExhausted:
      return "rate_limit_exceeded";
    default:
      return std::string(info(code).name);
  }
}

}  // namespace

ApiError ApiError::from(const Error& error) { return from(error, default_code(error.code)); }

ApiError ApiError::from(const Error& error, std::string code) {
  const CodeInfo& row = info(error.code);
  return {row.http_status, error.message, std::string(row.openai_type), error.param,
          std::move(code)};
}

Json to_json(const ApiError& error) {
  Json body = {{"message", error.message.en},
               {"message_zh", error.message.in(Language::kZh)},
               {"type", error.type},
               {"param", nullptr},
               {"code", error.code}};
  if (!error.param.empty()) body["param"] = error.param;
  return Json{{"error", std::move(body)}};
}

HttpResponse error_response(const ApiError& error, int64_t retry_after_ms) {
  HttpResponse out = json_response(to_json(error), error.status);
  const bool retry = error.status == 429 || error.status == 503;
  if (retry) {
    out.headers.push_back({"Retry-After", std::to_string((retry_after_ms + 999) / 1000)});
    out.headers.push_back({"retry-after-ms", std::to_string(retry_after_ms)});
  }
  // OpenAI's clients retry 408, 409, 429 and every 5xx unless told; only busy and absent pass.
  out.headers.push_back({"x-should-retry", retry || error.status == 408 ? "true" : "false"});
  return out;
}

HttpResponse error_response(const Error& error) { return error_response(ApiError::from(error)); }

HttpResponse json_response(const Json& value, int status) {
  HttpResponse out;
  out.status = status;
  out.body = to_text(value);
  return out;
}

std::string openai_error_event(const Error& error) {
  return sse_data(to_text(to_json(ApiError::from(error))));
}

std::string own_error_event(const Error& error) {
  return sse_event("error", to_text(to_json(ApiError::from(error))));
}

}  // namespace mw::server
