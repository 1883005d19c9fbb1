#pragma once

// Server-sent events as another server sends them: foreign bytes, cut anywhere.
// Goals: every byte stream gives the same events however it is cut; no stream makes it keep more
// than its limits. Left out: event names, ids and retry times, which OpenAI's streams do not use.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::upstream {

/// Reads the event streams of the HTML standard (section 9.2.6): lines end with LF, CRLF or CR.
/// Errors  kTooLarge: a line or an event over the limit; what `on_event` returns. It is of no
///         further use then.
class EventReader {
 public:
  using OnEvent = std::function<Result<void>(std::string_view data)>;

  explicit EventReader(std::size_t max_event_bytes = std::size_t{1} << 20)
      : max_event_bytes_(max_event_bytes) {}

  /// Calls `on_event` with the data of each event that ends within `bytes`.
  Result<void> push(std::string_view bytes, const OnEvent& on_event);
  /// Whether the stream stands within an event: one that ends here was cut.
  bool within_event() const { return has_data_ || !line_.empty(); }

 private:
  Result<void> take_line(const OnEvent& on_event);

  const std::size_t max_event_bytes_;
  std::string line_;  // begun and not ended
  std::string data_;  // of the event so far
  bool has_data_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
};

}  // namespace mw::upstream
