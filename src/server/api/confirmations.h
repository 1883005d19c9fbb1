#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace mw::server {

/// Sessions whose person showed a moment ago, to the identity provider, that it is still them (ADR
/// 0147). Each is good for one action within five minutes, of that session; a restart forgets them.
/// Threads  any.
class Confirmations {
 public:
  void note(std::string_view token, TimeNs now_ns);
  /// Until when it may be spent; 0: there is none.
  TimeNs until_ns(std::string_view token, TimeNs now_ns) const;
  bool spend(std::string_view token, TimeNs now_ns);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, TimeNs> until_;  // by a hash of the token
};

}  // namespace mw::server
