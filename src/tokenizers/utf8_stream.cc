#include "tokenizers/utf8_stream.h"

#include <algorithm>

namespace mw::tokenizers {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct Sequence {
  std::size_t bytes = 1;  // of the character, or of its longest valid beginning
  bool complete = false;
  bool may_continue = false;  // the text ends inside it
};

/// Table 3-7 of the Unicode standard: the range of the second byte depends on the first.
Sequence sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true, false};
  if (lead < 0xc2 || lead > 0xf4) return {};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size()) return {i, false, true};
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (i == 1) {
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    }
    if (byte(i) < low || byte(i) > high) return {i, false, false};
  }
  return {length, true, false};
}

}  // namespace

std::string Utf8Stream::push(std::string_view bytes) {
  std::string joined;
  std::string_view text = bytes;
  if (!held_.empty()) {
    joined = held_;
    joined += bytes;
    held_.clear();
    text = joined;
  }
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_at(text, at);
    if (sequence.may_continue) {
      held_ = text.substr(at);
      break;
    }
    out += sequence.complete ? text.substr(at, sequence.bytes) : kReplacement;
    at += sequence.bytes;
  }
  return out;
}

std::string Utf8Stream::finish() {
  if (held_.empty()) return {};
  held_.clear();
  return std::string(kReplacement);
}

}  // namespace mw::tokenizers
