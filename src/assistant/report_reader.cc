#include "assistant/report_reader.h"

#include <algorithm>

#include "assistant/internal/lexicon.h"
#include "assistant/internal/model_help.h"
#include "assistant/internal/question_language.h"
#include "assistant/internal/report_clauses.h"
#include "assistant/internal/report_hours.h"
#include "assistant/internal/report_modes.h"
#include "assistant/internal/report_words.h"
#include "assistant/internal/understanding.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

constexpr std::size_t kMostClauses = 300;      // names are looked for in each
constexpr std::size_t kMostModelClauses = 12;  // a second each on a slow machine

Json quote_json(const ReportQuote& quote, const std::string& text) {
  return {{"begin", quote.begin},
          {"end", quote.end},
          {"text", text.substr(quote.begin, quote.end - quote.begin)}};
}

/// Where a part's number stands, however it is written.
std::optional<ReportQuote> find_number(const std::string& text, const std::string& number) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (number.empty()) return std::nullopt;
  for (std::size_t at = 0; at + number.size() <= text.size(); ++at) {
    const bool same =
        std::equal(number.begin(), number.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                   [&](char a, char b) { return lower(a) == lower(b); });
    const std::size_t end = at + number.size();
    const bool whole =
        (at == 0 || !letter(text[at - 1])) && (end == text.size() || !letter(text[end]));
    if (same && whole) return ReportQuote{at, end};
  }
  return std::nullopt;
}

/// What a clause names, with places in the whole report.
class Names {
 public:
  Names(const Lexicon& lexicon, const Calendar& calendar, TimeNs now_ns, MaintenanceReport& report)
      : lexicon_(lexicon), calendar_(calendar), now_ns_(now_ns), report_(report) {}

  void take(const ReportClause& clause) {
    const std::size_t begin = clause.quote.begin;
    const Understanding u = understand(report_.text.substr(begin, clause.quote.end - begin),
                                       lexicon_, calendar_, now_ns_);
    const auto place = [&](std::size_t first, std::size_t last) {
      return ReportQuote{begin + u.tokens[first].begin, begin + u.tokens[last - 1].end};
    };
    for (const AssetMention& mention : u.assets) {
      if (mention.all || mention.assets.size() != 1) continue;  // which one is not said
      const plant::Asset& asset = lexicon_.catalogue().assets()[mention.assets.front()];
      const bool known = std::any_of(report_.assets.begin(), report_.assets.end(),
                                     [&](const ReportAsset& each) { return each.id == asset.id; });
      if (!known) report_.assets.push_back({asset.id, place(mention.first, mention.last)});
    }
    for (const TagMention& mention : u.tags) {
      for (const auto& [index, score] : mention.tags) {
        tags.emplace_back(lexicon_.catalogue().tags()[index].id,
                          place(mention.first, mention.last));
      }
    }
    for (const TimeMention& each : u.times.mentions) {
      if (each.kind == TimeMention::Kind::kNow) continue;
      report_.times.push_back({each.window, {begin + each.begin, begin + each.end}});
    }
  }

  std::vector<std::pair<std::string, ReportQuote>> tags;

 private:
  const Lexicon& lexicon_;
  const Calendar& calendar_;
  const TimeNs now_ns_;
  MaintenanceReport& report_;
};

/// Those that the report names; all where it names none.
std::vector<const plant::Asset*> meant_assets(const MaintenanceReport& report,
                                              const plant::Catalogue& catalogue) {
  std::vector<const plant::Asset*> out;
  for (const ReportAsset& each : report.assets) out.push_back(catalogue.asset(each.id));
  if (!out.empty()) return out;
  for (const plant::Asset& each : catalogue.assets()) out.push_back(&each);
  return out;
}

void find_parts(const std::vector<const plant::Asset*>& assets, MaintenanceReport& report) {
  for (const plant::Asset* asset : assets) {
    for (const plant::FailureMode& mode : asset->failure_modes) {
      for (const plant::SparePart& part : mode.parts) {
        const bool known =
            std::any_of(report.parts.begin(), report.parts.end(),
                        [&](const auto& each) { return each.number == part.number; });
        const auto quote = find_number(report.text, part.number);
        if (quote && !known) report.parts.push_back({part.number, *quote});
      }
    }
  }
}

}  // namespace

std::string_view role_name(ReportRole role) {
  constexpr std::string_view kNames[] = {"noticed", "cause", "done", "result", "other"};
  return kNames[static_cast<std::size_t>(role)];
}

