#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"

namespace mw::testing_support {

/// A tiny decoder with weights from a hash, as tools/golden/make_decoder_golden.py describes it:
/// the same model as a folder and as a GGUF file, with what Transformers answers.
class TinyDecoder {
 public:
  /// `name` is a case of tests/golden/models/decoders below `source`.
  TinyDecoder(const std::filesystem::path& source, const std::string& name);

  const std::vector<int32_t>& ids() const { return ids_; }
  /// One row a position.
  const std::vector<std::vector<float>>& logits() const { return logits_; }
  bool has_gguf() const { return golden_["gguf"]["keys"].is_object(); }

  /// Both can be spoilt before the model is written.
  Json& config() { return golden_["config"]; }
  Json& gguf_keys() { return golden_["gguf"]["keys"]; }
  /// [name in GGUF, name in the folder, how it is changed]
  Json& gguf_tensors() { return golden_["gguf"]["tensors"]; }
  /// [name, shape, scale, offset]
  Json& tensors() { return golden_["tensors"]; }

  /// Adds numbers to a tensor of the folder.
  void add_to(const std::string& name, std::vector<float> values) {
    added_[name] = std::move(values);
  }

  /// Writes config.json and safetensors, in `files` parts under an index where there are several.
  void write_folder(const std::filesystem::path& folder, int files) const;
  std::string gguf() const;

  struct Values {
    std::vector<int64_t> shape;
    std::vector<float> values;
  };
  /// The values of [name, shape, scale, offset]; `salt` stands before the name that is hashed.
  static Values values_of(const Json& tensor, const std::string& salt = {});
  /// What GGUF's converters do to a tensor of this name in the folder.
  Values changed(Values tensor, const std::string& name, const std::string& how) const;

 private:
  Json golden_;
  std::map<std::string, std::vector<float>> added_;
  std::vector<int32_t> ids_;
  std::vector<std::vector<float>> logits_;
};

}  // namespace mw::testing_support
