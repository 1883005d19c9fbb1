#include "upstream/internal/refusal.h"

#include <algorithm>
#include <charconv>

#include "core/clock.h"
#include "core/json.h"

namespace mw::upstream {
namespace {

constexpr std::size_t kMostWordsBytes = 500;

}  // namespace

Error refusal_of(const hub::HttpResponse& response) {
  std::string words;
  std::string param;
  if (const auto body = parse_json(response.error_body, 16); body && body->is_object()) {
    const Json inner = body->value("error", *body);
    const Json message = inner.is_object() ? inner.value("message", Json()) : inner;
    const Json field = inner.is_object() ? inner.value("param", Json()) : Json();
    if (message.is_string()) words = message.get<std::string>().substr(0, kMostWordsBytes);
    if (field.is_string()) param = field.get<std::string>().substr(0, 100);
  }
  const std::string status = std::to_string(response.status);
  const std::string said = words.empty() ? "" : ": " + words;
  switch (response.status) {
    case 401:
    case 403:
      return Error::make(Code::kUnavailable,
                         "it refuses this server's key (" + status + "): check the upstream's key",
                         "它拒绝本服务器的密钥（" + status + "），请检查上游密钥设置");
    case 404:
      return Error::make(Code::kNotFound, "it does not have this (404)" + said,
                         "它没有此模型或接口（404）" + said);
    case 413:
      return Error::make(Code::kTooLarge, "the request is too large for it" + said,
                         "请求超出它的大小限制" + said);
    case 429:
      return Error::make(Code::kResourceExhausted, "it is too busy (429)" + said,
                         "它过于繁忙（429）" + said);
    default:
      if (response.status / 100 == 4 && response.status != 408) {
        return Error::make(Code::kInvalidArgument, "it refuses the request (" + status + ")" + said,
                           "它拒绝该请求（" + status + "）" + said, param);
      }
      return Error::make(Code::kUnavailable, "it answered " + status + said,
                         "它返回 " + status + said);
  }
}

Error in_own_words(Error error, const std::string& api_key) {
  for (std::string* text : {&error.message.en, &error.message.zh}) {
    for (std::size_t at = 0;
         !api_key.empty() && (at = text->find(api_key, at)) != std::string::npos;) {
      text->replace(at, api_key.size(), "***");
    }
    std::replace_if(
        text->begin(), text->end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  }
  return error;
}

int64_t retry_after_ns(const hub::HttpHeaders& headers) {
  for (const auto& [name, unit_ns] :
       {std::pair{"retry-after-ms", kNsPerMs}, std::pair{"retry-after", kNsPerSecond}}) {
    const auto found = headers.find(name);
    if (found == headers.end()) continue;
    const std::string& text = found->second;
    int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc() && value >= 0 && value <= 86'400'000) return value * unit_ns;
  }
  return kNsPerSecond;
}

}  // namespace mw::upstream
