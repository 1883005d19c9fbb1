#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "formats/safetensors_set.h"
#include "tokenizers/tokenizer.h"

namespace mw::models {

/// A model as Hugging Face lays it out: a folder with config.json and safetensors. Beside them, all
/// optional: generation_config.json, tokenizer_config.json, chat_template.jinja. tokenizer.json is
/// read apart.
///
/// Errors   kNotFound naming what is missing, kCorrupt naming the file and what is wrong in it.
struct ModelFolder {
  std::filesystem::path path;
  Json config;
  Json generation_config = Json::object();
  Json tokenizer_config = Json::object();
  std::string chat_template;  // empty: none
  formats::SafetensorsSet weights;

  static Result<ModelFolder> open(const std::filesystem::path& path);
  /// Whether the path is a folder with a config.json.
  static bool is_one(const std::filesystem::path& path);

  /// Ids that end an answer: `eos_token_id` of generation_config.json, else of config.json.
  Result<std::vector<int32_t>> end_ids() const;
};

/// The tokenizer of such a folder: tokenizer.json, with the names of BOS and EOS from
/// tokenizer_config.json. Its weights are not looked at.
Result<std::unique_ptr<tokenizers::Tokenizer>> read_folder_tokenizer(
    const std::filesystem::path& folder);
/// The same of a folder or a GGUF file.
Result<std::unique_ptr<tokenizers::Tokenizer>> open_tokenizer(const std::filesystem::path& model);

/// The template in tokenizer_config.json: text, or the one named "default" of a list.
std::string chat_template_in(const Json& tokenizer_config);

}  // namespace mw::models
