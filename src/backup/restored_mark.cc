#include "backup/restored_mark.h"

#include "core/file.h"
#include "core/json.h"

namespace mw::backup {
namespace {

constexpr const char* kName = "restored.json";
constexpr uint64_t kMostBytes = 4096;

}  // namespace

Result<void> write_restored_mark(const std::filesystem::path& data, const RestoredMark& mark) {
  const Json json{{"made", mark.made}, {"restored_ns", mark.restored_ns}, {"sound", mark.sound}};
  return write_file_atomically(data / kName, json.dump(2) + "\n");
}

std::optional<RestoredMark> read_restored_mark(const std::filesystem::path& data) {
  const Result<std::string> text = read_file(data / kName, kMostBytes);
  if (!text) return std::nullopt;
  const Result<Json> json = parse_json(*text);
  if (!json || !json->is_object()) return std::nullopt;
  const auto made = json->find("made");
  const auto restored = json->find("restored_ns");
  const auto sound = json->find("sound");
  if (made == json->end() || !made->is_string() || restored == json->end() ||
      !restored->is_number_integer() || sound == json->end() || !sound->is_boolean()) {
    return std::nullopt;
  }
  return RestoredMark{made->get<std::string>(), restored->get<TimeNs>(), sound->get<bool>()};
}

}  // namespace mw::backup
