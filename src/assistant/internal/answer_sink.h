#pragma once

#include <deque>
#include <string>
#include <vector>

#include "assistant/ask.h"
#include "assistant/verify.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/time_zone.h"
#include "plant/catalogue.h"

namespace mw::assistant {

/// Collects an answer and tells the listener of each part as it comes. No sentence passes that
/// states a number, unit, time or name which its own evidence does not carry.
class AnswerSink {
 public:
  AnswerSink(AskAnswer& answer, const AskListener& listener, const plant::Catalogue& catalogue,
             const TimeZone& zone, TimeNs now, const LogSink& log);

  void status(std::string_view stage);
  /// Gives evidence its id, keeps it and returns the id.
  std::string add(Evidence evidence);
  /// A sentence and the ids that carry it. Dropped and logged when it does not verify.
  void say(std::string text, std::vector<std::string> ids, bool from_model = false);
  /// For refusals and choices: they claim nothing about the plant but names, and repeat the asker's
  /// own words, which may hold any number.
  void say_unchecked(std::string text, std::vector<std::string> ids);
  void offer(std::vector<Reading> readings);

  /// References to evidence stay valid while more is added.
  const std::deque<Evidence>& evidence() const { return evidence_; }
  const Evidence& evidence(const std::string& id) const;
  /// Hands the evidence over to the answer; nothing is added afterwards.
  void finish();
  /// Sentences that were dropped because they did not verify: our bug when not from a model.
  int dropped() const { return dropped_; }

  /// What a text about these facts may name, and what it must not.
  VerifyContext context(const std::vector<Evidence>& about, bool with_other_names) const;

 private:
  void emit(std::string_view event, const Json& data);
  void keep(Sentence sentence);

  AskAnswer& answer_;
  const AskListener& listener_;
  const plant::Catalogue& catalogue_;
  const TimeZone& zone_;
  TimeNs now_;
  const LogSink& log_;
  std::deque<Evidence> evidence_;
  int dropped_ = 0;
};

}  // namespace mw::assistant
