#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/generator.h"
#include "runtime/stop_matcher.h"
#include "tokenizers/tokenizer.h"
#include "tokenizers/utf8_stream.h"

namespace mw::runtime {

/// Turns the tokens of one answer into pieces of text: whole characters only, nothing that may
/// still become a stop string, nothing of the stop string itself.
class AnswerText {
 public:
  AnswerText(std::shared_ptr<const tokenizers::Tokenizer> tokenizer, std::vector<std::string> stop);

  /// Text that is safe to send after this token; sets `stopped` when a stop string is complete.
  std::string push(int32_t id);
  /// What was held back, at the end of an answer that no stop string ended.
  std::string finish();

  bool stopped() const { return stopped_; }
  /// All text so far.
  const std::string& text() const { return text_; }

 private:
  std::shared_ptr<const tokenizers::Tokenizer> tokenizer_;
  tokenizers::Utf8Stream characters_;
  StopMatcher stop_;
  bool stopped_ = false;
  std::string text_;
};

}  // namespace mw::runtime
