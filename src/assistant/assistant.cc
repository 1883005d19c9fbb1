#include "assistant/assistant.h"

#include <algorithm>
#include <iterator>

#include "assistant/internal/answer_sink.h"
#include "assistant/internal/lexicon.h"
#include "assistant/internal/model_help.h"
#include "assistant/internal/planner.h"
#include "assistant/internal/reading_text.h"
#include "assistant/internal/refusal_text.h"
#include "assistant/internal/replay.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {
namespace {

constexpr size_t kMostLexicons = 8;  // views of the catalogue in use at once: few sets of lines

Error cancelled() {
  return Error::make(Code::kCancelled, "the question was cancelled", "问题已取消");
}

Result<void> check_question(const std::string& question, size_t most) {
  if (question.size() > most) {
    return Error::make(Code::kTooLarge,
                       "the question has " + std::to_string(question.size()) + " bytes; at most " +
                           std::to_string(most) + " are read: ask for one thing at a time",
                       "问题有 " + std::to_string(question.size()) + " 字节，最多 " +
                           std::to_string(most) + " 字节：请一次只问一件事",
                       "question");
  }
  const bool blank = std::all_of(question.begin(), question.end(),
                                 [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  if (blank) {
    return Error::make(Code::kInvalidArgument,
                       "the question is empty: ask for example 'Is anything unusual?'",
                       "问题为空：可以问“现在有什么异常？”", "question");
  }
  return {};
}

constexpr const char* kStatisticsTool = "window_statistics";

/// Arguments that ask for the last usable sample of a tag within a day.
Json last_good(const Step& step, TimeNs now) {
  Json window = Json{{"start_ms", (now - kNsPerDay) / kNsPerMs}, {"end_ms", now / kNsPerMs}};
  return Json{
      {"tag", step.arguments["tag"]}, {"window", std::move(window)}, {"statistics", {"last"}}};
}

std::string catalogue_version(const plant::Catalogue& catalogue) {
  std::string text = catalogue.site();
  for (const plant::Tag& tag : catalogue.tags()) {
    text += "\n" + tag.id + " " + tag.unit + " " + std::to_string(tag.decimals);
  }
  return digest(text);
}

/// The calendar of one line: what is meant for others is not there, the rest is meant for it.
Calendar of_line(Calendar calendar, const std::string& line) {
  const auto keep = [&](auto& items) {
    std::erase_if(items, [&](const auto& item) {
      return !item.lines.empty() &&
             std::find(item.lines.begin(), item.lines.end(), line) == item.lines.end();
    });
    for (auto& item : items) item.lines.clear();
  };
  keep(calendar.shifts);
  keep(calendar.exceptions);
  return calendar;
}

bool differs_by_line(const Calendar& calendar) {
  const auto some = [](const auto& item) { return !item.lines.empty(); };
  return std::any_of(calendar.shifts.begin(), calendar.shifts.end(), some) ||
         std::any_of(calendar.exceptions.begin(), calendar.exceptions.end(), some);
}

/// The line that all machines of a question are on; empty where there is none such.
std::string line_of(const Understanding& u, const plant::Catalogue& catalogue) {
  std::string line;
  for (const AssetMention& mention : u.assets) {
    for (const uint32_t asset : mention.assets) {
      const std::string& of = catalogue.assets()[asset].line;
      if (!line.empty() && of != line) return {};
      line = of;
    }
  }
  return line;
}

}  // namespace

struct Assistant::Call {
  const Identity& who;
  const AskRequest& request;
  std::stop_token stop;
  std::shared_ptr<const Lexicon> lexicon;
  Calendar calendar;
  TimeNs now = 0;
  AskAnswer answer;
  AnswerSink sink;
  std::vector<Step> steps;
  std::vector<Text> notes;  // of the times that were named
  std::string question;     // valid UTF-8

  Call(const Identity& asker, const AskRequest& asked, const AskListener& listener,
       std::stop_token stopping, std::shared_ptr<const Lexicon> names, Calendar local, TimeNs at,
       const LogSink& log)
      : who(asker),
        request(asked),
        stop(std::move(stopping)),
        lexicon(std::move(names)),
        calendar(std::move(local)),
        now(at),
        sink(answer, listener, lexicon->catalogue(), calendar.zone, now, log) {}
};

Assistant::Assistant(ToolRegistry& tools, plant::Plant& plant, runtime::ModelHost* models,
                     const Clock& clock, AskOptions options, LogSink log)
    : tools_(tools),
      plant_(plant),
      models_(models),
      clock_(clock),
      options_(std::move(options)),
      log_(std::move(log)) {}

Assistant::~Assistant() = default;

std::shared_ptr<const Lexicon> Assistant::lexicon_for(const Identity& who) {
  const auto view = plant_.catalogue(who);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& each : lexicons_) {
      if (each->shared_catalogue() == view) return each;
    }
  }
  // Built outside the lock (a large plant takes a moment); two askers may build the same, once.
  auto fresh = std::make_shared<const Lexicon>(view);
  const std::lock_guard lock(mutex_);
  if (lexicons_.size() >= kMostLexicons) lexicons_.erase(lexicons_.begin());
  lexicons_.push_back(fresh);
  return fresh;
}

