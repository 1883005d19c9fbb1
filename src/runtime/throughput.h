#pragma once

#include <cstdint>
#include <deque>
#include <utility>

namespace mw::runtime {

/// Tokens a second over the last ten seconds.
class Throughput {
 public:
  void add(int64_t now_ns, int tokens);
  double per_second(int64_t now_ns) const;

 private:
  std::deque<std::pair<int64_t, int>> recent_;  // (time, tokens)
  int64_t sum_ = 0;
};

}  // namespace mw::runtime
