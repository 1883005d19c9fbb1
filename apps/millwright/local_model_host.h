#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/log.h"
#include "hub/model_store.h"
#include "hub/pull.h"
#include "runtime/loaded_model.h"
#include "runtime/model_host.h"

namespace mw::app {

struct ModelHostOptions {
  std::filesystem::path data;
  std::string default_model;  // loaded at start when the store has it
  int threads = 1;
  tensor::Isa isa = tensor::Isa::kScalar;
  models::Precision precision;  // of the store's models
  runtime::SchedulerOptions
      scheduler;  // limits of each model; what depends on the model is filled in
  hub::PullOptions pull;
  /// Files and folders of embedding models and rerankers that are served too, beside what the store
  /// has; each under the name of its file or folder.
  std::vector<std::string> embedding_models;
};

/// The models of `millwright serve`: those of the store, loaded one after the other by a thread of
/// its own, so that the server is up before any model is. A model that has no card of this
/// version's probes is measured after it is loaded, and its card is kept in the store.
class LocalModelHost final : public runtime::ModelHost {
 public:
  LocalModelHost(hub::ModelStore store, ModelHostOptions options, LogSink log);
  ~LocalModelHost() override;

  std::vector<runtime::ModelStatus> list() const override;
  Result<std::shared_ptr<runtime::ServedModel>> find(const std::string& name) const override;
  Result<std::shared_ptr<runtime::Embedder>> find_embedder(const std::string& name) const override;
  /// From `encodings/NAME.json` (a tokenizer.json) in the data folder, read when first asked for.
  std::shared_ptr<const tokenizers::Tokenizer> client_vocabulary(
      const std::string& encoding) const override;
  Result<void> pull(const std::string& source) override;

 private:
  struct Entry {
    runtime::ModelStatus status;
    std::shared_ptr<runtime::ServedModel> served;  // one of the two, once it is ready
    std::shared_ptr<runtime::Embedder> embedder;
    std::filesystem::path path;  // of one that is not in the store
    bool wanted = false;         // to be loaded
  };

  void work(std::stop_token stop);
  void read_store();
  void fetch(const std::string& source, std::stop_token stop);
  void load(const std::string& name, std::stop_token stop);
  Result<std::shared_ptr<runtime::Embedder>> load_embedder(const std::string& name,
                                                           const std::filesystem::path& path,
                                                           int64_t created_s) const;
  Error why_not(const std::string& name, const Entry* entry) const;
  void list_embedding_models();
  void update(const std::string& name, const std::function<void(Entry&)>& change);

  const hub::ModelStore store_;
  const ModelHostOptions options_;
  const LogSink log_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> sources_;  // to be fetched
  mutable std::mutex vocabularies_mutex_;
  mutable std::map<std::string, std::shared_ptr<const tokenizers::Tokenizer>> vocabularies_;
  std::jthread thread_;
};

}  // namespace mw::app
