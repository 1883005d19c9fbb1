// Streams of events from other servers: however they are cut, the same events come out, and the
// limit holds.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "upstream/event_reader.h"
#include "upstream/internal/model_list.h"

namespace {

constexpr std::size_t kLimit = 256;

struct Seen {
  std::vector<std::string> events;
  bool ok = true;
  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view bytes, std::size_t step) {
  Seen seen;
  mw::upstream::EventReader reader(kLimit);
  for (std::size_t at = 0; at < bytes.size() && seen.ok; at += step) {
    const auto take = [&](std::string_view data) -> mw::Result<void> {
      MW_CHECK(data.size() <= kLimit + kLimit / 2);
      seen.events.emplace_back(data);
      return {};
    };
    seen.ok = reader.push(bytes.substr(at, step), take).has_value();
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  MW_CHECK(read(bytes, step) == read(bytes, bytes.size() + 1));
  (void)mw::upstream::parse_model_list(bytes);
  return 0;
}
