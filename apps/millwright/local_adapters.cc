// The adapters of LocalModelHost: those of the command line and the configuration come with their
// model, others while the server runs, from the data folder only: nobody names a file of the server
// over the network.
#include "apps/millwright/local_model_host.h"
#include "core/clock.h"
#include "hub/source.h"
#include "runtime/scheduler.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;
using runtime::ModelState;

/// Names of what lies in the folder of adapters, for who asked for another.
std::string names_in(const fs::path& folder) {
  std::string names;
  std::error_code problem;
  for (const auto& each : fs::directory_iterator(folder, problem)) {
    const fs::path& path = each.path();
    const std::string name = path.extension() == ".gguf" ? path.stem() : path.filename();
    if (hub::is_model_name(name)) names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "nothing" : names;
}

}  // namespace

void LocalModelHost::list_adapters() {
  for (const AdapterFlag& flag : options_.adapters) {
    const std::string& model = flag.model.empty() ? options_.default_model : flag.model;
    const auto entry = entries_.find(model);
    if (entry == entries_.end()) {
      log_(LogLevel::kError, "models",
           "adapter '" + flag.name + "': there is no model '" + model + "' here");
      continue;
    }
    AdapterEntry& adapter = entry->second.adapters[flag.name];
    adapter.path = flag.path;
    adapter.status.name = model + ":" + flag.name;
    adapter.status.parent = model;
    adapter.status.source = "file:" + flag.path.string();
    adapter.status.state = ModelState::kLoading;
  }
}

/// Loads what was listed for a model that has just become ready.
void LocalModelHost::load_adapters_of(const std::string& model) {
  std::vector<AdapterFlag> flags;
  update(model, [&](Entry& entry) {
    for (const auto& [name, adapter] : entry.adapters) {
      if (adapter.served == nullptr) flags.push_back({model, name, adapter.path});
    }
  });
  for (const AdapterFlag& flag : flags) {
    const auto added = add_adapter(flag);
    if (added) continue;
    log_(LogLevel::kError, "models", added.error().message.en);
    update(model, [&](Entry& entry) {
      runtime::ModelStatus& status = entry.adapters[flag.name].status;
      status.state = ModelState::kFailed;
      status.problem = added.error().message;
    });
  }
}

/// What runs with an adapter of that name now goes on with it; who asks from now on gets this one.
Result<runtime::ModelStatus> LocalModelHost::add_adapter(const AdapterFlag& flag) {
  const int64_t start = steady_ns();
  MW_ASSIGN(const auto base, find(flag.model));
  MW_ASSIGN(const auto served, with_adapter(*base, flag));
  AdapterEntry made;
  made.path = flag.path;
  made.served = served;
  made.status.name = served->name;
  made.status.parent = flag.model;
  made.status.source = "file:" + flag.path.string();
  made.status.state = ModelState::kReady;
  made.status.progress = 1;
  made.status.bytes = served->adapter->bytes();
  made.status.rank = served->adapter->rank();
  const runtime::ModelStatus status = made.status;
  update(flag.model, [&](Entry& entry) { entry.adapters[flag.name] = std::move(made); });
  const std::string& trained_on = served->adapter->base_name();
  log_(LogLevel::kInfo, "models",
       status.name + " is ready after " + std::to_string((steady_ns() - start) / kNsPerMs) +
           " ms: rank " + std::to_string(status.rank) + ", " + std::to_string(status.bytes) +
           " bytes, trained on " + (trained_on.empty() ? "an unnamed model" : trained_on));
  return status;
}

Result<runtime::ModelStatus> LocalModelHost::load_adapter(const std::string& model,
                                                          const std::string& adapter) {
  if (!hub::is_model_name(adapter)) {
    return Error::make(Code::kInvalidArgument,
                       "adapter: expected a name of letters, digits, '.', '_' and '-'",
                       "adapter：名称应由字母、数字和 . _ - 组成", "name");
  }
  MW_ASSIGN(const auto base, find(model));  // before any file is looked at
  const fs::path folder = options_.data / "adapters";
  for (const fs::path& path : {folder / adapter, folder / (adapter + ".gguf")}) {
    std::error_code problem;
    if (fs::exists(path, problem)) return add_adapter({base->name, adapter, path});
  }
  const std::string names = names_in(folder);
  return Error::make(Code::kNotFound,
                     "there is no adapter '" + adapter +
                         "' in the data folder's adapters/, which " + "has " + names +
                         "; put a PEFT folder or a GGUF file there",
                     "数据目录的 adapters/ 中没有适配器“" + adapter + "”（现有：" + names +
                         "）；请将 PEFT 文件夹或 GGUF 文件放入其中",
                     "name");
}

Result<void> LocalModelHost::unload_adapter(const std::string& model, const std::string& adapter) {
  std::shared_ptr<runtime::ServedModel> gone;  // freed outside the lock
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto entry = entries_.find(model);
  if (entry == entries_.end()) return why_not(model, nullptr);
  const auto found = entry->second.adapters.find(adapter);
  if (found == entry->second.adapters.end()) return no_such_adapter(entry->second, adapter);
  gone = std::move(found->second.served);
  entry->second.adapters.erase(found);
  return {};
}

/// Nothing where no model of ours is named before the colon. Called under the lock.
std::optional<Result<std::shared_ptr<runtime::ServedModel>>> LocalModelHost::find_adapter(
    const std::string& full_name) const {
  const auto colon = full_name.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto entry = entries_.find(full_name.substr(0, colon));
  if (entry == entries_.end()) return std::nullopt;
  const auto found = entry->second.adapters.find(full_name.substr(colon + 1));
  if (found == entry->second.adapters.end()) {
    return no_such_adapter(entry->second, full_name.substr(colon + 1));
  }
  if (found->second.served != nullptr) return found->second.served;
  const runtime::ModelStatus& own = found->second.status;
  const bool failed = own.state == ModelState::kFailed;
  return why_not(failed ? full_name : entry->first, failed ? &own : &entry->second.status);
}

Error LocalModelHost::no_such_adapter(const Entry& entry, const std::string& adapter) const {
  std::string names;
  for (const auto& [name, each] : entry.adapters) names += (names.empty() ? "" : ", ") + name;
  const std::string& model = entry.status.name;
  const std::string shown = adapter.substr(0, 200);
  return Error::make(
      Code::kNotFound,
      "model '" + model + "' has no adapter '" + shown + "'; it has " +
          (names.empty() ? "none" : names) + ": GET /v1/models lists them as " + model + ":NAME",
      "模型“" + model + "”没有适配器“" + shown + "”；现有：" + (names.empty() ? "无" : names),
      "model");
}

}  // namespace mw::app
