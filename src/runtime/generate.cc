#include <condition_variable>
#include <mutex>

#include "runtime/generator.h"

namespace mw::runtime {

Result<GenerateResult> generate(Generator& generator, GenerateRequest request,
                                Generator::OnPiece on_piece) {
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<GenerateResult> result;
  };
  const auto wait = std::make_shared<Wait>();
  const auto submitted = generator.submit(std::move(request), std::move(on_piece),
                                          [wait](const GenerateResult& result) {
                                            const std::lock_guard<std::mutex> guard(wait->mutex);
                                            wait->result = result;
                                            wait->changed.notify_all();
                                          });
  if (!submitted) return submitted.error();
  std::unique_lock<std::mutex> lock(wait->mutex);
  wait->changed.wait(lock, [&] { return wait->result.has_value(); });
  if (wait->result->finish == FinishReason::kError) return wait->result->error;
  return std::move(*wait->result);
}

}  // namespace mw::runtime
