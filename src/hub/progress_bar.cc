#include "hub/progress_bar.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mw::hub {
namespace {

const Text& stage_name(PullProgress::Stage stage) {
  static const Text names[] = {{"looking up", "查询"},
                               {"waiting for another process", "等待另一进程"},
                               {"fetching", "下载"},
                               {"unpacking", "解压"},
                               {"done", "完成"}};
  return names[static_cast<int>(stage)];
}

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

int percent(const PullProgress& progress) {
  if (progress.bytes == 0) return 0;
  return static_cast<int>(
      std::min<uint64_t>(100, static_cast<uint64_t>(static_cast<double>(progress.bytes_done) *
                                                    100.0 / static_cast<double>(progress.bytes))));
}

}  // namespace

std::string remaining_time(double seconds, Language language) {
  const auto whole = static_cast<long long>(std::ceil(std::clamp(seconds, 0.0, 359'999.0)));
  const bool zh = language == Language::kZh;
  char text[64];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, zh ? "%lld 小时 %02lld 分" : "%lld h %02lld min", whole / 3600,
                  whole % 3600 / 60);
  } else if (whole >= 60) {
    std::snprintf(text, sizeof text, zh ? "%lld 分 %02lld 秒" : "%lld min %02lld s", whole / 60,
                  whole % 60);
  } else {
    std::snprintf(text, sizeof text, zh ? "%lld 秒" : "%lld s", whole);
  }
  return text;
}

std::string progress_line(const PullProgress& progress, int columns, Language language) {
  std::string line = stage_name(progress.stage).in(language);
  if (progress.stage == PullProgress::Stage::kLocating || progress.bytes == 0) return line;
  const double done_mb = static_cast<double>(progress.bytes_done) / 1e6;
  const double all_mb = static_cast<double>(progress.bytes) / 1e6;
  if (progress.stage == PullProgress::Stage::kDone)
    return line + "  " + one_decimal(all_mb) + " MB";
  std::string tail = (percent(progress) < 100 ? "  " : " ") + std::to_string(percent(progress)) +
                     "%  " + one_decimal(done_mb) + "/" + one_decimal(all_mb) + " MB";
  if (progress.bytes_s > 0) {
    tail += "  " + one_decimal(progress.bytes_s / 1e6) + " MB/s";
    const double left =
        static_cast<double>(progress.bytes - std::min(progress.bytes_done, progress.bytes)) /
        progress.bytes_s;
    const bool zh = language == Language::kZh;
    tail += (zh ? "  剩余 " : "  ") + remaining_time(left, language) + (zh ? "" : " left");
  }
  // A Chinese character is three bytes and two columns wide, so bytes are an upper bound.
  const int room = columns - static_cast<int>(line.size() + tail.size()) - 4;
  if (room >= 10) {
    const int width = std::min(room, 40);
    const int filled = width * percent(progress) / 100;
    line += " [" + std::string(static_cast<std::size_t>(filled), '#') +
            std::string(static_cast<std::size_t>(width - filled), '-') + "]";
  }
  return line + tail;
}

bool is_milestone(const PullProgress& before, const PullProgress& now) {
  return before.stage != now.stage || percent(before) / 10 != percent(now) / 10;
}

}  // namespace mw::hub
