// Any bytes as a recording in text: the first line names the channel. What is read is numbers.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "maintenance/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return 0;
  const auto found =
      mw::maintenance::parse_recording(text.substr(end + 1), "a.csv", text.substr(0, end));
  if (!found) MW_CHECK(!found.error().message.zh.empty());
  return 0;
}
