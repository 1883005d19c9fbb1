#include "plant/internal/told_json.h"

#include <algorithm>

#include "plant/asset.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/reading_json.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;
constexpr int kMostDepth = 4;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

Result<ToldJson> ToldJson::parse(std::string_view body, Text what,
                                 std::initializer_list<std::string_view> known) {
  if (body.size() > kMostBytes) {
    return Error::make(Code::kTooLarge, what.en + ": expected at most 64 KiB",
                       what.zh + "：最多 64 KiB", "body");
  }
  MW_ASSIGN(Json json, parse_json(body, kMostDepth));
  std::string members;
  for (const std::string_view each : known) {
    members += (members.empty() ? "" : ", ") + std::string(each);
  }
  const ToldJson told(std::move(json), std::move(what));
  if (!told.json_.is_object()) {
    return told.wrong("body", "expected an object of " + members, "应为含 " + members + " 的对象");
  }
  for (const auto& [key, value] : told.json_.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return told.wrong(key.substr(0, 60), "expected one of " + members,
                        "未知成员：应为 " + members + " 之一");
    }
  }
  return told;
}

Error ToldJson::wrong(const std::string& where, const std::string& en,
                      const std::string& zh) const {
  return Error::make(Code::kInvalidArgument, what_.en + ": '" + where + "': " + en,
                     what_.zh + "：“" + where + "”" + zh, where);
}

Result<std::string> ToldJson::line_of_text(const char* key) const {
  MW_ASSIGN(const std::string text, json_string(json_, key));
  if (text.size() > kMostTextBytes || std::any_of(text.begin(), text.end(), is_control)) {
    return wrong(key, "expected at most 200 bytes without control characters",
                 "应不超过 200 字节且不含控制字符");
  }
  return text;
}

Result<std::string> ToldJson::text(const char* key, std::size_t most) const {
  MW_ASSIGN(const std::string text, json_string(json_, key));
  const auto refused = [](char c) { return is_control(c) && c != '\n' && c != '\t'; };
  if (text.size() > most || std::any_of(text.begin(), text.end(), refused)) {
    return wrong(key,
                 "expected at most " + std::to_string(most) +
                     " bytes, without control characters other than line breaks",
                 "应不超过 " + std::to_string(most) + " 字节，除换行外不含控制字符");
  }
  return text;
}

Result<std::optional<TimeNs>> ToldJson::time(const char* key) const {
  const auto found = json_.find(key);
  if (found == json_.end() || found->is_null()) return std::optional<TimeNs>();
  const Result<TimeNs> ts_ns = read_json_time(*found);
  if (ts_ns) return std::optional<TimeNs>(*ts_ns);
  return wrong(key,
               "expected milliseconds since 1970 or an RFC 3339 time such as "
               "\"2026-01-31T08:15:30Z\"",
               "应为 1970 年以来的毫秒数或 RFC 3339 时间");
}

Result<void> check_told_time(const Text& what, const char* key, const std::optional<TimeNs>& ts_ns,
                             TimeNs now_ns) {
  if (!ts_ns || plausible_time(*ts_ns, now_ns)) return {};
  return Error::make(Code::kInvalidArgument,
                     what.en + ": '" + key + "' lies in the future or before 2000",
                     what.zh + "：“" + key + "”在将来或早于 2000 年", key);
}

std::string asset_place(const std::string& asset) { return "asset/" + asset; }
std::string line_place(const std::string& line) { return "line/" + line; }

}  // namespace mw::plant
