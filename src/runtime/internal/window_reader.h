#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/check.h"
#include "models/model.h"
#include "runtime/sampler.h"

namespace mw::runtime {

inline constexpr int kRows = 64;  // logits at once: 64 x 49,152 f32 = 12.6 MB

/// Runs one model through windows of a text, kRows scored positions at a time.
class WindowReader {
 public:
  WindowReader(const models::Model& model, int window, const tensor::ExecContext& ctx)
      : model_(model),
        ctx_(ctx),
        workspace_(model.make_workspace(std::max(window, kRows), kRows)),
        pool_(model.config(), room(model.config(), window)),
        kv_(pool_),
        logits_(kRows, model.config().vocabulary) {}

  /// Starts a window with ids that are read but not scored.
  void begin(std::span<const int32_t> prefix, int window) {
    kv_.truncate(0);
    MW_CHECK(kv_.reserve(window).has_value());
    const models::ForwardSegment part{prefix, &kv_, models::ForwardSegment::Logits::kNone};
    model_.forward({&part, 1}, *workspace_, logits_.view(0), ctx_);
  }
  /// Log probabilities of what follows each of `ids` (at most kRows) are in logprobs() then.
  void read(std::span<const int32_t> ids) {
    const models::ForwardSegment part{ids, &kv_, models::ForwardSegment::Logits::kAll};
    model_.forward({&part, 1}, *workspace_, logits_.view(static_cast<int>(ids.size())), ctx_);
  }
  /// Writes the log probabilities of the token after the i-th of those read last.
  void logprobs(int i, std::vector<float>& out) const {
    out.resize(static_cast<std::size_t>(model_.config().vocabulary));
    Sampler::to_logprobs({logits_.row(i), out.size()}, *ctx_.kernels, out);
  }

 private:
  static uint64_t room(const models::ModelConfig& config, int window) {
    const uint64_t block = models::KvPool(config, 0).block_bytes();
    return block * (static_cast<uint64_t>(window) / tensor::kKvBlock + 1);
  }

  const models::Model& model_;
  const tensor::ExecContext& ctx_;
  std::unique_ptr<models::Workspace> workspace_;
  models::KvPool pool_;
  models::KvSequence kv_;
  tensor::Matrix<float> logits_;
};

/// Calls each(ids that follow the rows) for all scored positions of the windows, at most kRows at a
/// time, after all `readers` have read them; returns the number of windows.
template <class Each>
int for_each_block(std::span<WindowReader* const> readers, std::span<const int32_t> ids, int window,
                   int max_windows, int32_t bos,
                   const std::function<void(int done, int windows)>& progress, const Each& each) {
  MW_CHECK(window >= 4);
  int windows = static_cast<int>(ids.size() / static_cast<std::size_t>(window));
  if (max_windows > 0) windows = std::min(windows, max_windows);
  const int half = window / 2;
  for (int index = 0; index < windows; ++index) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(index) * window;
    std::vector<int32_t> chunk(first, first + window);
    if (bos >= 0) chunk[0] = bos;
    const std::span<const int32_t> all(chunk);
    for (WindowReader* reader : readers) {
      reader->begin(all.first(static_cast<std::size_t>(half)), window);
    }
    // The token at half is predicted from before it but not scored: positions half..window-2
    // predict tokens half+1..window-1.
    for (int at = half; at < window - 1; at += kRows) {
      const auto count = static_cast<std::size_t>(std::min(kRows, window - 1 - at));
      for (WindowReader* reader : readers) {
        reader->read(all.subspan(static_cast<std::size_t>(at), count));
      }
      each(all.subspan(static_cast<std::size_t>(at + 1), count));
    }
    if (progress) progress(index + 1, windows);
  }
  return windows;
}

/// The same one position at a time: each(readers' index of the row, the id that follows).
template <class Each>
int for_each_position(std::span<WindowReader* const> readers, std::span<const int32_t> ids,
                      int window, int max_windows, int32_t bos,
                      const std::function<void(int done, int windows)>& progress,
                      const Each& each) {
  return for_each_block(readers, ids, window, max_windows, bos, progress,
                        [&](std::span<const int32_t> next) {
                          for (std::size_t i = 0; i < next.size(); ++i) {
                            each(static_cast<int>(i), next[i]);
                          }
                        });
}

}  // namespace mw::runtime
