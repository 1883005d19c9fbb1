// How a monitor finds the versions of its models at its start.
#include <algorithm>

#include "core/file.h"
#include "maintenance/health/health_machine.h"

namespace mw::maintenance {
namespace {

std::optional<int64_t> version_of(const std::string& file, const std::string& asset) {
  const std::string begin = asset + ".";
  const std::string end = ".json";
  if (file.size() <= begin.size() + end.size() || !file.starts_with(begin) ||
      !file.ends_with(end)) {
    return std::nullopt;
  }
  int64_t version = 0;
  for (std::size_t i = begin.size(); i < file.size() - end.size(); ++i) {
    if (file[i] < '0' || file[i] > '9' || version > 1'000'000'000) return std::nullopt;
    version = 10 * version + (file[i] - '0');
  }
  return version;
}

}  // namespace

std::filesystem::path health_model_path(const std::filesystem::path& folder,
                                        const std::string& asset, int64_t version) {
  return folder / "health" / (asset + "." + std::to_string(version) + ".json");
}

Result<HealthModel> HealthMonitor::read_model(const std::string& asset, int64_t version) const {
  MW_ASSIGN(const std::string text,
            read_file(health_model_path(options_.folder, asset, version), kMostHealthBytes));
  MW_ASSIGN(const Json json, parse_json(text));
  MW_ASSIGN(HealthModel model, parse_health_model(json));
  if (model.card.asset != asset || model.card.version != version) {
    return Error::make(Code::kCorrupt, "its file is of another machine or version: remove it",
                       "该文件属于其他设备或版本，请将其删除");
  }
  return model;
}

Result<void> HealthMonitor::note(const VersionEvent& event) {
  MW_TRY(version_store_.add(event));
  versions_[event.asset].take(event);
  return {};
}

Result<void> HealthMonitor::load_versions() {
  MW_ASSIGN(const std::vector<VersionEvent> events, version_store_.events());
  for (const VersionEvent& each : events) versions_[each.asset].take(each);
  std::map<std::string, int64_t> newest;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(options_.folder / "health", failed)) {
    const std::string file = entry.path().filename().string();
    const std::string asset = file.substr(0, file.find('.'));
    if (const auto version = version_of(file, asset)) {
      newest[asset] = std::max(newest[asset], *version);
    }
  }
  for (const auto& [asset, version] : newest) {
    if (!versions_.contains(asset)) {
      // Of a program that knew no stages: the newest one was live.
      const Result<HealthModel> model = read_model(asset, version);
      const std::string who = model ? model->card.trained_by : std::string();
      const TimeNs at_ns = model ? model->card.trained_ns : 0;
      if (model) MW_TRY(note({asset, version, VersionStep::kLearned, who, at_ns}));
    }
    load_asset(asset);
  }
  return {};
}

void HealthMonitor::load_asset(const std::string& asset) {
  const auto found = versions_.find(asset);
  const auto load = [&](int64_t version, bool in_shadow) {
    if (version == 0) return;
    const auto put = [&]() -> Result<void> {
      MW_ASSIGN(HealthModel model, read_model(asset, version));
      return in_shadow ? put_shadow(std::move(model)) : put_model(std::move(model));
    };
    if (const Result<void> done = put(); !done) {
      options_.log(LogLevel::kWarning, "maintenance",
                   "version " + std::to_string(version) + " of the health model of " + asset +
                       " is left out: " + done.error().message.en);
    }
  };
  if (found == versions_.end()) {
    options_.log(LogLevel::kWarning, "maintenance",
                 "the health model of " + asset + " is left out: its file does not hold");
    return;
  }
  load(found->second.live(), false);
  if (machines_.contains(asset)) load(found->second.shadow(), true);
}

Result<void> HealthMonitor::put_shadow(HealthModel model) {
  const auto machine = machines_.find(model.card.asset);
  for (const std::string& tag : model.tags) {
    if (catalogue_->tag(tag) != nullptr) continue;
    return Error::make(Code::kNotFound, "there is no tag '" + tag + "' any more: train anew",
                       "标签“" + tag + "”已不存在，请重新训练", "tag");
  }
  MW_ASSIGN(HealthScorer scorer, HealthScorer::make(model));
  machine->second->shadow = std::make_unique<Follower>(std::move(model), std::move(scorer));
  return {};
}

}  // namespace mw::maintenance
