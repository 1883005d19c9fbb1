#include "server/api/confirmations.h"

#include "core/sha256.h"

namespace mw::server {
namespace {

constexpr int64_t kGoodForNs = 5 * kNsPerMinute;

}  // namespace

void Confirmations::note(std::string_view token, TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  // Only sessions have any, so this cannot grow by strangers.
  std::erase_if(until_, [&](const auto& each) { return each.second <= now_ns; });
  until_.insert_or_assign(sha256_hex(token), now_ns + kGoodForNs);
}

TimeNs Confirmations::until_ns(std::string_view token, TimeNs now_ns) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = until_.find(sha256_hex(token));
  return found == until_.end() || found->second <= now_ns ? 0 : found->second;
}

bool Confirmations::spend(std::string_view token, TimeNs now_ns) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = until_.find(sha256_hex(token));
  if (found == until_.end()) return false;
  const bool good = found->second > now_ns;
  until_.erase(found);
  return good;
}

}  // namespace mw::server
