#include "plant/pushed_samples.h"

#include "plant/internal/reading_json.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 8 << 20;
constexpr std::size_t kMostSamples = 50'000;
constexpr std::size_t kMostTagBytes = 130;

Error too_large() {
  return Error::make(Code::kTooLarge,
                     "expected at most 50,000 samples and 8 MiB in one request; send several",
                     "每个请求最多 50,000 个采样、8 MiB，请分多次发送", "body");
}

void refuse(PushedSamples& out, uint64_t position, std::string tag, Text reason) {
  out.refusals.push_back({position, std::move(tag), std::move(reason)});
}

void take(const Json& json, uint64_t position, PushedSamples& out) {
  const auto tag = json.is_object() ? json.find("tag") : json.end();
  if (!json.is_object() || tag == json.end() || !tag->is_string()) {
    refuse(out, position, {},
           {"expected an object with 'tag', 'ts' and 'value'", "应为含 tag、ts 和 value 的对象"});
    return;
  }
  std::string name = tag->get<std::string>().substr(0, kMostTagBytes);
  Result<Reading> reading = read_json_reading(json);
  if (!reading) {
    refuse(out, position, std::move(name), reading.error().message);
    return;
  }
  reading->tag = std::move(name);
  out.readings.push_back(std::move(*reading));
  out.positions.push_back(position);
}

Result<void> take_lines(std::string_view body, PushedSamples& out) {
  uint64_t position = 0;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    ++position;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (out.readings.size() + out.refusals.size() >= kMostSamples) return too_large();
    const Result<Json> json = parse_json(line, 4);
    if (json) {
      take(*json, position, out);
    } else {
      refuse(out, position, {}, json.error().message);
    }
  }
  return {};
}

}  // namespace

Result<PushedSamples> decode_pushed(std::string_view body, PushForm form) {
  if (body.size() > kMostBytes) return too_large();
  PushedSamples out;
  if (form == PushForm::kLines) {
    MW_TRY(take_lines(body, out));
    return out;
  }
  MW_ASSIGN(const Json json, parse_json(body, 4));
  if (!json.is_array()) {
    take(json, 1, out);
    return out;
  }
  if (json.size() > kMostSamples) return too_large();
  uint64_t position = 0;
  for (const Json& each : json) take(each, ++position, out);
  return out;
}

}  // namespace mw::plant
