#include "apps/millwright/local_model_host.h"

#include <algorithm>

#include "apps/millwright/engine_flags.h"
#include "apps/millwright/model_path.h"
#include "core/clock.h"
#include "core/file.h"
#include "runtime/probe.h"
#include "tokenizers/tokenizer_json.h"

namespace mw::app {
namespace {

using runtime::ModelState;

constexpr uint64_t kMaxVocabularyBytes = uint64_t{64} << 20;

bool has_current_card(const Json& card) {
  return card.is_object() && card.value("probe_version", 0) == runtime::kProbeVersion;
}

}  // namespace

LocalModelHost::LocalModelHost(hub::ModelStore store, ModelHostOptions options, LogSink log)
    : store_(std::move(store)), options_(std::move(options)), log_(std::move(log)) {
  // The default model is listed even when it is not there, so that it can be fetched.
  Entry missing;
  missing.status.name = options_.default_model;
  missing.status.source = options_.default_model;
  entries_[options_.default_model] = std::move(missing);
  list_embedding_models();
  read_store();
  list_adapters();
  thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
}

LocalModelHost::~LocalModelHost() {
  thread_.request_stop();
  changed_.notify_all();
  thread_.join();
}

void LocalModelHost::read_store() {
  const auto stored = store_.list();
  if (!stored) {
    log_(LogLevel::kError, "models", stored.error().message.en);
    return;
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const hub::StoredModel& model : *stored) {
    Entry& entry = entries_[model.manifest.name];
    if (entry.served != nullptr || entry.embedder != nullptr) continue;
    entry.status.name = model.manifest.name;
    entry.status.bytes = model.manifest.bytes;
    entry.status.licence = model.manifest.licence;
    entry.status.source = model.manifest.source;
    entry.status.card = model.manifest.card;
    if (model.problem) {
      entry.status.state = ModelState::kFailed;
      entry.status.problem = model.problem->message;
    } else {
      entry.status.state = ModelState::kLoading;
      entry.wanted = true;
    }
  }
}

std::vector<runtime::ModelStatus> LocalModelHost::list() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::vector<runtime::ModelStatus> out;
  for (const auto& [name, entry] : entries_) {
    out.push_back(entry.status);
    for (const auto& [adapter, each] : entry.adapters) out.push_back(each.status);
  }
  return out;
}

Result<std::shared_ptr<runtime::ServedModel>> LocalModelHost::find(const std::string& name) const {
  const std::string wanted = name.empty() ? options_.default_model : name;
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = entries_.find(wanted);
  if (found != entries_.end() && found->second.served != nullptr) return found->second.served;
  // An empty name takes any model that is ready when the default one is not.
  if (name.empty()) {
    for (const auto& [other, entry] : entries_) {
      if (entry.served != nullptr) return entry.served;
    }
  }
  if (auto adapted = find_adapter(wanted)) return *std::move(adapted);
  if (found != entries_.end() && found->second.embedder != nullptr) {
    return Error::make(Code::kUnsupported,
                       "model '" + wanted + "' makes vectors or ranks, and writes no text",
                       "模型“" + wanted + "”用于向量或重排序，不能生成文本", "model");
  }
  return why_not(wanted, found == entries_.end() ? nullptr : &found->second.status);
}

Result<std::shared_ptr<runtime::Embedder>> LocalModelHost::find_embedder(
    const std::string& name) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end() && found->second.embedder != nullptr) return found->second.embedder;
  if (found != entries_.end() && found->second.served != nullptr) {
    return Error::make(Code::kUnsupported, "model '" + name + "' writes text and has no embeddings",
                       "模型“" + name + "”用于生成文本，不提供向量", "model");
  }
  return why_not(name, found == entries_.end() ? nullptr : &found->second.status);
}

Error LocalModelHost::why_not(const std::string& wanted, const runtime::ModelStatus* status) const {
  if (status == nullptr) {
    return Error::make(
        Code::kNotFound,
        "model '" + wanted + "' does not exist here; GET /v1/models lists those that do",
        "模型“" + wanted + "”不存在，可通过 GET /v1/models 查看", "model");
  }
  if (status->state == ModelState::kAbsent) {
    return Error::make(
        Code::kUnavailable,
        "model '" + wanted + "' is not on this machine; fetch it with: millwright pull " + wanted,
        "本机没有模型“" + wanted + "”，请执行：millwright pull " + wanted, "model");
  }
  if (status->state == ModelState::kFailed) {
    return Error::make(Code::kUnavailable,
                       "model '" + wanted + "' failed to load: " + status->problem.en,
                       "模型“" + wanted + "”加载失败", "model");
  }
  return Error::make(Code::kUnavailable, "model '" + wanted + "' is still loading; try again",
                     "模型“" + wanted + "”正在加载，请稍后再试", "model");
}

