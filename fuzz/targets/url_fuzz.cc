// Addresses come from redirects of servers: whatever parses must print to text that parses to the
// same, and may hold nothing that would forge a request line or a header.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hub/remote_url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const mw::hub::Url base = *mw::hub::parse_url("https://hub.example/org/repo?x=1");
  for (const auto& url : {mw::hub::parse_url(text), mw::hub::resolve_url(base, text)}) {
    if (!url) continue;
    if (url->host.empty() || url->port == 0 || url->target.empty() || url->target[0] != '/') {
      std::abort();
    }
    for (const unsigned char c : url->text()) {
      if (c <= 0x20 || c > 0x7e) std::abort();
    }
    const auto again = mw::hub::parse_url(url->text());
    // A long relative target may pass the limit once the base stands before it.
    if (!again && url->text().size() <= 8192) std::abort();
    if (again && again->text() != url->text()) std::abort();
  }
  return 0;
}
