#include "runtime/internal/pace.h"

#include <algorithm>
#include <cmath>

namespace mw::runtime {
namespace {

constexpr int kUnknownSlice = 64;  // tokens, before anything was measured
constexpr int kLeastSlice = 16;    // a prompt goes on, however slow the machine
constexpr int kMeasuredFrom = 32;  // tokens: shorter slices say little about the rate
constexpr double kNewest = 0.25;   // weight of the newest step

void learn(double& average, double value) {
  average = average == 0 ? value : (1 - kNewest) * average + kNewest * value;
}

}  // namespace

void Pace::step_took(int prefill_tokens, int decode_rows, int64_t ns) {
  const auto took = static_cast<double>(ns);
  if (prefill_tokens == 0) {
    if (decode_rows > 0) learn(decode_ns_, took);
    return;
  }
  if (prefill_tokens < kMeasuredFrom) return;
  const double others = decode_rows > 0 ? decode_ns_ : 0;
  learn(prefill_token_ns_, std::max(took - others, 0.5 * took) / prefill_tokens);
}

int Pace::prefill_tokens_in(int64_t ns, bool beside_decoding) const {
  if (prefill_token_ns_ == 0) return kUnknownSlice;
  const double left = static_cast<double>(ns) - (beside_decoding ? decode_ns_ : 0);
  return std::max(kLeastSlice, static_cast<int>(std::min(left / prefill_token_ns_, 1e6)));
}

int64_t Pace::prefill_ns(int64_t tokens, bool beside_decoding, int64_t slice_ns) const {
  const double reading = static_cast<double>(tokens) * prefill_token_ns_;
  if (!beside_decoding) return static_cast<int64_t>(reading);
  const double slices =
      std::ceil(static_cast<double>(tokens) / prefill_tokens_in(slice_ns, beside_decoding));
  return static_cast<int64_t>(reading + slices * decode_ns_);
}

}  // namespace mw::runtime
