#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/gguf.h"
#include "formats/safetensors_set.h"

namespace mw::models {

/// Tensors that stand in for those of a file, by name.
using ReplacedTensors = std::map<std::string, formats::StoredTensor, std::less<>>;

/// The tensors of a model by the names of its file, whatever kind of file it is; borrows it.
class WeightFile {
 public:
  explicit WeightFile(const formats::GgufFile& file) : gguf_(&file) {}
  explicit WeightFile(const formats::SafetensorsSet& set) : set_(&set) {}
  WeightFile(const formats::GgufFile& file, const ReplacedTensors& replaced)
      : gguf_(&file), replaced_(&replaced) {}

  bool has(std::string_view name) const;
  /// Errors: kCorrupt where there is none, kUnsupported where its element type is no weight's.
  Result<formats::StoredTensor> tensor(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  const formats::GgufFile* gguf_ = nullptr;  // one of the two
  const formats::SafetensorsSet* set_ = nullptr;
  const ReplacedTensors* replaced_ = nullptr;
};

}  // namespace mw::models
