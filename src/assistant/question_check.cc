#include "assistant/question_check.h"

#include <string>
#include <utility>

#include "assistant/internal/lexicon.h"
#include "assistant/internal/planner.h"
#include "assistant/internal/reading_text.h"
#include "assistant/internal/report_words.h"
#include "assistant/internal/utf8.h"
#include "assistant/verify.h"

namespace mw::assistant {
namespace {

constexpr TimeNs kNow = 1'795'512'030 * kNsPerSecond;  // 2026-11-24 10:20:30 CET
constexpr const char* kZone = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr const char* kPlant = R"json({
  "site": "check", "lines": [{"id": "line-1", "name": {"en": "line 1", "zh": "1号产线"}}],
  "kinds": [
    {"id": "cnc", "name": {"en": "CNC machine", "zh": "数控机床"}, "synonyms": ["CNC", "机床"],
     "states": [{"id": "running", "name": {"en": "running", "zh": "运行"}},
                {"id": "fault", "name": {"en": "fault", "zh": "故障"}}],
     "tags": [{"id": "state", "name": {"en": "state", "zh": "状态"}, "kind": "state"},
              {"id": "spindle_temperature", "name": {"en": "spindle temperature", "zh": "主轴温度"},
               "synonyms": ["temperature", "温度"], "unit": "degC", "key": true},
              {"id": "coolant_temperature", "name": {"en": "coolant temperature", "zh": "冷却液温度"},
               "unit": "degC"},
              {"id": "parts", "name": {"en": "parts made", "zh": "产量"}, "kind": "counter",
               "decimals": 0, "key": true}]},
    {"id": "press", "name": {"en": "press", "zh": "压力机"},
     "failure_modes": [{"id": "seal", "name": {"en": "seal leak", "zh": "密封泄漏"}, "signs": ["pressure"],
                        "parts": [{"number": "RS-25", "quantity": 1}]}],
     "tags": [{"id": "pressure", "name": {"en": "pressure", "zh": "压力"}, "unit": "bar"}]}],
  "assets": [
    {"id": "cnc-1", "name": {"en": "CNC-1", "zh": "1号数控机床"}, "kind": "cnc", "line": "line-1"},
    {"id": "cnc-2", "name": {"en": "CNC-2", "zh": "2号数控机床"}, "kind": "cnc", "line": "line-1"},
    {"id": "press-1", "name": {"en": "Press-1", "zh": "1号压力机"}, "kind": "press", "line": "line-1"}]
})json";

/// A tool that exists but is never run here.
class NamedTool final : public Tool {
 public:
  explicit NamedTool(const char* name) : name_(name) {}
  std::string_view name() const override { return name_; }
  const Text& description() const override { return description_; }
  const Json& arguments_schema() const override { return schema_; }
  Effect effect() const override { return Effect::kReads; }
  Result<std::vector<Evidence>> run(const Identity&, const Json&) override {
    return std::vector<Evidence>{};
  }

 private:
  std::string name_;
  Text description_;
  Json schema_ = Json::object();
};

void check_window(const Json& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return;
  const int64_t start_ms = (*found)["start_ms"].get<int64_t>();
  const int64_t end_ms = (*found)["end_ms"].get<int64_t>();
  MW_CHECK(start_ms < kNow / kNsPerMs);
  MW_CHECK(start_ms < end_ms);
}

/// The same bytes as a maintenance report: every quote stands in it.
void check_report(const std::string& text, const Lexicon& lexicon, const Calendar& calendar) {
  const auto report = read_report_words(text, lexicon, calendar, kNow);
  if (!report) return;
  const auto stands = [&](const ReportQuote& quote) {
    MW_CHECK(quote.begin < quote.end && quote.end <= report->text.size());
  };
  for (const ReportClause& each : report->clauses) stands(each.quote);
  for (const ReportAsset& each : report->assets) stands(each.quote);
  for (const ReportMode& each : report->modes) stands(each.quote);
  for (const ReportTime& each : report->times) stands(each.quote);
  for (const ReportPart& each : report->parts) stands(each.quote);
  if (report->standstill) stands(report->standstill->quote);
  if (report->work) stands(report->work->quote);
  MW_CHECK(parse_json(to_text(to_json(*report))).has_value());
}

}  // namespace

struct QuestionCheck::State {
  std::unique_ptr<Lexicon> lexicon;
  ToolRegistry tools;
  Calendar calendar;
};

QuestionCheck::QuestionCheck() : state_(std::make_unique<State>()) {
  state_->lexicon = std::make_unique<Lexicon>(plant::Catalogue::parse(kPlant).value());
  for (const char* name :
       {"find_assets", "find_tags", "latest_value", "window_statistics", "compare_windows",
        "compare_machines", "state_history", "count", "unusual_now"}) {
    state_->tools.add(std::make_unique<NamedTool>(name));
  }
  state_->calendar.zone = TimeZone::parse_posix(kZone).value();
}

QuestionCheck::~QuestionCheck() = default;

void QuestionCheck::run(std::string_view question) const {
  const plant::Catalogue& catalogue = state_->lexicon->catalogue();
  const Understanding u = understand(question, *state_->lexicon, state_->calendar, kNow);
  for (const TimeMention& mention : u.times.mentions) {
    MW_CHECK(mention.window.start_ns <= mention.window.end_ns);
    MW_CHECK(mention.window.end_ns <= kNow);
    MW_CHECK(mention.begin < mention.end && mention.end <= u.question.size());
  }
  const Planned planned = make_plans(u, *state_->lexicon, state_->tools, state_->calendar, kNow);
  MW_CHECK(planned.refusal.has_value() == planned.plans.empty());
  for (const Plan& plan : planned.plans) {
    MW_CHECK(!plan.steps.empty() && !plan.id.empty());
    for (const Step& step : plan.steps) {
      MW_CHECK(state_->tools.find(step.tool) != nullptr);
      if (const auto tag = step.arguments.find("tag"); tag != step.arguments.end()) {
        MW_CHECK(catalogue.tag(tag->get<std::string>()) != nullptr);
      }
      if (const auto asset = step.arguments.find("asset"); asset != step.arguments.end()) {
        MW_CHECK(catalogue.asset(asset->get<std::string>()) != nullptr);
      }
      check_window(step.arguments, "window");
      check_window(step.arguments, "baseline");
    }
    for (const Language language : {Language::kEn, Language::kZh}) {
      MW_CHECK(!reading_text(plan, language, state_->calendar.zone, kNow).empty());
    }
  }
  VerifyContext context;
  context.zone = &state_->calendar.zone;
  context.now = kNow;
  context.names = {"CNC-1", "1号数控机床"};
  (void)find_unsupported(question, {}, context);
  check_report(std::string(question), *state_->lexicon, state_->calendar);
}

}  // namespace mw::assistant
