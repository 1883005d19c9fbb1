#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/log.h"
#include "models/model.h"
#include "models/packed_cache.h"
#include "runtime/model_host.h"
#include "runtime/scheduler.h"

namespace mw::runtime {

struct LoadOptions {
  std::string name;         // as the API knows it
  std::string fingerprint;  // build and file hash
  int64_t created_s = 0;
  SchedulerOptions scheduler;  // end_ids is filled from the file
  Json card;
};

/// A model opened and its weights packed; what the command line works with.
struct OpenedModel {
  std::shared_ptr<const models::Model> model;  // keeps its file or folder open
  std::shared_ptr<const tokenizers::Tokenizer> tokenizer;
  std::shared_ptr<const ChatTemplate> chat_template;
  std::vector<int32_t> end_ids;
  std::optional<models::PackedCache> packed;
};

struct OpenOptions {
  tensor::Isa isa = tensor::Isa::kScalar;
  int threads = 1;
  std::optional<models::PackedCache> packed;  // where packed weights are kept, if anywhere
  models::Precision precision;
};

/// Opens a GGUF file, or a folder of Hugging Face, with kernels for `isa`. Its packed weights are
/// read where they were kept, else made on `threads` threads.
Result<OpenedModel> open_model(const std::filesystem::path& path, const OpenOptions& options);

/// Keeps the packed weights for the next start where this one had to make them. Takes as long as
/// the disk does; a failure is logged by the cache and otherwise of no consequence.
void keep_packed(const OpenedModel& opened);

/// Starts a scheduler over an opened model.
std::shared_ptr<ServedModel> serve_model(const OpenedModel& opened, LoadOptions options,
                                         LogSink log);

}  // namespace mw::runtime
