#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assistant/internal/answer_sink.h"
#include "assistant/internal/grammar.h"
#include "assistant/internal/plan.h"
#include "assistant/time_expression.h"
#include "plant/catalogue.h"

namespace mw::assistant {

/// The name of a machine's failure mode; empty for one that is no longer described.
Text mode_name(const plant::Asset& asset, const std::string& id);

/// Turns the evidence of a step into sentences: decides which facts to state and which caveats they
/// need; Grammar words them. What is computed here (an age, a limit for "steady") becomes evidence
/// of its own first.
class Teller {
 public:
  Teller(AnswerSink& sink, const Grammar& grammar, Language language,
         const plant::Catalogue& catalogue, const TimeZone& zone, TimeNs now,
         std::optional<TimeNs> earliest);

  /// Keeps the evidence of one call and tells what it says.
  void tell(const Step& step, std::vector<Evidence> evidence);
  /// After all steps: what concerns several of them.
  void conclude(const std::vector<Step>& steps);
  /// That the plant shown is simulated, where it is.
  void simulated();

 private:
  // tell_numbers.cc
  void latest(const Step& step, const std::vector<std::string>& ids);
  void at(const Step& step, const std::vector<std::string>& ids);
  void statistics(const Step& step, const std::vector<std::string>& ids);
  void trend(const Step& step, const std::vector<std::string>& ids);
  void limit(const Step& step, const std::string& id, double value);
  void count(const Step& step, const std::vector<std::string>& ids);
  void compare_windows(const Step& step, const std::vector<std::string>& ids);
  void compare_machines(const Step& step, const std::vector<std::string>& ids);
  void difference_of_moments(const std::vector<Step>& steps);
  // tell_states.cc
  void state(const Step& step, const std::vector<std::string>& ids);
  void state_times(const Step& step, const std::vector<std::string>& ids);
  void state_when(const Step& step, const std::vector<std::string>& ids);
  void state_count(const Step& step, const std::vector<std::string>& ids);
  void state_of_many();
  // tell_texts.cc
  void text_now(const std::vector<std::string>& ids);
  void text_times(const Step& step, const std::vector<std::string>& ids);
  // tell_batches.cc
  void batches(const Step& step, const std::vector<std::string>& ids);
  // tell_events.cc
  void events(const Step& step, const std::vector<std::string>& ids);
  void event_kinds(const Step& step, const std::vector<std::string>& ids);
  void event_texts(const std::vector<std::string>& ids);
  void event_periods(const Step& step, const std::vector<std::string>& ids);
  // tell_health.cc
  void health(const Step& step, const std::vector<std::string>& ids);
  void health_of(const std::vector<std::string>& ids, size_t first, size_t end);
  void cases(const std::vector<std::string>& ids);
  // tell_life.cc
  void lives(const std::vector<std::string>& ids);
  // tell_work.cc
  void work_orders(const std::vector<std::string>& ids);
  void work_order(const std::vector<std::string>& ids, size_t first, size_t end);
  // tell_oee.cc
  void oee(const Step& step, const std::vector<std::string>& ids);
  // tell_plant.cc
  void unusual(const Step& step, const std::vector<std::string>& ids);
  void list_assets(const Step& step, const std::vector<std::string>& ids);
  void list_sites(const std::vector<std::string>& ids);
  void describe(const Step& step, const std::vector<std::string>& ids);
  void failure_modes(const Step& step, const std::vector<std::string>& ids);
  void list_tags(const Step& step, const std::vector<std::string>& ids);
  void overview(const Step& step, const std::vector<std::string>& ids);
  void tell_facts(const Step& step, const std::vector<std::string>& ids);
  void earlier(const std::vector<std::string>& ids);

  const Evidence* fact(const std::vector<std::string>& ids, std::string_view name) const;
  Subject subject(const Evidence& evidence) const;
  /// A value in the digits of its tag; slopes and spreads in two significant ones.
  Amount amount(const Evidence& evidence) const;
  Amount amount(double value, const Evidence& like) const;
  std::string moment(TimeNs at, bool with_zone) const;
  std::string window(const TimeWindow& window) const;
  std::string state_name(const Evidence& evidence, const std::string& state) const;
  /// Evidence computed from `from`: same subject, source "computed from e1".
  Evidence derived(const Evidence& from, std::string fact, double value, std::string unit) const;
  /// Adds what the quality of `evidence` demands to be said of a window.
  void caveats(const Step& step, const Evidence& evidence);
  void no_data(const Evidence& evidence);

  AnswerSink& sink_;
  const Grammar& grammar_;
  Language language_;
  const plant::Catalogue& catalogue_;
  const TimeZone& zone_;
  TimeNs now_;
  std::optional<TimeNs> earliest_;
  std::vector<std::pair<const Step*, std::vector<std::string>>> many_;  // kStateOfMany
  std::vector<std::string> moments_;    // ids of values of kAt and kLatest, in order
  std::set<std::string> said_earlier_;  // tags
  bool said_default_ = false;
  bool said_begin_ = false;
};

}  // namespace mw::assistant