Result<AskAnswer> Assistant::ask(const Identity& who, const AskRequest& request,
                                 const AskListener& listener, std::stop_token stop) {
  MW_TRY(check_question(request.question, options_.max_question_bytes));
  if (stop.stop_requested()) return cancelled();
  auto lexicon = lexicon_for(who);
  Calendar calendar;
  calendar.zone = options_.zone;
  if (options_.shifts.empty()) calendar.exceptions = lexicon->catalogue().shift_exceptions();
  calendar.shifts = options_.shifts.empty() ? lexicon->catalogue().shifts() : options_.shifts;
  Call call(who, request, listener, stop, std::move(lexicon), std::move(calendar), clock_.now_ns(),
            log_);
  MW_TRY(answer(call));
  call.sink.finish();
  AskAnswer& done = call.answer;
  for (const Sentence& sentence : done.sentences) {
    if (!done.answer.empty() && done.language == Language::kEn) done.answer += " ";
    done.answer += sentence.text;
  }
  done.replay_id =
      replay_id(call.question, call.now, catalogue_version(call.lexicon->catalogue()), done);
  if (listener) listener("done", to_json(done));
  return done;
}

Result<void> Assistant::answer(Call& call) {
  call.sink.status("understanding");
  Understanding u = understand(call.request.question, *call.lexicon, call.calendar, call.now);
  if (differs_by_line(call.calendar)) {
    // "the early shift" is that of the line whose machines are meant.
    const std::string line = line_of(u, call.lexicon->catalogue());
    if (!line.empty()) {
      call.calendar = of_line(std::move(call.calendar), line);
      u = understand(call.request.question, *call.lexicon, call.calendar, call.now);
    }
  }
  call.question = u.question;
  call.answer.language = call.request.language.value_or(u.language);
  for (const TimeMention& mention : u.times.mentions) {
    if (!mention.note.en.empty()) call.notes.push_back(mention.note);
  }
  Planned planned = make_plans(u, *call.lexicon, tools_, call.calendar, call.now);
  if (planned.refusal) {
    call.answer.refused = true;
    tell_refusal(*planned.refusal, *call.lexicon, call.answer.language, call.sink);
    return {};
  }

  std::vector<Plan>& plans = planned.plans;
  size_t chosen = 0;
  if (!call.request.reading_id.empty()) {
    const auto found = std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) {
      return plan.id == call.request.reading_id;
    });
    if (found == plans.end()) {
      return Error::make(Code::kInvalidArgument,
                         "reading '" + call.request.reading_id.substr(0, 40) +
                             "' is not one of this question's: ask it again and choose anew",
                         "该选项不属于这个问题：请重新提问后再选择", "reading_id");
    }
    chosen = static_cast<size_t>(found - plans.begin());
  } else {
    size_t rivals = 0;
    while (rivals < plans.size() && plans.front().score - plans[rivals].score < kNearTie) ++rivals;
    rivals = std::min(rivals, kMostReadings);
    if (rivals > 1) {
      std::optional<size_t> preferred;
      if (models_ != nullptr) {
        const auto model = models_->find(options_.model);
        if (model && card_passed((*model)->card, "tool_choice") &&
            card_writes((*model)->card, u.language)) {
          std::vector<std::string> texts;
          for (size_t i = 0; i < rivals; ++i) {
            texts.push_back(reading_text(plans[i], Language::kEn, call.calendar.zone, call.now));
          }
          preferred = likelier_reading(**model, u.question, texts);
        }
      }
      if (!preferred) {
        std::vector<Reading> readings;
        for (size_t i = 0; i < rivals; ++i) {
          readings.push_back({plans[i].id, reading_text(plans[i], call.answer.language,
                                                        call.calendar.zone, call.now)});
        }
        call.sink.offer(std::move(readings));
        call.sink.say_unchecked(
            call.answer.language == Language::kZh
                ? "这个问题有不止一种理解，请选择一种。"
                : "This question can be understood in more than one way; please choose one.",
            {});
        return {};
      }
      chosen = *preferred;
    }
  }
  call.steps = std::move(plans[chosen].steps);
  return run_steps(call);
}

