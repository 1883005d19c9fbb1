#pragma once

#include <cstdint>

#include "core/language.h"

namespace mw::app {

/// "measuring [######------]  12/211  0.9/s  3 min 40 s left": progress of equal steps on stderr, a
/// line that is rewritten on a terminal, a line each tenth in a log.
class StepProgress {
 public:
  StepProgress(Text what, Language language);
  ~StepProgress();
  StepProgress(const StepProgress&) = delete;
  StepProgress& operator=(const StepProgress&) = delete;

  void show(int done, int total);

 private:
  const Text what_;
  const Language language_;
  const bool terminal_;
  const int64_t start_ns_;
  bool open_line_ = false;
  int shown_tenth_ = -1;
};

}  // namespace mw::app
