// Any bytes as a MAT-file: what is accepted holds as many values as its dimensions say, and no more
// than the input's length justifies (an inflated element has a limit of its own).

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/check.h"
#include "maintenance/mat/mat_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  const MatLimits limits{.most_bytes = uint64_t{1} << 22, .most_variables = 100};
  const auto file = parse_mat(std::as_bytes(std::span(data, size)), limits);
  if (!file) {
    MW_CHECK(!file.error().message.en.empty());
    return 0;
  }
  uint64_t total = 0;
  for (const MatArray& array : file->arrays) {
    uint64_t count = 1;
    for (const uint64_t each : array.dimensions) count *= each;
    MW_CHECK(count == array.values.size());
    total += count * sizeof(double);
  }
  MW_CHECK(total <= limits.most_bytes);
  MW_CHECK(file->arrays.size() + file->left_out.size() <= limits.most_variables);
  return 0;
}
