#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "runtime/chat_template.h"
#include "runtime/embedder.h"
#include "runtime/generator.h"
#include "tokenizers/tokenizer.h"

namespace mw::runtime {

class Scheduler;

/// A model that is ready to answer. Immutable but for the generator, which is thread-safe.
struct ServedModel {
  std::string name;         // as asked for in the API
  std::string fingerprint;  // build and file hash: the replay key, OpenAI's system_fingerprint
  int64_t created_s = 0;
  std::shared_ptr<const tokenizers::Tokenizer> tokenizer;
  std::shared_ptr<const ChatTemplate> chat_template;
  std::shared_ptr<Generator> generator;
  std::shared_ptr<Scheduler> scheduler;  // of a model that adapters can be added to, else null
  std::shared_ptr<const models::Adapter> adapter;  // that the generator runs with; null: none
  std::vector<int32_t> end_ids;
  Json card;  // what the model was measured to do; see runtime/probe.h
};

enum class ModelState { kAbsent, kFetching, kLoading, kReady, kFailed };

struct ModelStatus {
  std::string name;
  ModelState state = ModelState::kAbsent;
  double progress = 0;      // 0..1 while fetching or loading
  uint64_t bytes = 0;       // size of the file
  uint64_t bytes_done = 0;  // while fetching
  double bytes_s = 0;       // while fetching
  std::string licence;
  std::string source;
  Text problem;  // when kFailed
  Json card;
  std::string parent;  // of an adapter, "model:adapter": the model; empty for models
  int rank = 0;        // of an adapter
};

/// The models of this process, loaded in the background. Faked in tests of the layers above.
class ModelHost {
 public:
  virtual ~ModelHost() = default;
  virtual std::vector<ModelStatus> list() const = 0;
  /// An empty name is the default model. kNotFound for a name that is not in the store,
  /// kUnavailable for one that is not ready yet.
  virtual Result<std::shared_ptr<ServedModel>> find(const std::string& name) const = 0;
  /// The same for a model that makes vectors or ranks; kUnsupported where the name is one that
  /// writes text.
  virtual Result<std::shared_ptr<Embedder>> find_embedder(const std::string& name) const = 0;
  /// The vocabulary of an encoding in which clients send ids ("cl100k_base"); nullptr where this
  /// process has none.
  virtual std::shared_ptr<const tokenizers::Tokenizer> client_vocabulary(
      const std::string& encoding) const = 0;
  /// Starts to fetch and load `source` ("smollm2-135m-instruct", "hf:ORG/REPO/FILE", "file:PATH").
  virtual Result<void> pull(const std::string& source) = 0;

  /// Loads the adapter of that name from the process' own folder of adapters, beside or in place of
  /// one that runs already; then it is found as "model:adapter". Blocks. kNotFound where there is
  /// no such model or adapter, else as models::load_adapter.
  virtual Result<ModelStatus> load_adapter(const std::string& model, const std::string& adapter);
  /// Answers that run with it end with it. kNotFound where it is not loaded.
  virtual Result<void> unload_adapter(const std::string& model, const std::string& adapter);
};

}  // namespace mw::runtime
