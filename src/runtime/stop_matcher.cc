#include "runtime/stop_matcher.h"

#include <algorithm>
#include <utility>

namespace mw::runtime {

StopMatcher::StopMatcher(std::vector<std::string> stop) {
  for (std::string& text : stop) {
    if (text.empty()) continue;
    Pattern pattern{std::move(text), {}, 0};
    std::vector<std::size_t>& border = pattern.border;
    border.assign(pattern.text.size(), 0);
    for (std::size_t i = 1, length = 0; i < pattern.text.size(); ++i) {
      while (length > 0 && pattern.text[i] != pattern.text[length]) length = border[length - 1];
      if (pattern.text[i] == pattern.text[length]) ++length;
      border[i] = length;
    }
    patterns_.push_back(std::move(pattern));
  }
}

void StopMatcher::advance(Pattern& pattern, char next) {
  while (pattern.length > 0 && pattern.text[pattern.length] != next) {
    pattern.length = pattern.border[pattern.length - 1];
  }
  if (pattern.text[pattern.length] == next) ++pattern.length;
}

std::string StopMatcher::push(std::string_view text) {
  if (stopped_) return {};
  std::size_t longest = 0;
  for (const char next : text) {
    held_ += next;
    longest = 0;
    for (Pattern& pattern : patterns_) {
      advance(pattern, next);
      longest = std::max(longest, pattern.length);
      const bool complete = pattern.length == pattern.text.size();
      if (complete && pattern.text.size() > matched_.size()) matched_ = pattern.text;
    }
    if (!matched_.empty()) {
      stopped_ = true;
      held_.resize(held_.size() - matched_.size());
      return std::exchange(held_, {});
    }
  }
  if (text.empty()) return {};
  const std::size_t safe = held_.size() - longest;
  std::string out = held_.substr(0, safe);
  held_.erase(0, safe);
  return out;
}

std::string StopMatcher::finish() {
  for (Pattern& pattern : patterns_) pattern.length = 0;
  return std::exchange(held_, {});
}

}  // namespace mw::runtime
