#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "models/model_config.h"

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
  std::string kernel_form;  // how matrices of the type are held to be multiplied: "w4"
  double kernel_bits = 0;   // a weight, scales included; 0: no kernel takes the type
};

/// What a served model can be asked for, as far as its files say it.
struct ModelAbilities {
  bool generates = false;  // a decoder
  bool chats = false;      // its own chat template
  bool calls_tools = false;
  bool reasons = false;  // the template knows <think>
  bool embeds = false;   // an encoder
  bool reranks = false;  // an encoder with a classifier
};

/// A model as a page: what is in its file or folder, without loading it.
struct ModelDescription {
  std::string format;            // "gguf", "safetensors"
  std::string name;              // as the file has it, else the file's or folder's own
  std::string title;             // "GGUF version 3", "safetensors, 2 files"
  std::string summary;           // "llama: 30 layers, width 576, ..." where this version serves it
  std::optional<Error> problem;  // why it does not
  std::string tokenizer;         // "49152 tokens, BOS <s>, EOS </s>", or why there is none
  std::string chat_template;     // empty: none
  std::string licence;           // as the file has it; empty: it says nothing
  int version = 0;               // of GGUF
  std::optional<models::ModelConfig> config;  // where this version serves it
  ModelAbilities abilities;
  uint64_t kv_bytes_per_token = 0;  // of keys and values as they are kept by default; 0: none
  uint64_t bytes = 0;
  int64_t parameters = 0;
  std::vector<DescribedKey> keys;
  std::vector<DescribedTensor> tensors;
  std::map<std::string, TypeTotal> types;
};

/// The layer that a tensor's name says it is in ("blk.3.", "model.layers.3."); nothing for others.
std::optional<int> layer_of(std::string_view tensor);

Result<ModelDescription> describe_model(const std::filesystem::path& path);
Json to_json(const ModelDescription& model);

}  // namespace mw::app
