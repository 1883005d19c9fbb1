#include "maintenance/recording.h"

#include <span>

#include "core/file.h"
#include "maintenance/data/cell_rows.h"
#include "maintenance/mat/mat_file.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kFewestSamples = 1000;  // shorter arrays are settings
constexpr std::size_t kMostChannelsShown = 30;

Error unclear_channel(const std::string& names, const std::string& none,
                      const std::string& none_zh) {
  return Error::make(Code::kInvalidArgument,
                     "say which channel is meant: the file has " + (names.empty() ? none : names),
                     "请指明通道：文件中" + (names.empty() ? none_zh : "有 " + names), "channel");
}

Result<Recording> from_mat(std::string_view bytes, const std::string& channel) {
  MW_ASSIGN(MatFile file, parse_mat(std::as_bytes(std::span(bytes))));
  std::vector<const MatArray*> found;
  std::string names;
  for (const MatArray& each : file.arrays) {
    if (each.values.size() < kFewestSamples) continue;
    names += (names.empty() ? "" : ", ") + each.name;
    if (channel.empty() || each.name.ends_with(channel)) found.push_back(&each);
  }
  if (const MatArray* same = file.find(channel)) found = {same};
  if (found.size() != 1) {
    return unclear_channel(names, "none of 1000 values or more", "没有不少于 1000 个值的数组");
  }
  Recording out;
  out.channel = found[0]->name;
  out.samples = found[0]->values;
  const MatArray* rpm = file.find_ending("RPM");
  if (rpm != nullptr && rpm->values.size() == 1) out.rpm = rpm->values[0];
  return out;
}

bool is_time(const std::string& name) {
  for (const char* each : {"time", "t", "timestamp", "seconds", "s"}) {
    if (name == each) return true;
  }
  return false;
}

/// The column that `channel` means, from 0. Without a header columns are called 1, 2, 3.
Result<std::size_t> column_of(const std::vector<std::string>& names, const std::string& channel) {
  std::vector<std::size_t> found;
  std::string listed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i < kMostChannelsShown) listed += (i == 0 ? "" : ", ") + names[i].substr(0, 60);
    if (names[i] == channel) return i;
    const bool meant =
        channel.empty() ? names.size() == 1 || !is_time(names[i]) : names[i].ends_with(channel);
    if (meant) found.push_back(i);
  }
  if (found.size() == 1) return found[0];
  return unclear_channel(listed, "none", "没有通道");
}

Error no_number(uint64_t line) {
  const std::string at = std::to_string(line);
  return Error::make(Code::kInvalidArgument,
                     "line " + at +
                         " is no number: a recording as text has one sample a line, or "
                         "columns of them under a header",
                     "第 " + at + " 行不是数字：文本记录应每行一个采样值，或为带表头的多列数据",
                     "file");
}

Result<Recording> from_text(std::string_view text, const std::string& channel) {
  TableMapping by_separator;
  CellRows rows(text, by_separator);
  Recording out;
  std::vector<std::string> cells;
  std::size_t width = 0;
  std::size_t column = 0;
  for (auto got = rows.next(cells); got != CellRows::Got::kEnd; got = rows.next(cells)) {
    if (got == CellRows::Got::kBroken) return no_number(rows.line());
    if (width == 0) {
      width = cells.size();
      std::vector<std::string> names;
      bool header = false;
      for (const std::string& each : cells) header = header || !parse_number(each);
      for (std::size_t i = 0; i < width; ++i) {
        names.push_back(header ? plant::name_and_unit(plant::trimmed(cells[i])).first
                               : std::to_string(i + 1));
      }
      if (width > 1 || header) {
        MW_ASSIGN(column, column_of(names, width > 1 ? channel : std::string()));
        out.channel = names[column];
      }
      if (header) continue;
    }
    const auto value = cells.size() == width ? parse_number(cells[column]) : std::nullopt;
    if (!value) return no_number(rows.line());
    out.samples.push_back(*value);
  }
  return out;
}

}  // namespace

Result<Recording> parse_recording(std::string_view bytes, const std::string& name,
                                  const std::string& channel) {
  if (name.ends_with(".mat")) return from_mat(bytes, channel);
  return from_text(bytes, channel);
}

Result<Recording> read_recording(const std::filesystem::path& path, const std::string& channel) {
  MW_ASSIGN(const MappedFile file, MappedFile::open(path));
  const std::string name = path.filename().string();
  auto out = parse_recording(
      {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, name, channel);
  if (!out) return out.error().within("reading " + name);
  return out;
}

}  // namespace mw::maintenance
