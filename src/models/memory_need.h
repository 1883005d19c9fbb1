#pragma once

#include <cstdint>
#include <optional>

#include "core/result.h"
#include "models/model.h"
#include "models/weight_file.h"

namespace mw::models {

/// Bytes that running a decoder takes at least.
struct MemoryNeed {
  uint64_t weights = 0;          // packed for the kernels
  uint64_t rounded_weights = 0;  // the same with floats rounded to 8 bits (--round-weights)
  uint64_t conversation = 0;     // keys and values of one, 4,096 tokens or the model's window
  uint64_t elements = 0;         // numbers in the weights
  uint64_t total() const;        // with buffers, threads and tables
};

/// From shapes and types alone: nothing is packed or read. A tensor that no kernel takes counts
/// nothing; loading refuses it by name.
MemoryNeed memory_need(const WeightFile& file, const ModelConfig& config, FloatWeights floats);

/// kResourceExhausted when `free_bytes` is less than `need` takes, with what would fit. An unknown
/// amount of free memory refuses nothing.
Result<void> check_memory(const MemoryNeed& need, std::optional<uint64_t> free_bytes);

/// Memory for keys and values once the weights are loaded: at most `wanted`, and half of what is
/// free, so that the machine keeps room for files and other programs; one conversation at least.
uint64_t kv_budget(uint64_t wanted, const ModelConfig& config, std::optional<uint64_t> free_bytes);

}  // namespace mw::models
