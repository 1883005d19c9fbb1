#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "apps/millwright/adapter_flag.h"
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
  std::vector<AdapterFlag> adapters;  // loaded with their model
  /// Folders that models may be imported from over the network, beside `import` in the data folder.
  std::vector<std::string> import_folders;
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
  /// `file:PATH` only from the folders for imports; a relative PATH is one in `import`.
  Result<void> pull(const std::string& source) override;
  /// From `adapters/NAME` (a PEFT folder) or `adapters/NAME.gguf` in the data folder.
  Result<runtime::ModelStatus> load_adapter(const std::string& model,
                                            const std::string& adapter) override;
  Result<void> unload_adapter(const std::string& model, const std::string& adapter) override;

 private:
  struct AdapterEntry {
    runtime::ModelStatus status;
    std::filesystem::path path;
    std::shared_ptr<runtime::ServedModel> served;  // once it is ready
  };
  struct Entry {
    runtime::ModelStatus status;
    std::shared_ptr<runtime::ServedModel> served;  // one of the two, once it is ready
    std::shared_ptr<runtime::Embedder> embedder;
    std::filesystem::path path;  // of one that is not in the store
    bool wanted = false;         // to be loaded
    std::map<std::string, AdapterEntry> adapters;
  };

  void work(std::stop_token stop);
  void read_store();
  void fetch(const std::string& source, std::stop_token stop);
  void load(const std::string& name, std::stop_token stop);
  Result<std::shared_ptr<runtime::Embedder>> load_embedder(const std::string& name,
                                                           const std::filesystem::path& path,
                                                           int64_t created_s) const;
  Error why_not(const std::string& name, const runtime::ModelStatus* status) const;
  void list_embedding_models();
  Result<std::filesystem::path> importable(const std::string& given) const;

  // local_adapters.cc
  void list_adapters();
  void load_adapters_of(const std::string& model);
  Result<runtime::ModelStatus> add_adapter(const AdapterFlag& flag);
  std::optional<Result<std::shared_ptr<runtime::ServedModel>>> find_adapter(
      const std::string& full_name) const;
  Error no_such_adapter(const Entry& entry, const std::string& adapter) const;
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
