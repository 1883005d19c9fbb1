#pragma once

#include <memory>
#include <string_view>

namespace mw::assistant {

/// Runs the front end (text, times, names, plans), the reader of reports and the verifier over any
/// bytes and checks what has to hold for every question; aborts where it does not. For the fuzz
/// target and for tests: it brings a small plant of its own and touches no data.
class QuestionCheck {
 public:
  QuestionCheck();
  ~QuestionCheck();
  void run(std::string_view question) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mw::assistant
