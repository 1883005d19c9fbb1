#pragma once

#include <cstdint>

namespace mw::runtime {

/// What a step costs on this machine now, learned from the steps themselves: the basis for how much
/// of a prompt is read between two tokens of others, and for when a first token is promised.
class Pace {
 public:
  void step_took(int prefill_tokens, int decode_rows, int64_t ns);

  /// Prompt tokens that can be read in `ns` beside those who decode; a cautious guess before
  /// anything was measured.
  int prefill_tokens_in(int64_t ns, bool beside_decoding) const;
  /// Time to read `tokens` prompt tokens, in slices of at most `slice_ns` between decoding steps.
  int64_t prefill_ns(int64_t tokens, bool beside_decoding, int64_t slice_ns) const;
  int64_t decode_step_ns() const { return static_cast<int64_t>(decode_ns_); }

 private:
  double prefill_token_ns_ = 0;  // moving averages; 0: not measured yet
  double decode_ns_ = 0;
};

}  // namespace mw::runtime
