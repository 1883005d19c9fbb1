#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "models/model_config.h"
#include "tensor/low_rank.h"

namespace mw::models {

/// Products of a layer that an adapter can change.
enum class Product { kQuery, kKey, kValue, kOutput, kGate, kUp, kDown };
inline constexpr std::size_t kLayerProducts = 7;

/// Changes of low rank (LoRA) to the products of one base model; which requests run with them is
/// each request's choice (ForwardSegment::adapter). Immutable.
///
/// Source   Hu et al. 2021, arXiv:2106.09685; PEFT's adapter_config.json; ADR 0028.
class Adapter {
 public:
  /// nullptr where it changes nothing.
  const tensor::LowRank* change(Product product, int layer) const {
    const auto& found = layers_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(product)];
    return found.empty() ? nullptr : &found;
  }
  const tensor::LowRank* logits_change() const { return logits_.empty() ? nullptr : &logits_; }

  int layers() const { return static_cast<int>(layers_.size()); }
  /// The largest of its changes.
  int rank() const { return rank_; }
  uint64_t bytes() const { return bytes_; }
  /// The base model as the adapter's file names it; may be empty.
  const std::string& base_name() const { return base_name_; }
  /// SHA-256 of all its numbers: adapters of one digest give the same bits.
  const std::string& digest() const { return digest_; }

 private:
  friend class AdapterBuilder;
  Adapter() = default;

  std::vector<std::array<tensor::LowRank, kLayerProducts>> layers_;
  tensor::LowRank logits_;
  int rank_ = 0;
  uint64_t bytes_ = 0;
  std::string base_name_;
  std::string digest_;
};

/// Loads an adapter for models of configuration `base`: a folder of PEFT's (adapter_config.json and
/// adapter_model.safetensors) or a GGUF file (general.type = adapter), whichever kind of file the
/// base is from.
///
/// Errors   kNotFound for a missing file; kUnsupported for what this version does not do and for an
///          adapter of another model; kCorrupt for what does not fit itself or the base. Each names
///          the key or tensor.
Result<std::shared_ptr<const Adapter>> load_adapter(const std::filesystem::path& path,
                                                    const ModelConfig& base);

}  // namespace mw::models
