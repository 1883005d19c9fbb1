// Versions of a machine's model: how they stand, and decisions upon them.
#include <algorithm>

#include "core/check.h"
#include "maintenance/health/health_machine.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

Error another_by_now(int64_t version) {
  return Error::make(Code::kConflict,
                     "version " + std::to_string(version) +
                         " does not stand as you saw it any more: load the page again",
                     "第 " + std::to_string(version) + " 版的状态已变化，请重新加载页面",
                     "version");
}

Error gate_is_shut(const std::vector<Text>& why) {
  Text text;
  for (const Text& each : why) {
    text.en += (text.en.empty() ? "" : "; ") + each.en;
    text.zh += (text.zh.empty() ? "" : "；") + each.zh;
  }
  return Error::make(Code::kConflict, "it must not go live: " + text.en, "不能上线：" + text.zh,
                     "version");
}

const char* name_of(VersionDecision decision) {
  switch (decision) {
    case VersionDecision::kPromote:
      return "promote";
    case VersionDecision::kReject:
      return "reject";
    case VersionDecision::kRollBack:
      break;
  }
  return "rollback";
}

}  // namespace

Error no_version(int64_t version) {
  return Error::make(Code::kNotFound,
                     "the machine's model has no version " + std::to_string(version),
                     "该设备的模型没有第 " + std::to_string(version) + " 版", "version");
}

std::vector<HealthCase> HealthMonitor::cases_of(const std::string& asset) const {
  std::vector<HealthCase> out;
  for (auto one = cases_.rbegin(); one != cases_.rend(); ++one) {
    if (one->asset == asset) out.push_back(*one);
  }
  return out;
}

const HealthCard* HealthMonitor::card_of(const std::string& asset, int64_t version) {
  const auto found = cards_.find({asset, version});
  if (found != cards_.end()) return &found->second;
  const Result<HealthModel> model = read_model(asset, version);
  if (!model) return nullptr;
  return &cards_.emplace(std::pair(asset, version), model->card).first->second;
}

VersionsView HealthMonitor::versions_view(const Identity& who, const plant::Asset& asset) {
  VersionsView out;
  out.asset = asset.id;
  out.line = asset.line;
  const ModelVersions& known = versions_[asset.id];
  out.before = known.before();
  const std::vector<HealthCase> cases = cases_of(asset.id);
  const auto is_shown = [&](int64_t number) {
    return std::any_of(cases.begin(), cases.end(), [&](const HealthCase& one) {
      return one.number == number && who.may_see_line(one.line);
    });
  };
  for (auto state = known.states().rbegin(); state != known.states().rend(); ++state) {
    if (out.versions.size() >= kMostVersionsShown) break;
    VersionView view;
    view.state = *state;
    if (const HealthCard* card = card_of(asset.id, state->version)) view.card = *card;
    // One that cannot be read is as none: it is made anew by the same button.
    if (auto replay = version_store_.replay(asset.id, state->version)) view.replay = *replay;
    if (state->stage == VersionStage::kShadow) {
      view.shut = gate_texts(promotion_gate(view.replay, cases), is_shown);
    }
    if (view.replay) {
      std::erase_if(view.replay->cases,
                    [&](const CaseReplay& each) { return !is_shown(each.number); });
    }
    out.versions.push_back(std::move(view));
  }
  return out;
}

Result<VersionsView> HealthMonitor::versions(const Identity& who, const std::string& asset) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* found = mine->asset(asset);
  if (found == nullptr) return no_such_asset(asset);
  const std::lock_guard<std::mutex> guard(mutex_);
  return versions_view(who, *found);
}

Result<VersionsView> HealthMonitor::decide_version(const Identity& who, const std::string& asset,
                                                   int64_t version, VersionDecision decision) {
  const auto mine = plant::Catalogue::visible_to(catalogue_, who);
  const plant::Asset* found = mine->asset(asset);
  if (found == nullptr) return no_such_asset(asset);
  if (!who.may(Role::kEngineer, found->line)) return role_needed("engineer", "工程师");
  const std::string name = security::audit_name(who);
  const std::string object = "asset:" + asset;
  const std::string detail = "version=" + std::to_string(version);
  const std::lock_guard<std::mutex> guard(mutex_);
  const ModelVersions& known = versions_[asset];
  if (known.find(version) == nullptr) return no_version(version);
  const bool rolls_back = decision == VersionDecision::kRollBack;
  if ((rolls_back ? known.live() : known.shadow()) != version) return another_by_now(version);
  if (rolls_back && known.before() == 0) {
    return Error::make(Code::kConflict, "there is no version before this one to go back to",
                       "没有可回退的更早版本", "version");
  }
  if (decision == VersionDecision::kPromote) {
    const VersionsView view = versions_view(who, *found);
    const auto mine_of =
        std::find_if(view.versions.begin(), view.versions.end(),
                     [&](const VersionView& each) { return each.state.version == version; });
    MW_CHECK(mine_of != view.versions.end());
    if (!mine_of->shut.empty()) {
      const Error shut = gate_is_shut(mine_of->shut);
      MW_TRY(audit(name, name_of(decision), object, security::AuditOutcome::kRefused,
                   detail + " " + shut.message.en));
      return shut;
    }
  }
  std::optional<HealthModel> model;  // whether it holds is known before anything is decided
  if (decision != VersionDecision::kReject) {
    MW_ASSIGN(model, read_model(asset, rolls_back ? known.before() : version));
    MW_TRY(HealthScorer::make(*model));
  }
  MW_TRY(audit(name, name_of(decision), object, security::AuditOutcome::kDone,
               rolls_back ? detail + " to=" + std::to_string(known.before()) : detail));
  const VersionStep step = decision == VersionDecision::kPromote  ? VersionStep::kPromoted
                           : decision == VersionDecision::kReject ? VersionStep::kRejected
                                                                  : VersionStep::kRolledBack;
  MW_TRY(note({asset, version, step, who.name, options_.clock->now_ns()}));
  if (model) {
    MW_TRY(put_model(std::move(*model)));
  } else if (const auto machine = machines_.find(asset); machine != machines_.end()) {
    machine->second->shadow.reset();
  }
  return versions_view(who, *found);
}

}  // namespace mw::maintenance
