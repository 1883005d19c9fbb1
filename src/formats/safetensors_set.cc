#include "formats/safetensors_set.h"

#include <algorithm>
#include <set>

#include "core/json.h"

namespace mw::formats {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";
constexpr uint64_t kMaxIndexBytes = uint64_t{8} << 20;
constexpr std::size_t kMaxFiles = 1000;

Error corrupt(const std::string& problem, const std::string& field) {
  return Error::make(Code::kCorrupt, std::string(kIndex) + ": " + problem, {}, field);
}

/// A file of the same folder and nothing else: an index must not reach elsewhere.
bool is_plain_file_name(const std::string& name) {
  return !name.empty() && name[0] != '.' && name.size() <= 200 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_' || c == '.';
         });
}

/// Which file the index says that each tensor is in.
Result<std::map<std::string, std::string>> read_index(const fs::path& path) {
  MW_ASSIGN(const std::string text, read_file(path, kMaxIndexBytes));
  auto index = parse_json(text, 4);
  if (!index) return corrupt(index.error().message.en, kIndex);
  const auto map = index->is_object() ? index->find("weight_map") : index->end();
  if (map == index->end() || !map->is_object()) {
    return corrupt("'weight_map' is missing or not an object", "weight_map");
  }
  std::map<std::string, std::string> out;
  for (const auto& [name, file] : map->items()) {
    if (!file.is_string() || !is_plain_file_name(file.get<std::string>())) {
      return corrupt("tensor '" + name.substr(0, 80) + "': expected the name of a file beside it",
                     name.substr(0, 80));
    }
    out[name] = file.get<std::string>();
  }
  return out;
}

}  // namespace

Result<SafetensorsSet> SafetensorsSet::open(const fs::path& folder) {
  std::error_code problem;
  SafetensorsSet set;
  std::map<std::string, std::string> promised;
  if (fs::exists(folder / kIndex, problem)) {
    MW_ASSIGN(promised, read_index(folder / kIndex));
    std::set<std::string> names;
    for (const auto& [tensor, file] : promised) names.insert(file);
    if (names.size() > kMaxFiles) return corrupt("more than 1000 files", "weight_map");
    set.names_.assign(names.begin(), names.end());
  } else if (fs::exists(folder / kSingle, problem)) {
    set.names_ = {kSingle};
  } else {
    return Error::make(Code::kNotFound,
                       folder.string() + ": no " + kSingle + " and no " + kIndex +
                           " in it; older checkpoints (pytorch_model.bin) are not read",
                       folder.string() + "：其中没有 " + kSingle + "，也没有 " + kIndex +
                           "；不读取旧格式（pytorch_model.bin）",
                       kSingle);
  }
  std::map<std::string, std::size_t, std::less<>> place;
  for (const std::string& name : set.names_) {
    if (!fs::exists(folder / name, problem)) {
      return corrupt("the file " + name + " is not there; fetch the model again", name);
    }
    MW_ASSIGN(SafetensorsFile file, SafetensorsFile::open(folder / name));
    place[name] = set.files_.size();
    set.files_.push_back(std::move(file));
  }
  for (const auto& [tensor, file] : promised) {
    if (set.files_[place[file]].tensor(tensor) == nullptr) {
      return corrupt("tensor '" + tensor + "' is not in " + file, tensor);
    }
  }
  return set;
}

const SafetensorsTensor* SafetensorsSet::tensor(std::string_view name) const {
  for (const SafetensorsFile& file : files_) {
    if (const SafetensorsTensor* found = file.tensor(name)) return found;
  }
  return nullptr;
}

std::vector<const SafetensorsTensor*> SafetensorsSet::tensors() const {
  std::vector<const SafetensorsTensor*> all;
  for (const SafetensorsFile& file : files_) {
    for (const SafetensorsTensor& tensor : file.tensors()) all.push_back(&tensor);
  }
  return all;
}

uint64_t SafetensorsSet::file_bytes() const {
  uint64_t bytes = 0;
  for (const SafetensorsFile& file : files_) bytes += file.file_bytes();
  return bytes;
}

}  // namespace mw::formats
