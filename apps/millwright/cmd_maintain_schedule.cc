#include "apps/millwright/cmd_maintain_schedule.h"

#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/local_monitor.h"
#include "core/utc_text.h"

namespace mw::app {
namespace {

using maintenance::RetrainSchedule;

Json schedule_json(const std::optional<RetrainSchedule>& one) {
  if (!one) return {{"schedule", nullptr}};
  return {{"schedule",
           {{"every_days", one->every_days},
            {"at", maintenance::time_of_day(one->minute)},
            {"history_days", one->history_days},
            {"most_false", one->contract.most_false},
            {"days", one->contract.days},
            {"promote", one->promote},
            {"by", one->by},
            {"next", utc_text(one->next_ns)},
            {"last",
             {{"result", retrain_result_name(one->last.result)},
              {"version", one->last.version},
              {"why", {{"en", one->last.why.en}, {"zh", one->last.why.zh}}}}}}}};
}

void print_schedule(const std::optional<RetrainSchedule>& one, Language language) {
  const bool zh = language == Language::kZh;
  if (!one) {
    std::printf(zh ? "没有定期训练计划\n" : "no schedule: people alone train it\n");
    return;
  }
  std::printf(zh ? "每 %d 天 %s 训练，用最近 %d 天的数据；%s，由 %s 设置\n"
                 : "every %d d at %s, from the last %d d; %s; set by %s\n",
              one->every_days, maintenance::time_of_day(one->minute).c_str(), one->history_days,
              one->promote ? (zh ? "通过检验后自动上线" : "goes live where its gate is open")
                           : (zh ? "由人决定是否上线" : "waits for a person"),
              one->by.c_str());
  std::printf(zh ? "下次：%s\n" : "next: %s\n", utc_text(one->next_ns).c_str());
  if (one->last.result == maintenance::RetrainResult::kNever) return;
  std::printf(zh ? "上次：%s，%s" : "last: %s, %s", utc_text(one->last.at_ns).c_str(),
              std::string(retrain_result_name(one->last.result)).c_str());
  if (one->last.version != 0) {
    std::printf(zh ? "，第 %lld 版" : ", version %lld", static_cast<long long>(one->last.version));
  }
  std::printf("\n");
  const std::string why = one->last.why.in(language);
  if (!why.empty()) std::printf("  ! %s\n", why.c_str());
}

}  // namespace

void add_schedule_flags(CommandLine& line, ScheduleRequest& request) {
  RetrainSchedule& wanted = request.wanted;
  request.at = line.option("at", "HH:MM", "", "schedule: sets it, at this time of the plant's day");
  wanted.every_days = static_cast<int>(line.integer("every-days", "N", wanted.every_days,
                                                    "schedule: between two trainings", 1, 366));
  wanted.history_days = static_cast<int>(line.integer("history-days", "N", wanted.history_days,
                                                      "schedule: that it learns from", 1, 400));
  wanted.contract.most_false =
      line.number("most-false", "N", 1, "schedule: at most so many false alarms", 1e-6, 1e6);
  wanted.contract.days = line.number("per-days", "N", 30, "schedule: in so many days", 1e-6, 1e6);
  wanted.promote = line.flag("promote", "schedule: goes live by itself where its gate is open");
  request.off = line.flag("off", "schedule: people alone train it again");
}

Result<int> maintain_schedule(const CommandLine& line, const ScheduleRequest& request) {
  if (request.off && !request.at.empty()) {
    return Error::make(Code::kInvalidArgument, "give --at or --off, not both",
                       "--at 与 --off 只能给出一个", "off");
  }
  MW_ASSIGN(const auto monitor,
            open_local_monitor(request.stored,
                               {"ask it: /api/maintenance/models/ASSET/schedule, or its console",
                                "通过其控制台或 /api/maintenance/models/ASSET/schedule 操作"}));
  if (request.off) MW_TRY(monitor->health->remove_schedule(monitor->who, request.asset));
  if (!request.at.empty()) {
    RetrainSchedule wanted = request.wanted;
    wanted.asset = request.asset;
    MW_ASSIGN(wanted.minute, maintenance::minute_of_day(request.at));
    MW_TRY(monitor->health->set_schedule(monitor->who, wanted));
  }
  MW_ASSIGN(const auto one, monitor->health->schedule(monitor->who, request.asset));
  if (line.json()) {
    print_json(schedule_json(one));
  } else {
    print_schedule(one, terminal_language());
  }
  return 0;
}

}  // namespace mw::app
