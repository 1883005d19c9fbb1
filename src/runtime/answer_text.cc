#include "runtime/answer_text.h"

namespace mw::runtime {

AnswerText::AnswerText(std::shared_ptr<const tokenizers::Tokenizer> tokenizer,
                       std::vector<std::string> stop)
    : tokenizer_(std::move(tokenizer)), stop_(std::move(stop)) {}

std::string AnswerText::push(int32_t id) {
  if (stopped_ || tokenizer_->is_control(id)) return {};
  std::string safe = stop_.push(characters_.push(tokenizer_->piece(id)));
  stopped_ = stop_.stopped();
  text_ += safe;
  return safe;
}

std::string AnswerText::finish() {
  if (stopped_) return {};
  std::string rest = stop_.push(characters_.finish());
  stopped_ = stop_.stopped();
  if (!stopped_) rest += stop_.finish();
  text_ += rest;
  return rest;
}

}  // namespace mw::runtime
