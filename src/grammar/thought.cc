#include "grammar/thought.h"

#include <algorithm>

namespace mw::grammar {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Whether the text ends with a whole character of UTF-8 (or with bytes that are none).
bool ends_whole(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(text.size(), 4); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0u) == 0x80) continue;
    const std::size_t bytes = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return back >= bytes;
  }
  return true;
}

}  // namespace

ThoughtReader::ThoughtReader(Thought thought)
    : state_(thought == Thought::kNone    ? State::kAfter
             : thought == Thought::kMaybe ? State::kMaybe
                                          : State::kInside) {}

void ThoughtReader::push(std::string_view text) {
  if (state_ == State::kAfter) return;
  tail_ += text;
  if (state_ == State::kMaybe) {
    tail_.erase(0, tail_.find_first_not_of(kSpace));
    if (kThoughtOpen.starts_with(tail_.substr(0, kThoughtOpen.size()))) {
      if (tail_.size() < kThoughtOpen.size()) return;
      tail_.erase(0, kThoughtOpen.size());
      state_ = State::kInside;
    } else {
      state_ = State::kAfter;
    }
  }
  if (state_ == State::kInside) {
    if (tail_.find(kThoughtClose) != std::string::npos) state_ = State::kAfter;
    if (tail_.size() >= kThoughtClose.size()) {
      tail_.erase(0, tail_.size() - kThoughtClose.size() + 1);
    }
  }
}

std::optional<std::string_view> ThoughtReader::rest_of_close() const {
  if (!ends_whole(tail_)) return std::nullopt;
  for (std::size_t known = std::min(tail_.size(), kThoughtClose.size() - 1); known > 0; --known) {
    if (std::string_view(tail_).ends_with(kThoughtClose.substr(0, known))) {
      return kThoughtClose.substr(known);
    }
  }
  return kThoughtClose;
}

}  // namespace mw::grammar
