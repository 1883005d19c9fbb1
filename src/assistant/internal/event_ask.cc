#include "assistant/internal/event_ask.h"

#include <algorithm>

namespace mw::assistant {
namespace {

/// A word for events. `kind` is what the told kind must say; empty where any event is meant.
struct Head {
  std::string_view words;
  std::string_view kind;
};
constexpr Head kHeads[] = {{"work orders", "work order"},
                           {"work order", "work order"},
                           {"alerts", "alert"},
                           {"alert", "alert"},
                           {"anomalies", "anomaly"},
                           {"anomaly", "anomaly"},
                           {"alarms", "alarm"},
                           {"alarm", "alarm"},
                           {"events", ""},
                           {"event", ""},
                           {"工单", "工单"},
                           {"告警", "告警"},
                           {"警报", "警报"},
                           {"报警", "报警"},
                           {"异常", "异常"},
                           {"事件", ""}};
constexpr size_t kMostQualifiers = 4;  // words before one head
// Chinese ones whose characters are words of their own elsewhere (正, 预).
constexpr std::string_view kChineseQualifiers[] = {
    "预防性", "纠正性", "修复性", "预测性", "计划性", "紧急", "预防", "纠正",
    "维修",   "维护",   "检修",   "巡检",   "点检",   "保养", "质量", "安全"};

class EventReader {
 public:
  explicit EventReader(const Understanding& u) : u_(u), unread_(u.tokens.size(), false) {
    for (const UnreadWords& each : u.leftover) {
      for (size_t i = each.first; i < each.last; ++i) unread_[i] = true;
    }
  }

  EventAsk run() {
    size_t behind = 0;  // the end of the head before
    for (size_t at = 0; at < u_.tokens.size();) {
      const auto [head, used] = head_at(at);
      if (used == 0) {
        ++at;
        continue;
      }
      ask_.recorded = ask_.recorded || (head.kind != "anomaly" && head.kind != "异常");
      ask_.read.emplace_back(at, at + used);
      // "alert events": the one before already says which.
      const bool names_before = head.kind.empty() && behind == at && at > 0;
      if (!names_before) qualify(at, head, behind);
      at += used;
      behind = at;
    }
    for (const auto& [feature, by] : {std::pair{Feature::kByHour, "hour"},
                                      {Feature::kByDay, "day"},
                                      {Feature::kByWeek, "week"},
                                      {Feature::kByMonth, "month"},
                                      {Feature::kDistribution, "text"}}) {
      if (u_.has(feature) && ask_.by.empty()) ask_.by = by;
    }
    return std::move(ask_);
  }

 private:
  std::string_view text(size_t at) const {
    return at < u_.tokens.size() ? std::string_view(u_.tokens[at].text) : std::string_view();
  }

  std::pair<Head, size_t> head_at(size_t at) const {
    for (const Head& head : kHeads) {
      if (const size_t used = match_phrase(u_.tokens, at, head.words)) {
        // 报警 and "alarm" may be the name of a state; then it is that.
        const bool of_state = std::any_of(
            u_.states.begin(), u_.states.end(),
            [&](const StateMention& each) { return each.first <= at && at < each.last; });
        if (!of_state) return {head, used};
      }
    }
    return {{}, 0};
  }

  std::string said(size_t first, size_t last) const {
    return u_.question.substr(u_.tokens[first].begin,
                              u_.tokens[last - 1].end - u_.tokens[first].begin);
  }

  /// "preventive and corrective work orders": each of the words before the head makes a kind of it.
  void qualify(size_t head_at, const Head& head, size_t behind) {
    const auto add = [&](std::string kind) {
      const bool known = std::find(ask_.kinds.begin(), ask_.kinds.end(), kind) != ask_.kinds.end();
      if (!kind.empty() && !known) ask_.kinds.push_back(std::move(kind));
    };
    const std::string tail = head.kind.empty() ? "" : " " + std::string(head.kind);
    size_t at = head_at;
    bool any = false;
    for (;;) {
      size_t first = at;
      const bool han = at > 0 && u_.tokens[at - 1].is_han();
      const size_t most = han ? 3 * kMostQualifiers : kMostQualifiers;
      while (first > behind && unread_[first - 1] && at - first < most &&
             u_.tokens[first - 1].is_han() == han) {
        --first;
      }
      first = std::min(first, chinese_qualifier(at, behind));
      if (first == at) break;
      add(said(first, at) + tail);
      any = true;
      ask_.read.emplace_back(first, at);
      if (first == 0 || !joins(first - 1)) break;
      at = first - 1;
    }
    if (!any) add(std::string(head.kind));
  }

  /// Where a known qualifier begins that ends at `end`, or a 的 behind it does; `end` for none.
  size_t chinese_qualifier(size_t end, size_t behind) const {
    const size_t last = end > 0 && text(end - 1) == "的" ? end - 1 : end;
    for (size_t length = 2; length <= 3 && length + behind <= last; ++length) {
      for (const std::string_view word : kChineseQualifiers) {
        if (match_phrase(u_.tokens, last - length, word) == length) return last - length;
      }
    }
    return end;
  }

  bool joins(size_t at) const {
    static constexpr std::string_view kJoints[] = {"and", "or", ",", "和", "与", "及", "或"};
    return std::find(std::begin(kJoints), std::end(kJoints), text(at)) != std::end(kJoints);
  }

  const Understanding& u_;
  std::vector<bool> unread_;
  EventAsk ask_;
};

}  // namespace

EventAsk read_event_ask(const Understanding& u) { return EventReader(u).run(); }

}  // namespace mw::assistant