Result<std::vector<Evidence>> Assistant::run_tool(Call& call, const std::string& name,
                                                  const Json& arguments, Json& calls) {
  Tool* tool = tools_.find(name);
  if (tool == nullptr) return std::vector<Evidence>{};
  calls.push_back(Json{{"tool", name}, {"arguments", arguments}});
  return tool->run(call.who, arguments);
}

Result<void> Assistant::run_steps(Call& call) {
  const Language language = call.answer.language;
  Teller teller(call.sink, Grammar::of(language), language, call.lexicon->catalogue(),
                call.calendar.zone, call.now, plant_.earliest_ns(call.who));
  call.sink.status("reading");
  Json calls = Json::array();
  for (const Step& step : call.steps) {
    if (call.stop.stop_requested()) return cancelled();
    MW_ASSIGN(std::vector<Evidence> evidence, run_tool(call, step.tool, step.arguments, calls));
    if (step.purpose == Purpose::kLatest && !evidence.empty() &&
        evidence.front().quality == Quality::kBad) {
      // What stands there now is stale or wrong: the last good value is looked up in the history.
      MW_ASSIGN(std::vector<Evidence> last,
                run_tool(call, kStatisticsTool, last_good(step, call.now), calls));
      std::move(last.begin(), last.end(), std::back_inserter(evidence));
    }
    teller.tell(step, std::move(evidence));
  }
  call.answer.tool = call.steps.front().tool;
  call.answer.arguments = calls.size() == 1 ? calls.front()["arguments"] : Json{{"calls", calls}};
  teller.conclude(call.steps);
  if (call.answer.sentences.empty()) {  // silence would look like an answer
    call.answer.refused = true;
    call.sink.say_unchecked(Grammar::of(language).nothing_to_say(call.sink.dropped() > 0), {});
    return {};
  }
  for (const Text& note : call.notes) {
    call.sink.say_unchecked(Grammar::of(language).note(note.in(language)), {});
  }
  teller.simulated();
  explain(call);
  if (call.stop.stop_requested()) return cancelled();
  return {};
}

void Assistant::explain(Call& call) {
  if (models_ == nullptr || !options_.explain || call.answer.sentences.empty()) return;
  const auto model = models_->find(options_.model);
  if (!model) return;
  const Json& card = (*model)->card;
  if (!card_writes(card, call.answer.language) || !card_passed(card, "copying")) return;
  call.sink.status("explaining");
  std::vector<std::string> facts;
  std::vector<std::string> ids;
  for (const Sentence& sentence : call.answer.sentences) {
    facts.push_back(sentence.text);
    for (const std::string& id : sentence.evidence) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  for (const std::string& sentence :
       explanation(**model, call.question, facts, call.answer.language, call.stop)) {
    const bool repeats = std::find(facts.begin(), facts.end(), sentence) != facts.end();
    if (!repeats && !claims_more(sentence, facts)) call.sink.say(sentence, ids, true);
  }
}

}  // namespace mw::assistant
