#include "apps/millwright/cmd_maintain_work.h"

#include <algorithm>
#include <cstdio>

#include "apps/millwright/commands.h"
#include "apps/millwright/local_monitor.h"
#include "apps/millwright/moment_option.h"
#include "core/utc_text.h"

namespace mw::app {
namespace {

using maintenance::CostLine;
using maintenance::WorkOrderDraft;
using maintenance::WorkWindow;

constexpr std::size_t kMostWindowsShown = 8;

std::string money_of(const std::optional<double>& amount, const std::string& currency,
                     Language language) {
  if (!amount) return language == Language::kZh ? "未提供" : "not given";
  char text[40];
  std::snprintf(text, sizeof text, "%.2f", *amount);
  return text + (currency.empty() ? "" : " " + currency);
}

void print_window(const WorkOrderDraft& draft, const WorkWindow& window, Language language) {
  const bool zh = language == Language::kZh;
  for (const CostLine& line : window.lines) {
    const bool part = line.kind == maintenance::CostKind::kPart;
    std::printf("    %-32s %8.2f %-2s x %-14s = %s\n", line.what.in(language).c_str(),
                line.quantity, part ? "" : "h",
                money_of(line.rate, draft.currency, language).c_str(),
                money_of(line.amount, draft.currency, language).c_str());
  }
  std::printf("    %s %s%s\n", zh ? "合计" : "sum",
              money_of(window.known, draft.currency, language).c_str(),
              window.complete ? "" : (zh ? "，另有未提供项" : " and what is not given"));
}

/// Until when windows were looked for, and who says so.
void print_latest(const WorkOrderDraft& draft, Language language) {
  const bool zh = language == Language::kZh;
  const std::string why = draft.life.why.in(language);
  if (draft.life.before_ns) {
    const std::string date = utc_text(*draft.life.before_ns);
    std::printf(zh ? "  %s 之前%s：%s\n" : "  before %s%s: %s\n", date.c_str(),
                draft.by_life ? "" : (zh ? "（未采用）" : " (not kept to)"), why.c_str());
  } else if (!why.empty()) {
    std::printf(zh ? "  无预测日期：%s\n" : "  no date is predicted: %s\n", why.c_str());
  }
  if (!draft.late.en.empty()) std::printf("  ! %s\n", draft.late.in(language).c_str());
}

void print_draft(const WorkOrderDraft& draft, Language language) {
  const bool zh = language == Language::kZh;
  std::printf("%s%s\n", draft.title.in(language).c_str(),
              draft.mode.empty() ? (zh ? "（工厂提供的故障模式均不符合）"
                                       : " (none of the plant's failure modes fits)")
                                 : "");
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    std::printf("  %zu. %s\n", i + 1, draft.steps[i].in(language).c_str());
  }
  for (const plant::SparePart& part : draft.parts) {
    std::printf("  %s %s x %g, %s %s\n", part.number.c_str(), part.name.in(language).c_str(),
                part.quantity, zh ? "单价" : "price",
                money_of(part.price, draft.currency, language).c_str());
  }
  for (const CostLine& each : draft.work) {
    std::printf("  %s: %g h\n", each.what.in(language).c_str(), each.quantity);
  }
  for (const Text& each : draft.not_given) {
    std::printf("  %s: %s\n", zh ? "未提供" : "not given", each.in(language).c_str());
  }
  print_latest(draft, language);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < draft.windows.size(); ++i) rows.push_back(i);
  const auto key = [&](std::size_t i) {
    const WorkWindow& window = draft.windows[i];
    return std::pair(i != draft.proposed.value_or(draft.windows.size()),
                     window.compared ? window.known : 1e300);
  };
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return key(a) < key(b); });
  rows.resize(std::min(rows.size(), kMostWindowsShown));
  for (const std::size_t i : rows) {
    const WorkWindow& window = draft.windows[i];
    std::printf("%s %s  %s %s  %s%s%s\n", draft.proposed == i ? "*" : " ",
                utc_text(window.window.start_ns).c_str(),
                std::string(window_name(window.kind)).c_str(), window.name.in(language).c_str(),
                money_of(window.known, draft.currency, language).c_str(),
                window.shut.en.empty() ? "" : "  ! ", window.shut.in(language).c_str());
  }
  if (draft.proposed) print_window(draft, draft.windows[*draft.proposed], language);
}

Result<Json> accept(LocalMonitor& monitor, const WorkRequest& request,
                    maintenance::WorkQuestion question, const std::optional<TimeNs>& start_ns) {
  question.start_ns = start_ns;
  MW_ASSIGN(const WorkOrderDraft draft,
            monitor.health->work_order(monitor.who, request.number, question));
  const WorkWindow* wanted = nullptr;
  for (std::size_t i = 0; i < draft.windows.size(); ++i) {
    const bool is = start_ns ? draft.windows[i].window.start_ns == *start_ns : draft.proposed == i;
    if (is) wanted = &draft.windows[i];
  }
  if (wanted == nullptr) {
    return Error::make(Code::kNotFound, "no window can be proposed: give --start TIME",
                       "没有可建议的时段：请用 --start 指定开始时间", "start");
  }
  question.mode = draft.mode;
  MW_ASSIGN(const auto work,
            monitor.health->accept_work(
                monitor.who, request.number,
                {question, wanted->window.start_ns, work_check(draft, *wanted), request.note}));
  return work.order;
}

}  // namespace

bool is_work_action(const std::string& action) {
  return action == "work_order" || action == "accept";
}

Result<int> maintain_work(const CommandLine& line, const WorkRequest& request) {
  maintenance::WorkQuestion question;
  question.mode = request.mode;
  question.by_life = request.before != "none";
  if (question.by_life) {
    MW_ASSIGN(question.before_ns, moment_of(request.before, "before"));
  }
  MW_ASSIGN(const auto start_ns, moment_of(request.start, "start"));
  MW_ASSIGN(const auto monitor,
            open_local_monitor(request.stored,
                               {"ask it: /api/maintenance/cases/N/work_order, or its console",
                                "通过其控制台或 /api/maintenance/cases/N/work_order 操作"}));
  if (request.action == "accept") {
    MW_ASSIGN(const Json order, accept(*monitor, request, question, start_ns));
    print_json(order);
    return 0;
  }
  question.start_ns = start_ns;
  MW_ASSIGN(const WorkOrderDraft draft,
            monitor->health->work_order(monitor->who, request.number, question));
  if (line.json()) {
    print_json(to_json(draft));
  } else {
    print_draft(draft, terminal_language());
  }
  return 0;
}

}  // namespace mw::app
