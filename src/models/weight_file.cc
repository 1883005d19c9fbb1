#include "models/weight_file.h"

namespace mw::models {

bool WeightFile::has(std::string_view name) const {
  return gguf_ != nullptr ? gguf_->tensor(name) != nullptr : set_->tensor(name) != nullptr;
}

Result<formats::StoredTensor> WeightFile::tensor(std::string_view name) const {
  if (replaced_ != nullptr) {
    const auto found = replaced_->find(name);
    if (found != replaced_->end()) return found->second;
  }
  if (gguf_ != nullptr) {
    if (const formats::GgufTensor* found = gguf_->tensor(name)) return *found;
  } else if (const formats::SafetensorsTensor* found = set_->tensor(name)) {
    return formats::stored_tensor(*found);
  }
  const std::string key(name);
  return Error::make(Code::kCorrupt, "tensor " + key + " is missing", "缺少张量 " + key, key);
}

std::vector<std::string> WeightFile::names() const {
  std::vector<std::string> names;
  if (gguf_ != nullptr) {
    for (const formats::GgufTensor& each : gguf_->tensors()) names.push_back(each.name);
  } else {
    for (const formats::SafetensorsTensor* each : set_->tensors()) names.push_back(each->name);
  }
  return names;
}

}  // namespace mw::models
