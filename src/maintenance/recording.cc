#include "maintenance/recording.h"

#include <charconv>
#include <string_view>

#include "core/file.h"
#include "maintenance/mat/mat_file.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestSamples = 1000;  // shorter arrays are settings
constexpr uint64_t kLargestText = uint64_t{1} << 30;

Result<Recording> from_mat(const std::filesystem::path& path, const std::string& channel) {
  MW_ASSIGN(MatFile file, read_mat_file(path));
  std::vector<const MatArray*> found;
  std::string names;
  for (const MatArray& each : file.arrays) {
    if (each.values.size() < kFewestSamples) continue;
    names += (names.empty() ? "" : ", ") + each.name;
    if (channel.empty() || each.name.ends_with(channel)) found.push_back(&each);
  }
  if (const MatArray* same = file.find(channel)) found = {same};
  if (found.size() != 1) {
    return Error::make(
        Code::kInvalidArgument,
        "say which channel is meant: the file has " +
            (names.empty() ? "none of 1000 values or more" : names),
        "请指明通道：文件中" + (names.empty() ? "没有不少于 1000 个值的数组" : "有 " + names),
        "channel");
  }
  Recording out;
  out.channel = found[0]->name;
  out.samples = found[0]->values;
  const MatArray* rpm = file.find_ending("RPM");
  if (rpm != nullptr && rpm->values.size() == 1) out.rpm = rpm->values[0];
  return out;
}

Result<Recording> from_text(const std::filesystem::path& path) {
  MW_ASSIGN(const std::string text, read_file(path, kLargestText));
  Recording out;
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    std::string_view word = std::string_view(text).substr(at, end - at);
    at = end + 1;
    ++line;
    while (!word.empty() && (word.back() == '\r' || word.back() == ' ')) word.remove_suffix(1);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    if (word.empty()) continue;
    double value = 0;
    const auto [rest, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || rest != word.data() + word.size()) {
      if (line == 1) continue;  // a heading
      return Error::make(Code::kInvalidArgument,
                         "line " + std::to_string(line) +
                             " is no number: a recording as text has "
                             "one sample a line and nothing else",
                         "第 " + std::to_string(line) + " 行不是数字：文本记录应每行一个采样值",
                         "file");
    }
    out.samples.push_back(value);
  }
  return out;
}

}  // namespace

Result<Recording> read_recording(const std::filesystem::path& path, const std::string& channel) {
  if (path.extension() == ".mat") return from_mat(path, channel);
  return from_text(path);
}

}  // namespace mw::maintenance
