// A Hugging Face folder of this machine: what a model is read from, and nothing else that lies
// there (weights of other frameworks, pictures, hidden files).
#include <algorithm>
#include <array>
#include <cctype>

#include "core/file.h"
#include "core/json.h"
#include "hub/internal/fetch.h"
#include "hub/internal/partial_file.h"

namespace mw::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 400;  // the largest models come in some 200 parts
constexpr std::array<std::string_view, 5> kEndings = {".json", ".safetensors", ".txt", ".jinja",
                                                      ".model"};

/// Texts for people, which no model is read from.
bool is_for_people(std::string_view name) {
  return name.ends_with(".md") || name.starts_with("LICENSE") || name.starts_with("LICENCE");
}

bool is_wanted(const std::string& name) {
  if (name.starts_with('.')) return false;
  if (is_for_people(name)) return is_name_in_folder(name);  // "说明.md" stays behind
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// "1_Pooling": a step of a sentence-transformers model.
bool is_step(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0 &&
         name.find('_') != std::string::npos;
}

/// Paths inside `folder`, sorted.
Result<std::vector<std::string>> files_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  const auto look = [&](const fs::path& in, const std::string& prefix, bool deeper,
                        const auto& again) -> void {
    for (fs::directory_iterator entry(in, problem); !problem && entry != fs::directory_iterator();
         entry.increment(problem)) {
      const std::string name = entry->path().filename().string();
      if (deeper && is_step(name) && entry->is_directory(problem)) {
        again(entry->path(), name + "/", false, again);
      } else if (is_wanted(name) && entry->is_regular_file(problem)) {
        names.push_back(prefix + name);
      }
    }
  };
  look(folder, "", true, look);
  if (problem) return errno_error("list", folder.string(), problem.value());
  std::sort(names.begin(), names.end());
  return names;
}

Error not_a_model(const fs::path& folder, const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnsupported, folder.string() + ": " + en, folder.string() + "：" + zh);
}

/// "license: apache-2.0" of the lines between "---" that a model's README begins with.
std::string licence_of(const fs::path& folder) {
  const auto text = read_file(folder / "README.md", 1 << 20);
  if (!text || !text->starts_with("---")) return {};
  const std::size_t end = text->find("\n---", 3);
  const std::size_t at = text->find("\nlicense:");
  if (at == std::string::npos || end == std::string::npos || at > end) return {};
  const std::size_t begin = text->find_first_not_of(" ", at + 9);
  const std::string line = text->substr(begin, text->find('\n', begin) - begin);
  const bool plain =
      line.size() <= 40 && std::all_of(line.begin(), line.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
      });
  return plain ? line : std::string();
}

}  // namespace

Result<Fetched> fetch_from_folder(const ModelStore& store, const fs::path& path,
                                  ProgressMeter& meter, std::stop_token stop) {
  MW_ASSIGN(const std::vector<std::string> names, files_of(path));
  if (std::find(names.begin(), names.end(), "config.json") == names.end()) {
    return not_a_model(path, "neither a GGUF file nor a folder with a config.json",
                       "既不是 GGUF 文件，也不是含 config.json 的文件夹");
  }
  const auto has_weights = [](const std::string& name) { return name.ends_with(".safetensors"); };
  if (std::none_of(names.begin(), names.end(), has_weights)) {
    return not_a_model(path,
                       "no .safetensors beside config.json: save the model with safe_serialization",
                       "config.json 旁没有 .safetensors：请以 safe_serialization 方式保存模型");
  }
  for (const std::string& name : names) {
    if (is_name_in_folder(name)) continue;
    return not_a_model(path, "rename '" + name + "': plain letters, digits and . _ - + expected",
                       "请重命名“" + name + "”：只能含字母、数字和 . _ - +");
  }
  if (names.size() > kMaxFiles) {
    return not_a_model(path, "more than " + std::to_string(kMaxFiles) + " files", "文件过多");
  }
  MW_ASSIGN(const std::string config, read_file(path / "config.json", 4 << 20));
  if (const auto parsed = parse_json(config); !parsed || !parsed->is_object()) {
    return Error::make(Code::kCorrupt, (path / "config.json").string() + ": not a JSON object",
                       (path / "config.json").string() + "：不是 JSON 对象");
  }
  std::vector<uint64_t> sizes;
  uint64_t total = 0;
  for (const std::string& name : names) {
    std::error_code problem;
    sizes.push_back(fs::file_size(path / name, problem));
    if (problem) return errno_error("read", (path / name).string(), problem.value());
    total += sizes.back();
  }
  MW_TRY(check_free_space(store.folder(), total + kSpareBytes));
  Fetched fetched;
  CopyProgress progress{meter, 0, total};
  for (std::size_t i = 0; i < names.size(); ++i) {
    MW_ASSIGN(ModelFile file,
              copy_into_store(store, path / names[i], names[i], sizes[i], progress, stop));
    progress.done += sizes[i];
    fetched.files.push_back(std::move(file));
  }
  fetched.licence = licence_of(path);
  return fetched;
}

}  // namespace mw::hub