/// Who may fetch models may not read the server's files for that: only what lies, links resolved,
/// in a folder for imports. Others are refused alike whether they exist or not.
Result<std::filesystem::path> LocalModelHost::importable(const std::string& given) const {
  const std::filesystem::path inbox = options_.data / "import";
  std::error_code problem;
  const auto path = std::filesystem::weakly_canonical(inbox / given, problem);
  std::vector<std::filesystem::path> roots = {inbox};
  roots.insert(roots.end(), options_.import_folders.begin(), options_.import_folders.end());
  for (const std::filesystem::path& each : roots) {
    const auto root = std::filesystem::weakly_canonical(each, problem);
    const auto inside = path.lexically_relative(root);
    if (problem || root.empty() || inside.empty() || *inside.begin() == ".." || inside == ".") {
      continue;
    }
    if (std::filesystem::exists(path, problem)) return path;
    return Error::make(Code::kNotFound, path.string() + " is not there", path.string() + " 不存在",
                       "source");
  }
  return Error::make(
      Code::kPermissionDenied,
      "files of the server are read from folders for imports only: put the model into " +
          inbox.string() +
          " and give file:NAME, or run on the server: millwright pull file:" + given,
      "只从导入文件夹读取服务器文件：请将模型放入 " + inbox.string() +
          " 并填写 file:名称，或在服务器上执行：millwright pull file:" + given,
      "source");
}

Result<void> LocalModelHost::pull(const std::string& given) {
  MW_ASSIGN(const hub::Source parsed, hub::parse_source(given));
  std::string source = given;
  if (parsed.kind == hub::Source::Kind::kFile) {
    MW_ASSIGN(const auto path, importable(parsed.file));
    source = "file:" + path.string();
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  if (std::find(sources_.begin(), sources_.end(), source) == sources_.end()) {
    sources_.push_back(source);
  }
  changed_.notify_all();
  return {};
}

std::shared_ptr<const tokenizers::Tokenizer> LocalModelHost::client_vocabulary(
    const std::string& encoding) const {
  // Not mutex_: parsing takes a second, in which all other requests find their models.
  const std::lock_guard<std::mutex> guard(vocabularies_mutex_);
  const auto found = vocabularies_.find(encoding);
  if (found != vocabularies_.end()) return found->second;
  const auto path = options_.data / "encodings" / (encoding + ".json");
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) return nullptr;  // it may be put there later
  std::shared_ptr<const tokenizers::Tokenizer> made;
  const auto text = read_file(path, kMaxVocabularyBytes);
  auto parsed = text ? tokenizers::parse_tokenizer_json(*text)
                     : Result<std::unique_ptr<tokenizers::Tokenizer>>(text.error());
  if (parsed) {
    made = std::move(*parsed);
  } else {
    log_(LogLevel::kWarning, "models", path.string() + ": " + parsed.error().message.en);
  }
  vocabularies_[encoding] = made;
  return made;
}

void LocalModelHost::list_embedding_models() {
  for (const std::string& given : options_.embedding_models) {
    const std::filesystem::path path = std::filesystem::path(given).lexically_normal();
    const auto file = path.has_filename() ? path : path.parent_path();
    const std::string name = file.extension() == ".gguf" ? file.stem() : file.filename();
    Entry& entry = entries_[name];
    entry.status.name = name;
    entry.status.source = "file:" + file.string();
    entry.status.state = ModelState::kLoading;
    entry.path = file;
    entry.wanted = true;
  }
}

Result<std::shared_ptr<runtime::Embedder>> LocalModelHost::load_embedder(
    const std::string& name, const std::filesystem::path& path, int64_t created_s) const {
  runtime::EmbedderOptions options;
  options.name = name;
  options.fingerprint = fingerprint(path, {});
  options.created_s = created_s;
  options.isa = options_.isa;
  options.threads = options_.threads;
  return runtime::open_embedder(path, options);
}

void LocalModelHost::work(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::string to_load;
    std::string to_fetch;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      const auto next = [this] {
        return std::find_if(entries_.begin(), entries_.end(),
                            [](const auto& each) { return each.second.wanted; });
      };
      changed_.wait(lock, stop, [&] { return next() != entries_.end() || !sources_.empty(); });
      if (stop.stop_requested()) return;
      auto found = entries_.find(options_.default_model);  // the default one first
      if (found == entries_.end() || !found->second.wanted) found = next();
      if (found != entries_.end()) {
        found->second.wanted = false;
        to_load = found->first;
      } else {
        to_fetch = sources_.front();
        sources_.pop_front();
      }
    }
    try {
      if (!to_load.empty()) load(to_load, stop);
      if (!to_fetch.empty()) fetch(to_fetch, stop);
    } catch (const std::exception& problem) {  // out of memory: the server goes on without it
      const std::string name = to_load.empty() ? to_fetch : to_load;
      log_(LogLevel::kError, "models", name + ": " + problem.what());
      update(name, [&](Entry& entry) {
        entry.status.state = ModelState::kFailed;
        entry.status.problem = {std::string("not enough memory: ") + problem.what(), "内存不足"};
      });
    }
  }
}

