#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "tests/support/tiny_decoder.h"

namespace mw::testing_support {

/// A tiny LoRA adapter with weights from a hash, as tools/golden/make_adapter_golden.py describes
/// it, for a TinyDecoder; with what PEFT answers.
class TinyAdapter {
 public:
  /// `name` is a case of tests/golden/models/adapters below `source`.
  TinyAdapter(const std::filesystem::path& source, const std::string& name);

  std::string base() const { return golden_["base"].get<std::string>(); }
  /// One row a position of the base's ids.
  const std::vector<std::vector<float>>& logits() const { return logits_; }

  /// Both can be spoilt before the adapter is written.
  Json& config() { return golden_["config"]; }
  /// [name, shape, scale, offset]
  Json& tensors() { return golden_["tensors"]; }

  /// Writes adapter_config.json and adapter_model.safetensors.
  void write_folder(const std::filesystem::path& folder) const;
  /// As llama.cpp's converter writes it; only for one factor for all (alpha / r).
  std::string gguf(const TinyDecoder& base) const;
  /// Adds the change to the weights of the base's folder; only for weights that are not stored
  /// inputs first.
  void merge_into(TinyDecoder& base) const;

 private:
  /// The factor of the product of this module's tensors.
  double scale(const std::string& module) const;

  Json golden_;
  std::string case_;
  std::vector<std::vector<float>> logits_;
};

}  // namespace mw::testing_support
