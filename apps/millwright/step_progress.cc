#include "apps/millwright/step_progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/clock.h"
#include "hub/progress_bar.h"

namespace mw::app {

StepProgress::StepProgress(Text what, Language language)
    : what_(std::move(what)),
      language_(language),
      terminal_(::isatty(STDERR_FILENO) != 0),
      start_ns_(steady_ns()) {}

StepProgress::~StepProgress() {
  if (open_line_) std::fputc('\n', stderr);
}

void StepProgress::show(int done, int total) {
  constexpr int kWidth = 24;
  const int tenth = 10 * done / std::max(total, 1);
  if (!terminal_ && tenth == shown_tenth_) return;
  shown_tenth_ = tenth;
  const double seconds = std::max(static_cast<double>(steady_ns() - start_ns_) / 1e9, 1e-9);
  const double rate = done / seconds;
  const int filled = kWidth * done / std::max(total, 1);
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(kWidth - filled), '-');
  const bool zh = language_ == Language::kZh;
  char pace[96] = "";  // nothing before the first step: neither rate nor end is known
  if (done > 0) {
    const std::string left = hub::remaining_time((total - done) / rate, language_);
    std::snprintf(pace, sizeof pace, zh ? "  %.1f/s  剩余 %s" : "  %.1f/s  %s left", rate,
                  left.c_str());
  }
  std::fprintf(stderr, "%s%s [%s] %4d/%d%s%s", terminal_ ? "\r" : "", what_.in(language_).c_str(),
               bar.c_str(), done, total, pace, terminal_ ? "\x1b[K" : "\n");
  std::fflush(stderr);
  open_line_ = terminal_;
}

}  // namespace mw::app