void LocalModelHost::update(const std::string& name, const std::function<void(Entry&)>& change) {
  const std::lock_guard<std::mutex> guard(mutex_);
  change(entries_[name]);
}

void LocalModelHost::fetch(const std::string& source, std::stop_token stop) {
  const auto parsed = hub::parse_source(source);
  if (!parsed) return;  // was checked in pull()
  const std::string name =
      parsed->kind == hub::Source::Kind::kBuiltIn ? parsed->name : hub::name_from_file(source);
  update(name, [&](Entry& entry) {
    entry.status.name = name;
    entry.status.source = source;
    entry.status.state = ModelState::kFetching;
    entry.status.problem = {};
  });
  const auto fetched = hub::pull(
      store_, *parsed, options_.pull, SystemClock(),
      [&](const hub::PullProgress& progress) {
        update(name, [&](Entry& entry) {
          entry.status.bytes = progress.bytes;
          entry.status.bytes_done = progress.bytes_done;
          entry.status.bytes_s = progress.bytes_s;
          entry.status.progress = progress.bytes == 0 ? 0
                                                      : static_cast<double>(progress.bytes_done) /
                                                            static_cast<double>(progress.bytes);
        });
      },
      stop);
  if (!fetched) {
    log_(LogLevel::kWarning, "models", source + ": " + fetched.error().message.en);
    update(name, [&](Entry& entry) {
      entry.status.state = ModelState::kFailed;
      entry.status.problem = fetched.error().message;
    });
    return;
  }
  if (fetched->manifest.name != name) {  // the store named it by its file
    const std::lock_guard<std::mutex> guard(mutex_);
    entries_.erase(name);
  }
  read_store();
}

void LocalModelHost::load(const std::string& name, std::stop_token stop) {
  const int64_t start = steady_ns();
  const auto fail_with = [&](const Error& error) {
    log_(LogLevel::kError, "models", name + ": " + error.message.en);
    update(name, [&](Entry& entry) {
      entry.status.state = ModelState::kFailed;
      entry.status.problem = error.message;
    });
  };
  std::filesystem::path outside;
  update(name, [&](Entry& entry) { outside = entry.path; });
  const auto stored = outside.empty() ? store_.find(name)
                                      : Result<hub::StoredModel>(hub::StoredModel{.path = outside});
  if (!stored) return fail_with(stored.error());
  if (!outside.empty() || runtime::holds_encoder(stored->path)) {
    auto embedder = load_embedder(name, stored->path, stored->manifest.fetched_at_s);
    if (!embedder) return fail_with(embedder.error());
    update(name, [&](Entry& entry) {
      entry.embedder = std::move(*embedder);
      entry.status.state = ModelState::kReady;
      entry.status.progress = 1;
    });
    log_(LogLevel::kInfo, "models", name + " is ready for embeddings or ranking");
    return;
  }
  const auto opened = runtime::open_model(
      stored->path,
      {options_.isa, options_.threads,
       models::PackedCache(store_.packed_folder(), stored->path, stored->manifest.sha256, log_),
       options_.precision});
  if (!opened) return fail_with(opened.error());
  runtime::LoadOptions options;
  options.name = name;
  options.fingerprint = fingerprint(
      stored->path, models::precision_suffix(options_.precision.floats, opened->model->config()));
  options.created_s = stored->manifest.fetched_at_s;
  options.card = stored->manifest.card;
  options.scheduler = options_.scheduler;
  options.scheduler.threads = options_.threads;
  options.scheduler.isa = options_.isa;
  options.scheduler.kept_prompts.folder = kept_prompts(options_.data, stored->manifest.sha256);
  options.scheduler.kept_prompts.model = options.fingerprint;
  auto served = runtime::serve_model(*opened, std::move(options), log_);
  update(name, [&](Entry& entry) {
    entry.served = served;
    entry.status.state = ModelState::kReady;
    entry.status.progress = 1;
  });
  load_adapters_of(name);
  log_(LogLevel::kInfo, "models",
       name + " is ready after " + std::to_string((steady_ns() - start) / kNsPerMs) + " ms on " +
           std::string(tensor::isa_name(options_.isa)));
  runtime::keep_packed(*opened);
  if (has_current_card(served->card)) return;
  const auto card = runtime::probe_model(*served, stop);
  if (!card && card.error().code == Code::kCancelled) return;
  if (!card) {
    log_(LogLevel::kWarning, "models", name + ": probes failed: " + card.error().message.en);
    return;
  }
  if (const auto kept = store_.put_card(name, *card); !kept) {
    log_(LogLevel::kWarning, "models", name + ": card not kept: " + kept.error().message.en);
  }
  // Requests hold the old object; the new one differs in its card only.
  auto measured = std::make_shared<runtime::ServedModel>(*served);
  measured->card = *card;
  update(name, [&](Entry& entry) {
    entry.served = measured;
    entry.status.card = *card;
  });
  log_(LogLevel::kInfo, "models", name + " was measured: " + to_text(*card));
}

}  // namespace mw::app
