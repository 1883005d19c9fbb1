#pragma once

#include <map>
#include <set>
#include <thread>

#include "alarms/alarms.h"
#include "core/language.h"
#include "notify/sender.h"

namespace mw::alarms {

/// Who is told when nobody acknowledges: a rung of the ladder.
struct EscalationStep {
  std::string name;                   // "shift lead"
  int64_t after_ns = 0;               // that it stands unacknowledged
  Priority least = Priority::kHigh;   // and all above
  std::vector<std::string> lines;     // "*": all
  std::vector<std::string> channels;  // of the Sender
};

/// A message about an alarm, and whether it arrived.
struct ToldMessage {
  std::string channel, alarm, step;
  Text name;  // of the alarm, as it was told
  bool ended = false;
  notify::MessageState state = notify::MessageState::kWaiting;
  TimeNs created_ns = 0;
  TimeNs done_ns = 0;  // 0 while it waits
  int attempts = 0;
  Text problem;  // of the last attempt; empty: none
};

struct EscalationOptions {
  std::vector<EscalationStep> steps;
  std::map<std::string, Language> languages;  // of channels; absent: English
  std::string console_url;                    // in messages; empty: no link
  const Clock* clock = nullptr;               // must outlive it
  LogSink log = no_log();
};

/// Tells people of alarms that stand unacknowledged (ISA-18.2: escalation), each once for each time
/// that it comes and each channel, and tells the same people when that has ended. What is shelved,
/// suppressed or out of service is nobody's to acknowledge: it is not told.
///
/// A restart tells nothing twice and forgets nothing: messages are in the outbox, by what they are
/// about, before they count as told.
class Escalation {
 public:
  /// Follows `alarms` until it ends; both others must outlive it.
  Escalation(Alarms& alarms, notify::Sender& sender, notify::Outbox& outbox,
             EscalationOptions options);
  ~Escalation() = default;

  /// Looks once; what start() does each second.
  void tick();
  void start();

  /// Messages about alarms of lines that `who` may see, newest first, of the last 2000. For whoever
  /// may do something about an alarm: operators, engineers. Errors: kPermissionDenied; the
  /// outbox's.
  Result<std::vector<ToldMessage>> messages(const Identity& who, std::size_t limit) const;
  /// The rungs that concern lines of `who`, and how their channels do; the same rights.
  Result<std::vector<EscalationStep>> steps(const Identity& who) const;
  Result<std::vector<notify::ChannelHealth>> channels(const Identity& who) const;

 private:
  /// One coming of one alarm at one channel.
  struct Told {
    std::string rule;
    TimeNs since_ns = 0;  // that it stands unacknowledged
    std::string channel;
    auto operator<=>(const Told&) const = default;
  };
  static std::string key_of(const Told& told);
  void remember();
  Result<void> tell(const AlarmView& view, const EscalationStep& step, TimeNs now);
  Result<void> tell_end(const Told& told, TimeNs now);
  Language language_of(const std::string& channel) const;
  void note(const Result<void>& done);

  Alarms& alarms_;
  notify::Sender& sender_;
  notify::Outbox& outbox_;
  const EscalationOptions options_;
  std::set<Told> told_;  // and not ended
  std::string last_problem_;
  std::jthread thread_;
};

}  // namespace mw::alarms
