// Any bytes as a vibration recording's file. Its digest would stop nearly all of them, so what lies
// behind it is read with the digest made right, too: what is accepted can be written again.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "core/check.h"
#include "core/sha256.h"
#include "maintenance/vibration/vibration_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::maintenance;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)parse_vibration_file(bytes);
  if (size < 44) return 0;
  mw::Sha256 sum;
  sum.update(std::string_view(bytes).substr(40));
  const mw::Sha256Digest digest = sum.digest();
  std::memcpy(bytes.data() + 8, digest.data(), digest.size());
  const auto file = parse_vibration_file(bytes);
  if (!file) {
    MW_CHECK(file.error().code == mw::Code::kCorrupt);
    return 0;
  }
  MW_CHECK(file->samples.size() == file->info.samples);
  const auto again = parse_vibration_file(vibration_bytes(file->info, file->samples));
  MW_CHECK(again && again->samples == file->samples);
  return 0;
}
