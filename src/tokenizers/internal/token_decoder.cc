#include "tokenizers/internal/token_decoder.h"

#include <algorithm>

#include "tokenizers/internal/byte_fallback.h"

namespace mw::tokenizers {
namespace {

void replace_all(std::string_view pattern, std::string_view content, std::string& text) {
  for (std::size_t at = text.find(pattern); at != std::string::npos;
       at = text.find(pattern, at + content.size())) {
    text.replace(at, pattern.size(), content);
  }
}

}  // namespace

TokenDecoder::TokenDecoder(const Vocabulary& vocabulary, const Rules& rules)
    : offsets_(1, 0),
      strip_spaces_(rules.strip_spaces),
      words_(rules.words),
      goes_on_(rules.goes_on) {
  offsets_.reserve(static_cast<std::size_t>(vocabulary.size()) + 1);
  std::string text;
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    text = vocabulary.bytes_of(id);
    const auto byte = rules.bytes ? byte_of_token(text) : std::nullopt;
    if (byte) text.assign(1, static_cast<char>(*byte));
    for (const Rules::Replace& each : rules.replace) {
      if (!byte) replace_all(each.pattern, each.content, text);
    }
    if (rules.words) {
      const bool goes_on = !rules.goes_on.empty() && text.starts_with(rules.goes_on);
      text = goes_on ? text.substr(rules.goes_on.size()) : " " + text;
    }
    if (rules.cleanup) {
      for (const auto& [from, to] : {std::pair{" .", "."},
                                     {" ?", "?"},
                                     {" !", "!"},
                                     {" ,", ","},
                                     {" ' ", "'"},
                                     {" n't", "n't"},
                                     {" 'm", "'m"},
                                     {" do not", " don't"},
                                     {" 's", "'s"},
                                     {" 've", "'ve"},
                                     {" 're", "'re"}}) {
        replace_all(from, to, text);
      }
    }
    arena_ += text;
    offsets_.push_back(static_cast<uint32_t>(arena_.size()));
  }
}

void TokenDecoder::begin_text(std::string_view first, std::string& text) const {
  if (words_ && !goes_on_.empty() && first.starts_with(goes_on_)) {
    text.insert(0, goes_on_);
  } else if (words_ && text.starts_with(' ')) {
    text.erase(0, 1);
  }
  const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
  text.erase(0, std::min(strip_spaces_, spaces));
}

}  // namespace mw::tokenizers
