#include "models/model_folder.h"

#include "core/file.h"
#include "models/gguf_tokenizer.h"
#include "tokenizers/tokenizer_json.h"

namespace mw::models {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxJsonBytes = uint64_t{4} << 20;
constexpr uint64_t kMaxTokenizerBytes = uint64_t{256} << 20;
constexpr const char* kConfig = "config.json";

/// A JSON object from a file of the folder; an empty one where there is no such file.
Result<Json> read_object(const fs::path& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) return Json::object();
  MW_ASSIGN(const std::string text, read_file(path, kMaxJsonBytes));
  auto value = parse_json(text);
  if (!value) return value.error().within(path.string());
  if (!value->is_object()) {
    return Error::make(Code::kCorrupt, path.string() + ": expected a JSON object", {},
                       path.filename().string());
  }
  return value;
}

/// A token as tokenizer_config.json has it: its text, or an object with it.
std::string token_text(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return json_string(*found, "content").value_or("");
}

}  // namespace

bool ModelFolder::is_one(const fs::path& path) {
  std::error_code problem;
  return fs::is_regular_file(path / kConfig, problem);
}

std::string chat_template_in(const Json& tokenizer_config) {
  const auto found = tokenizer_config.find("chat_template");
  if (found == tokenizer_config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) return {};
  for (const Json& each : *found) {
    if (json_string(each, "name").value_or("") != "default") continue;
    return json_string(each, "template").value_or("");
  }
  return {};
}

Result<std::unique_ptr<tokenizers::Tokenizer>> read_folder_tokenizer(const fs::path& folder) {
  const fs::path path = folder / "tokenizer.json";
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    return Error::make(Code::kNotFound,
                       folder.string() + ": no tokenizer.json in it; vocabularies of other files " +
                           "(vocab.json, tokenizer.model) are not read",
                       folder.string() + "：其中没有 tokenizer.json；不读取其他格式的词表",
                       "tokenizer.json");
  }
  MW_ASSIGN(const std::string text, read_file(path, kMaxTokenizerBytes));
  MW_ASSIGN(const Json config, read_object(folder / "tokenizer_config.json"));
  const tokenizers::TokenizerNames names{token_text(config, "bos_token"),
                                         token_text(config, "eos_token")};
  auto tokenizer = tokenizers::parse_tokenizer_json(text, names);
  if (!tokenizer) return tokenizer.error().within(path.string());
  return tokenizer;
}

Result<std::unique_ptr<tokenizers::Tokenizer>> open_tokenizer(const fs::path& model) {
  std::error_code problem;
  if (fs::is_directory(model, problem)) return read_folder_tokenizer(model);
  MW_ASSIGN(const auto file, formats::GgufFile::open(model));
  return read_tokenizer(file);
}

Result<ModelFolder> ModelFolder::open(const fs::path& path) {
  if (!is_one(path)) {
    return Error::make(Code::kNotFound,
                       path.string() + ": no " + kConfig + " in it; is it a model's folder?",
                       path.string() + "：其中没有 " + kConfig + "，这是模型文件夹吗？", kConfig);
  }
  MW_ASSIGN(Json config, read_object(path / kConfig));
  MW_ASSIGN(formats::SafetensorsSet weights, formats::SafetensorsSet::open(path));
  ModelFolder folder{.path = path, .config = std::move(config), .weights = std::move(weights)};
  MW_ASSIGN(folder.generation_config, read_object(path / "generation_config.json"));
  MW_ASSIGN(folder.tokenizer_config, read_object(path / "tokenizer_config.json"));
  const fs::path jinja = path / "chat_template.jinja";
  std::error_code problem;
  if (fs::exists(jinja, problem)) {
    MW_ASSIGN(folder.chat_template, read_file(jinja, kMaxJsonBytes));
  } else {
    folder.chat_template = chat_template_in(folder.tokenizer_config);
  }
  return folder;
}

Result<std::vector<int32_t>> ModelFolder::end_ids() const {
  constexpr const char* kKey = "eos_token_id";
  std::vector<int32_t> ids;
  for (const Json* source : {&generation_config, &config}) {
    const auto found = source->find(kKey);
    if (found == source->end() || found->is_null()) continue;
    const Json list = found->is_array() ? *found : Json::array({*found});
    for (const Json& each : list) {
      if (!each.is_number_unsigned() || each.get<uint64_t>() > uint64_t{INT32_MAX}) {
        return Error::make(Code::kCorrupt,
                           std::string(kKey) + ": expected a token id or a list of them", {}, kKey);
      }
      ids.push_back(each.get<int32_t>());
    }
    return ids;
  }
  return ids;
}

}  // namespace mw::models
