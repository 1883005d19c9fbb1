// Any bytes as a safetensors file: parsed, and what is accepted is looked at as a loader would.

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/check.h"
#include "formats/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::formats;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto file = SafetensorsFile::parse(bytes);
  if (!file) {
    MW_CHECK(!file.error().message.en.empty());
    return 0;
  }
  std::size_t total = 0;
  for (const SafetensorsTensor& tensor : file->tensors()) {
    MW_CHECK(file->tensor(tensor.name) == &tensor);
    MW_CHECK(tensor.bytes.empty() ||
             (tensor.bytes.data() >= bytes.data() &&
              tensor.bytes.data() + tensor.bytes.size() <= bytes.data() + bytes.size()));
    total += tensor.bytes.size();
    const auto stored = stored_tensor(tensor);
    MW_CHECK(!stored || stored->elements() >= 0);
  }
  MW_CHECK(total <= size);
  return 0;
}
