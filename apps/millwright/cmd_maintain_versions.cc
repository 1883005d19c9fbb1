#include "apps/millwright/cmd_maintain_versions.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/local_monitor.h"
#include "apps/millwright/step_progress.h"
#include "core/utc_text.h"
#include "maintenance/health_monitor.h"

namespace mw::app {
namespace {

using maintenance::HealthMonitor;
using maintenance::VersionDecision;
using maintenance::VersionStage;
using maintenance::VersionsView;

std::atomic<bool> g_replay_interrupted = false;
void interrupt_replay(int) { g_replay_interrupted = true; }

/// With a progress line; Ctrl-C gives it up between two days of history.
Result<void> replay_with_progress(HealthMonitor& monitor, const Identity& who,
                                  const std::string& asset, int64_t version) {
  g_replay_interrupted = false;
  const auto before = std::signal(SIGINT, interrupt_replay);
  StepProgress progress({"rows replayed", "已回放行数"}, terminal_language());
  const auto replay = monitor.replay(who, asset, version, [&](int64_t done, int64_t rows) {
    progress.show(static_cast<int>(done), static_cast<int>(rows));
    return !g_replay_interrupted;
  });
  std::signal(SIGINT, before);
  if (!replay) return replay.error();
  return {};
}

Json gate_json(const std::vector<Text>& shut) {
  Json out = Json::array();
  for (const Text& each : shut) out.push_back({{"en", each.en}, {"zh", each.zh}});
  return out;
}

Json view_json(const VersionsView& view) {
  Json versions = Json::array();
  for (const maintenance::VersionView& each : view.versions) {
    versions.push_back({{"version", each.state.version},
                        {"stage", stage_name(each.state.stage)},
                        {"who", each.state.who},
                        {"at", utc_text(each.state.at_ns)},
                        {"would_alarms", each.state.would_alarm_ns.size()},
                        {"replay", each.replay ? to_json(*each.replay) : Json()},
                        {"shut", gate_json(each.shut)}});
  }
  return {{"asset", view.asset}, {"before", view.before}, {"versions", std::move(versions)}};
}

void print_replay(const maintenance::HealthReplay& replay,
                  const maintenance::AlarmContract& contract, Language language) {
  const bool zh = language == Language::kZh;
  std::printf("    %s\n", maintenance::replay_text(replay.contract, contract).in(language).c_str());
  for (const maintenance::CaseReplay& each : replay.cases) {
    std::printf(zh ? "    案例 %lld：%s，提前 %.0f 秒\n" : "    case %lld: %s, %.0f s earlier\n",
                static_cast<long long>(each.number), std::string(answer_name(each.answer)).c_str(),
                each.lead_s);
  }
  std::printf(zh ? "    没有案例处报警 %zu 次\n" : "    alarms without a case: %zu\n",
              replay.beside_count);
}

void print_view(const VersionsView& view, Language language) {
  const bool zh = language == Language::kZh;
  for (const maintenance::VersionView& each : view.versions) {
    std::printf("%lld  %-11s  %s  %s\n", static_cast<long long>(each.state.version),
                std::string(stage_name(each.state.stage)).c_str(),
                utc_text(each.state.at_ns).c_str(), each.state.who.c_str());
    if (each.state.stage == VersionStage::kShadow) {
      std::printf(zh ? "    本会触发 %zu 个案例\n" : "    would have opened %zu cases\n",
                  each.state.would_alarm_ns.size());
    }
    if (each.replay) {
      print_replay(*each.replay, each.card ? each.card->contract : maintenance::AlarmContract{},
                   language);
    }
    for (const Text& why : each.shut) std::printf("    ! %s\n", why.in(language).c_str());
  }
}

int64_t meant_version(const VersionsView& view, const VersionRequest& request) {
  if (request.version != 0) return request.version;
  const auto stage = request.action == "rollback" ? VersionStage::kLive : VersionStage::kShadow;
  for (const maintenance::VersionView& each : view.versions) {
    if (each.state.stage == stage) return each.state.version;
  }
  return 0;
}

Result<VersionsView> act(HealthMonitor& monitor, const Identity& who,
                         const VersionRequest& request) {
  MW_ASSIGN(VersionsView view, monitor.versions(who, request.asset));
  if (request.action == "versions") return view;
  const int64_t version = meant_version(view, request);
  if (version == 0) {
    return Error::make(Code::kNotFound,
                       "no version is in shadow: train the machine again, or give --version N",
                       "没有影子运行的版本：请重新训练该设备，或用 --version 指定", "version");
  }
  if (request.action == "replay") {
    MW_TRY(replay_with_progress(monitor, who, request.asset, version));
    return monitor.versions(who, request.asset);
  }
  const VersionDecision decision = request.action == "promote"  ? VersionDecision::kPromote
                                   : request.action == "reject" ? VersionDecision::kReject
                                                                : VersionDecision::kRollBack;
  return monitor.decide_version(who, request.asset, version, decision);
}

}  // namespace

bool is_version_action(const std::string& action) {
  static constexpr std::array<const char*, 5> kActions = {"versions", "replay", "promote", "reject",
                                                          "rollback"};
  return std::find(kActions.begin(), kActions.end(), action) != kActions.end();
}

Result<int> maintain_versions(const CommandLine& line, const VersionRequest& request) {
  MW_ASSIGN(const auto monitor,
            open_local_monitor(request.stored, {"ask it: /api/maintenance/models, or its console",
                                                "通过其控制台或 /api/maintenance/models 操作"}));
  MW_ASSIGN(const VersionsView view, act(*monitor->health, monitor->who, request));
  if (line.json()) {
    print_json(view_json(view));
  } else {
    print_view(view, terminal_language());
  }
  return 0;
}

}  // namespace mw::app
