#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::notify {

/// Something that people are to know, in the language of who gets it.
struct Message {
  std::string key;  // the same again is the same message: it is told once
  std::string subject;
  std::string text;  // lines, '\n'
  Json facts;        // for programs
};

/// One way to one set of people.
/// Threads  one at a time.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Hands over all of them as one; when it returns without an error, the other side has them.
  /// Errors   kUnavailable, kUnauthenticated, kInvalidArgument (an address that is refused), with
  ///          what the other side said: it has none of them. kDeadlineExceeded, kIo, kCancelled
  ///          (when `stop` asks for it): it may have them.
  virtual Result<void> send(const std::vector<Message>& messages, std::stop_token stop) = 0;
};

}  // namespace mw::notify
