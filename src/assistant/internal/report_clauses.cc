#include "assistant/internal/report_clauses.h"

#include <algorithm>
#include <array>

#include "assistant/internal/model_help.h"
#include "assistant/internal/tokens.h"

namespace mw::assistant {
namespace {

struct RoleWords {
  ReportRole role;
  std::vector<std::string_view> phrases;
};

/// The first that stands in a clause decides: "replaced the bearing because it was worn" tells why.
const std::array<RoleWords, 4>& role_words() {
  static const std::array<RoleWords, 4> kWords = {
      {{ReportRole::kCause,
        {"because", "due to", "caused by", "cause", "root cause", "reason", "resulted from",
         "owing to", "因为", "由于", "原因", "导致", "引起", "造成", "根因"}},
       {ReportRole::kResult,
        {"runs again",      "running again", "ran again",    "back in operation",
         "back in service", "restarted",     "released",     "test run",
         "tested ok",       "works again",   "normal again", "back to normal",
         "in spec",         "恢复",          "试机",         "试运行",
         "运行正常",        "投入使用",      "重新投产",     "测试正常"}},
       {ReportRole::kDone,
        {"replaced", "replace",    "changed",  "exchanged", "cleaned",  "tightened", "lubricated",
         "greased",  "adjusted",   "repaired", "installed", "refilled", "topped up", "reset",
         "aligned",  "realigned",  "welded",   "swapped",   "fitted",   "removed",   "drained",
         "flushed",  "calibrated", "rewired",  "ordered",   "更换",     "换上",      "换了",
         "清洗",     "清理",       "清洁",     "紧固",      "拧紧",     "润滑",      "加油",
         "补油",     "加注",       "调整",     "修复",      "修理",     "维修",      "安装",
         "复位",     "校准",       "对中",     "焊接",      "拆下",     "冲洗"}},
       {ReportRole::kNoticed,
        {"noise",    "noisy", "leak",    "leaking",    "leaked",      "leakage",   "alarm",
         "tripped",  "trip",  "hot",     "overheated", "overheating", "vibration", "vibrating",
         "vibrates", "smoke", "smell",   "stuck",      "jammed",      "blocked",   "broken",
         "broke",    "worn",  "cracked", "crack",      "loose",       "stopped",   "failed",
         "fault",    "found", "noticed", "reported",   "rattling",    "squealing", "异响",
         "异常",     "噪音",  "漏油",    "漏水",       "泄漏",        "渗漏",      "报警",
         "跳闸",     "过热",  "发热",    "温度高",     "振动",        "冒烟",      "异味",
         "卡死",     "卡住",  "堵塞",    "断裂",       "磨损",        "裂纹",      "松动",
         "停机",     "故障",  "发现",    "失效"}}}};
  return kWords;
}

bool is_sentence_end(std::string_view text, std::size_t at, std::size_t& width) {
  for (const std::string_view sign : {"。", "！", "？", "；"}) {
    if (text.substr(at).starts_with(sign)) {
      width = sign.size();
      return true;
    }
  }
  width = 1;
  const char c = text[at];
  if (c == '\n' || c == '!' || c == '?' || c == ';') return true;
  // "2.5 h" and "No.3" end no sentence.
  return c == '.' && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n');
}

bool is_comma(std::string_view text, std::size_t at, std::size_t& width) {
  if (text.substr(at).starts_with("，")) {
    width = std::string_view("，").size();
    return true;
  }
  width = 1;
  return text[at] == ',' && at + 1 < text.size() && text[at + 1] == ' ';
}

/// Without the blanks at its ends.
ReportQuote trimmed(std::string_view text, std::size_t begin, std::size_t end) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (begin < end && blank(text[begin])) ++begin;
  while (end > begin && blank(text[end - 1])) --end;
  return {begin, end};
}

class ClauseCutter {
 public:
  explicit ClauseCutter(std::string_view text) : text_(text) {}

  std::vector<ReportClause> run() {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text_.size();) {
      std::size_t width = 1;
      const bool ends = is_sentence_end(text_, at, width);
      if (ends || is_comma(text_, at, width)) {
        put(begin, at);
        if (ends) joins_ = false;
        begin = at + width;
      }
      at += width;
    }
    put(begin, text_.size());
    return std::move(out_);
  }

 private:
  void put(std::size_t begin, std::size_t end) {
    const ReportQuote quote = trimmed(text_, begin, end);
    if (quote.begin == quote.end) return;
    const ReportRole role = role_by_words(text_.substr(quote.begin, quote.end - quote.begin));
    if (joins_ && role == ReportRole::kOther) {
      out_.back().quote.end = quote.end;
    } else {
      out_.push_back({quote, role});
    }
    joins_ = true;
  }

  const std::string_view text_;
  std::vector<ReportClause> out_;
  bool joins_ = false;  // the next stretch stands behind a comma
};

constexpr double kClearLeadOfRoles = 0.3;  // nats a token

}  // namespace

ReportRole role_by_words(std::string_view clause) {
  const Tokens tokens = tokenize(clause);
  for (const RoleWords& each : role_words()) {
    for (const std::string_view phrase : each.phrases) {
      for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (match_phrase(tokens, at, phrase) > 0) return each.role;
      }
    }
  }
  return ReportRole::kOther;
}

std::vector<ReportClause> report_clauses(std::string_view text) { return ClauseCutter(text).run(); }

std::optional<ReportRole> likelier_role(const runtime::ServedModel& model,
                                        const std::string& clause, Language language) {
  const bool zh = language == Language::kZh;
  constexpr std::array<ReportRole, 3> kRoles = {ReportRole::kNoticed, ReportRole::kCause,
                                                ReportRole::kDone};
  const std::vector<std::string> texts =
      zh ? std::vector<std::string>{"发现的现象", "故障的原因", "采取的措施"}
         : std::vector<std::string>{"what was noticed", "why it happened", "what was done"};
  const std::string prompt = zh ? "维修报告：“" + clause + "”\n这句话说的是"
                                : "Maintenance report: \"" + clause + "\"\nThis sentence tells ";
  const auto best = likelier_text(model, prompt, texts, kClearLeadOfRoles);
  return best ? std::optional(kRoles[*best]) : std::nullopt;
}

}  // namespace mw::assistant
