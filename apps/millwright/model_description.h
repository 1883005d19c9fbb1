#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::app {

struct DescribedKey {
  std::string key;
  std::string type;
  std::string value;  // shortened
};

struct DescribedTensor {
  std::string name;
  std::string type;
  std::vector<int64_t> shape;
  std::size_t bytes = 0;
};

struct TypeTotal {
  int tensors = 0;
  uint64_t bytes = 0;
};

/// A model as a page: what is in its file or folder, without loading it.
struct ModelDescription {
  std::string format;            // "gguf", "safetensors"
  std::string title;             // "GGUF version 3", "safetensors, 2 files"
  std::string summary;           // "llama: 30 layers, width 576, ..." where this version serves it
  std::optional<Error> problem;  // why it does not
  std::string tokenizer;         // "49152 tokens, BOS <s>, EOS </s>", or why there is none
  std::string chat_template;     // empty: none
  std::string licence;           // as the file has it; empty: it says nothing
  int version = 0;               // of GGUF
  uint64_t bytes = 0;
  int64_t parameters = 0;
  std::vector<DescribedKey> keys;
  std::vector<DescribedTensor> tensors;
  std::map<std::string, TypeTotal> types;
};

Result<ModelDescription> describe_model(const std::filesystem::path& path);
Json to_json(const ModelDescription& model);

}  // namespace mw::app
