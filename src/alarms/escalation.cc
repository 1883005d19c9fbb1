#include "alarms/escalation.h"

#include <algorithm>
#include <condition_variable>

#include "alarms/alarm_message.h"

namespace mw::alarms {
namespace {

constexpr int kRemembered = 100'000;  // messages that are looked through at the start
constexpr int kShown = 2'000;         // messages that messages() looks through
constexpr int kLookedAt = 10'000;     // entries of one alarm since somebody was told of it

const Identity kAll{Identity::Kind::kService, "escalation", {{Role::kViewer, {"*"}, {}}}};

Result<void> check_reader(const Identity& who) {
  if (may_operate(who)) return {};
  return Error::make(Code::kPermissionDenied,
                     "role operator is needed to see who was told: ask whoever manages people",
                     "查看通知情况需要操作员角色，请联系人员管理员");
}

bool applies(const EscalationStep& step, const AlarmView& view, TimeNs now) {
  return view.status.state() == State::kUnacknowledged && view.rule.priority >= step.least &&
         now - view.status.changed_ns >= step.after_ns &&
         std::any_of(step.lines.begin(), step.lines.end(), [&](const std::string& line) {
           return line == "*" || line == view.rule.line;
         });
}

}  // namespace

Escalation::Escalation(Alarms& alarms, notify::Sender& sender, notify::Outbox& outbox,
                       EscalationOptions options)
    : alarms_(alarms), sender_(sender), outbox_(outbox), options_(std::move(options)) {
  remember();
}

std::string Escalation::key_of(const Told& told) {
  return told.rule + "|" + std::to_string(told.since_ns);
}

Language Escalation::language_of(const std::string& channel) const {
  const auto found = options_.languages.find(channel);
  return found == options_.languages.end() ? Language::kEn : found->second;
}

/// What an earlier process told and nobody ended.
void Escalation::remember() {
  const auto entries = outbox_.newest(kRemembered);
  if (!entries) return note(entries.error());
  std::set<Told> ended;
  for (const notify::OutboxEntry& each : *entries) {
    const Json& facts = each.message.facts;
    const auto rule = json_string(facts, "alarm");
    const auto since = json_string(facts, "since_ns");
    if (!rule || !since || since->empty() || !sender_.has(each.channel)) continue;
    const Told told{*rule, std::strtoll(since->c_str(), nullptr, 10), each.channel};
    if (json_string(facts, "event").value_or("") == "ended" ||
        each.state == notify::MessageState::kWithdrawn ||
        each.state == notify::MessageState::kGivenUp) {
      ended.insert(told);
    } else {
      told_.insert(told);
    }
  }
  for (const Told& each : ended) told_.erase(each);
}

Result<void> Escalation::tell(const AlarmView& view, const EscalationStep& step, TimeNs now) {
  for (const std::string& channel : step.channels) {
    const Told told{view.rule.id, view.status.changed_ns, channel};
    if (told_.contains(told)) continue;
    notify::Message message =
        message_of_alarm(view, language_of(channel), now, options_.console_url);
    message.key = key_of(told);
    message.facts["step"] = step.name;
    message.facts["since_ns"] = std::to_string(told.since_ns);  // exact, for remember()
    MW_TRY(sender_.put(channel, message));
    told_.insert(told);
  }
  return {};
}

Result<void> Escalation::tell_end(const Told& told, TimeNs now) {
  MW_ASSIGN(const bool withdrawn, sender_.withdraw(told.channel, key_of(told)));
  if (withdrawn) return {};  // nobody was told
  AlarmView view;
  if (auto found = alarms_.find(kAll, told.rule)) {
    view = std::move(*found);
  } else {  // its rule was removed: only its name is left
    view.rule.id = view.rule.name.en = view.rule.asset = told.rule;
  }
  EntryFilter filter;
  filter.rule = told.rule;
  filter.from_ns = told.since_ns;
  filter.limit = kLookedAt;
  MW_ASSIGN(const std::vector<Entry> entries, alarms_.journal(kAll, filter));
  // Oldest first: the first that ended it, whatever came after.
  std::optional<Entry> last;
  for (auto each = entries.rbegin(); each != entries.rend() && !last; ++each) {
    if (each->event == Event::kAcknowledged || each->event == Event::kReturned ||
        each->event == Event::kShelved) {
      last = *each;
    }
  }
  notify::Message message = message_of_end(view, last, language_of(told.channel), now);
  message.key = key_of(told) + "|end";
  message.facts["since_ns"] = std::to_string(told.since_ns);
  const auto put = sender_.put(told.channel, message);
  return put ? Result<void>{} : put.error();
}

void Escalation::tick() {
  const TimeNs now = options_.clock->now_ns();
  const std::vector<AlarmView> views = alarms_.list(kAll, false);
  std::set<std::pair<std::string, TimeNs>> standing;
  for (const AlarmView& view : views) {
    if (view.status.state() != State::kUnacknowledged) continue;
    standing.emplace(view.rule.id, view.status.changed_ns);
    for (const EscalationStep& step : options_.steps) {
      if (applies(step, view, now)) note(tell(view, step, now));
    }
  }
  for (auto each = told_.begin(); each != told_.end();) {
    if (standing.contains({each->rule, each->since_ns})) {
      ++each;
      continue;
    }
    const Result<void> told = tell_end(*each, now);
    note(told);
    each = told ? told_.erase(each) : std::next(each);  // what failed is tried again
  }
}

Result<std::vector<ToldMessage>> Escalation::messages(const Identity& who,
                                                      std::size_t limit) const {
  MW_TRY(check_reader(who));
  const Identity reader = who.at_least(Role::kOperator);
  MW_ASSIGN(const std::vector<notify::OutboxEntry> entries, outbox_.newest(kShown));
  std::vector<ToldMessage> out;
  for (const notify::OutboxEntry& each : entries) {
    if (out.size() >= limit) break;
    const Json& facts = each.message.facts;
    const std::string line = json_string(facts, "line").value_or("");
    if (!reader.may_see_line(line.empty() ? "*" : line)) continue;  // of a removed rule: of no line
    ToldMessage told;
    told.channel = each.channel;
    told.alarm = json_string(facts, "alarm").value_or("");
    told.step = json_string(facts, "step").value_or("");
    if (const auto name = facts.find("name"); name != facts.end() && name->is_object()) {
      told.name = {json_string(*name, "en").value_or(""), json_string(*name, "zh").value_or("")};
    }
    told.ended = json_string(facts, "event").value_or("") == "ended";
    told.state = each.state;
    told.created_ns = each.created_ns;
    told.done_ns = each.done_ns;
    told.attempts = each.attempts;
    told.problem = each.problem;
    out.push_back(std::move(told));
  }
  return out;
}

Result<std::vector<EscalationStep>> Escalation::steps(const Identity& who) const {
  MW_TRY(check_reader(who));
  const Identity reader = who.at_least(Role::kOperator);
  std::vector<EscalationStep> out = options_.steps;
  for (EscalationStep& step : out) {
    std::erase_if(step.lines, [&](const std::string& line) {
      return line != "*" && !reader.may_see_line(line);
    });
  }
  std::erase_if(out, [](const EscalationStep& step) { return step.lines.empty(); });
  return out;
}

Result<std::vector<notify::ChannelHealth>> Escalation::channels(const Identity& who) const {
  MW_ASSIGN(const std::vector<EscalationStep> mine, steps(who));
  std::vector<notify::ChannelHealth> out = sender_.health();
  std::erase_if(out, [&](const notify::ChannelHealth& each) {
    return std::none_of(mine.begin(), mine.end(), [&](const EscalationStep& step) {
      return std::find(step.channels.begin(), step.channels.end(), each.name) !=
             step.channels.end();
    });
  });
  if (who.may(Role::kOperator, "*")) return out;
  // How many wait for a channel says something of other lines' alarms.
  MW_ASSIGN(const std::vector<ToldMessage> told, messages(who, kShown));
  for (notify::ChannelHealth& each : out) {
    each.waiting =
        static_cast<int>(std::count_if(told.begin(), told.end(), [&](const ToldMessage& message) {
          return message.channel == each.name && message.state == notify::MessageState::kWaiting;
        }));
  }
  return out;
}

/// Once for each problem in a row: this runs every second.
void Escalation::note(const Result<void>& done) {
  if (done) return;
  if (done.error().message.en != last_problem_) {
    options_.log(LogLevel::kError, "escalation", done.error().message.en);
  }
  last_problem_ = done.error().message.en;
}

void Escalation::start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      tick();
      std::unique_lock<std::mutex> lock(mutex);
      wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
  });
}

}  // namespace mw::alarms
