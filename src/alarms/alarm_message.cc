#include "alarms/alarm_message.h"

#include <charconv>

#include "core/utc_text.h"

namespace mw::alarms {
namespace {

std::string priority_text(Priority priority, bool zh) {
  switch (priority) {
    case Priority::kLow:
      return zh ? "低" : "LOW";
    case Priority::kMedium:
      return zh ? "中" : "MEDIUM";
    case Priority::kHigh:
      return zh ? "高" : "HIGH";
    case Priority::kCritical:
      return zh ? "紧急" : "CRITICAL";
  }
  return "";
}

std::string minutes_text(int64_t ns, bool zh) {
  const std::string minutes = std::to_string(ns / kNsPerMinute);
  return minutes + (zh ? " 分钟" : " min");
}

std::string value_text(const AlarmView& view) {
  if (!view.value) return view.text;
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, *view.value).ptr;
  return std::string(digits, end) + (view.unit.empty() ? "" : " " + view.unit);
}

void add_line(std::string& text, const std::string& name, const std::string& content) {
  if (!content.empty()) text += name + content + "\n";
}

Json facts_of(const AlarmView& view) {
  return {{"alarm", view.rule.id},
          {"name", {{"en", view.rule.name.en}, {"zh", view.rule.name.zh}}},
          {"asset", view.rule.asset},
          {"line", view.rule.line},
          {"priority", priority_name(view.rule.priority)},
          {"since_ms", view.status.active_since_ns / kNsPerMs},
          {"value", view.value ? Json(*view.value) : Json()},
          {"unit", view.unit}};
}

}  // namespace

notify::Message message_of_alarm(const AlarmView& view, Language language, TimeNs now_ns,
                                 const std::string& console_url) {
  const bool zh = language == Language::kZh;
  const AlarmRule& rule = view.rule;
  const std::string name = rule.name.in(language);
  const std::string waited = minutes_text(now_ns - view.status.active_since_ns, zh);
  notify::Message out;
  out.subject = zh ? "[" + priority_text(rule.priority, zh) + "] " + rule.asset + "：" + name +
                         "，" + waited + "无人确认"
                   : "[" + priority_text(rule.priority, zh) + "] " + rule.asset + ": " + name +
                         ", not acknowledged for " + waited;
  add_line(out.text, zh ? "报警：" : "Alarm: ", name + " (" + rule.id + ")");
  add_line(out.text, zh ? "设备：" : "Machine: ", rule.asset + " (" + rule.line + ")");
  add_line(out.text, zh ? "开始：" : "Since: ", utc_text(view.status.active_since_ns));
  add_line(out.text,
           zh ? "当前值（" + utc_text(now_ns) + "）：" : "Value at " + utc_text(now_ns) + ": ",
           value_text(view).empty() ? (zh ? "未知（数据不可信）" : "not known (its quality is bad)")
                                    : value_text(view));
  add_line(out.text, zh ? "原因：" : "Cause: ", rule.cause.in(language));
  add_line(out.text, zh ? "后果：" : "Consequence: ", rule.consequence.in(language));
  add_line(out.text, zh ? "措施：" : "What to do: ", rule.response.in(language));
  if (!console_url.empty()) {
    add_line(out.text, zh ? "查看：" : "Look: ", console_url + "/alarms");
  }
  out.facts = facts_of(view);
  out.facts["event"] = "unacknowledged";
  return out;
}

notify::Message message_of_end(const AlarmView& view, const std::optional<Entry>& last,
                               Language language, TimeNs now_ns) {
  const bool zh = language == Language::kZh;
  const std::string name = view.rule.name.in(language);
  std::string how = zh ? "不再需要处理" : "needs nobody any more";
  if (last && last->event == Event::kAcknowledged) {
    how = zh ? "已由 " + last->who + " 确认" : "acknowledged by " + last->who;
  } else if (last && last->event == Event::kReturned) {
    how = zh ? "已自行恢复" : "went by itself";
  } else if (last && last->event == Event::kShelved) {
    how = zh ? "已由 " + last->who + " 搁置" : "shelved by " + last->who;
  }
  notify::Message out;
  out.subject = view.rule.asset + (zh ? "：" : ": ") + name + (zh ? "，" : ", ") + how;
  add_line(out.text, zh ? "报警：" : "Alarm: ", name + " (" + view.rule.id + ")");
  add_line(out.text, "", how);
  if (last) add_line(out.text, zh ? "备注：" : "Note: ", last->note);
  add_line(out.text, zh ? "时间：" : "At: ", utc_text(last ? last->ts_ns : now_ns));
  out.facts = facts_of(view);
  out.facts["event"] = "ended";
  out.facts["by"] = last ? last->who : "";
  return out;
}

}  // namespace mw::alarms
