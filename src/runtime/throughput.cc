#include "runtime/throughput.h"

#include "core/clock.h"

namespace mw::runtime {
namespace {
constexpr int64_t kWindowNs = 10 * kNsPerSecond;
}

void Throughput::add(int64_t now_ns, int tokens) {
  recent_.emplace_back(now_ns, tokens);
  sum_ += tokens;
  while (!recent_.empty() && recent_.front().first < now_ns - kWindowNs) {
    sum_ -= recent_.front().second;
    recent_.pop_front();
  }
}

double Throughput::per_second(int64_t now_ns) const {
  int64_t tokens = sum_;
  for (const auto& [time, count] : recent_) {
    if (time >= now_ns - kWindowNs) break;
    tokens -= count;
  }
  return static_cast<double>(tokens) / 10.0;
}

}  // namespace mw::runtime