Json to_json(const MaintenanceReport& report) {
  const auto quote = [&](const ReportQuote& of) { return quote_json(of, report.text); };
  Json clauses = Json::array(), assets = Json::array(), modes = Json::array(),
       times = Json::array(), parts = Json::array();
  for (const ReportClause& each : report.clauses) {
    clauses.push_back({{"role", role_name(each.role)},
                       {"by_model", each.by_model},
                       {"quote", quote(each.quote)}});
  }
  for (const ReportAsset& each : report.assets) {
    assets.push_back({{"id", each.id}, {"quote", quote(each.quote)}});
  }
  for (const ReportMode& each : report.modes) {
    modes.push_back({{"asset", each.asset},
                     {"id", each.id},
                     {"name", {{"en", each.name.en}, {"zh", each.name.zh}}},
                     {"by", each.by_name ? "name" : "signals"},
                     {"share", each.share},
                     {"quote", quote(each.quote)}});
  }
  for (const ReportTime& each : report.times) {
    times.push_back({{"from_ms", each.window.start_ns / kNsPerMs},
                     {"to_ms", each.window.end_ns / kNsPerMs},
                     {"quote", quote(each.quote)}});
  }
  for (const ReportPart& each : report.parts) {
    parts.push_back({{"number", each.number}, {"quote", quote(each.quote)}});
  }
  const auto hours = [&](const std::optional<ReportHours>& of) {
    return of ? Json{{"hours", of->hours}, {"quote", quote(of->quote)}} : Json();
  };
  return {{"language", report.language == Language::kZh ? "zh" : "en"},
          {"clauses", std::move(clauses)},
          {"assets", std::move(assets)},
          {"modes", std::move(modes)},
          {"times", std::move(times)},
          {"parts", std::move(parts)},
          {"standstill", hours(report.standstill)},
          {"work", hours(report.work)}};
}

ReportReader::ReportReader(plant::Plant& plant, runtime::ModelHost* models, const Clock& clock,
                           ReportOptions options)
    : plant_(plant), models_(models), clock_(clock), options_(std::move(options)) {}

Result<MaintenanceReport> read_report_words(const std::string& text, const Lexicon& lexicon,
                                            const Calendar& calendar, TimeNs now_ns) {
  if (text.size() > kMostReportBytes) {
    return Error::make(Code::kTooLarge, "'text': a report has at most 8000 bytes",
                       "“text”：报告最多 8000 字节", "text");
  }
  MaintenanceReport report;
  report.text = valid_utf8(text);
  report.clauses = report_clauses(report.text);
  if (report.clauses.empty()) {
    return Error::make(Code::kInvalidArgument, "'text': there is nothing to read",
                       "“text”：没有可读取的内容", "text");
  }
  if (report.clauses.size() > kMostClauses) {
    return Error::make(Code::kTooLarge, "'text': more than 300 clauses: read it in parts",
                       "“text”：超过 300 个分句，请分段读取", "text");
  }
  const Tokens tokens = tokenize(report.text);
  report.language = detect_language(tokens);
  Names names(lexicon, calendar, now_ns, report);
  for (const ReportClause& clause : report.clauses) names.take(clause);
  const auto assets = meant_assets(report, lexicon.catalogue());
  report.modes = report_modes(assets, tokens, names.tags);
  find_parts(assets, report);
  find_hours(report);
  return report;
}

Result<MaintenanceReport> ReportReader::read(const Identity& who, const std::string& text) const {
  const Lexicon lexicon(plant_.catalogue(who));
  Calendar calendar;
  calendar.zone = options_.zone;
  MW_ASSIGN(MaintenanceReport report, read_report_words(text, lexicon, calendar, clock_.now_ns()));
  const auto model =
      models_ == nullptr
          ? Result<std::shared_ptr<runtime::ServedModel>>(Error::make(Code::kNotFound, "", ""))
          : models_->find(options_.model);
  if (!model || !card_passed((*model)->card, "tool_choice")) return report;
  std::size_t asked = 0;
  for (ReportClause& clause : report.clauses) {
    if (clause.role != ReportRole::kOther || ++asked > kMostModelClauses) continue;
    const ReportQuote& at = clause.quote;
    const auto role =
        likelier_role(**model, report.text.substr(at.begin, at.end - at.begin), report.language);
    if (!role) continue;
    clause.role = *role;
    clause.by_model = true;
  }
  return report;
}

}  // namespace mw::assistant
