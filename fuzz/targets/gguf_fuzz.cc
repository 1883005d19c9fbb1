// Any bytes as a GGUF file: parsed, and what is accepted is looked at as a loader would.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/check.h"
#include "formats/dequantize.h"
#include "formats/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::formats;
  const auto file = GgufFile::parse(std::as_bytes(std::span(data, size)));
  if (!file) {
    MW_CHECK(!file.error().message.en.empty());
    return 0;
  }
  for (const GgufEntry& entry : file->entries()) {
    // Any look-up of any key either gives a value or an error.
    (void)file->text(entry.key);
    (void)file->integer(entry.key);
    (void)file->number(entry.key);
    (void)file->flag(entry.key, false);
    (void)file->texts(entry.key);
    (void)file->integers(entry.key);
    (void)file->numbers(entry.key);
  }
  for (const GgufTensor& tensor : file->tensors()) {
    MW_CHECK(file->tensor(tensor.name) == &tensor);
    MW_CHECK(tensor.bytes.data() >= std::as_bytes(std::span(data, size)).data());
    MW_CHECK(tensor.bytes.size() <= size);
    if (!can_dequantize(tensor.type)) continue;
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    dequantize(tensor.type, tensor.bytes, values);
  }
  return 0;
}
