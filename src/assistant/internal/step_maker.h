#pragma once

#include <string>
#include <vector>

#include "assistant/internal/event_ask.h"
#include "assistant/internal/plan.h"
#include "plant/catalogue.h"

namespace mw::assistant {

/// Turns what a question asks of given tags and machines into calls.
class StepMaker {
 public:
  StepMaker(const Understanding& u, const plant::Catalogue& catalogue, const Calendar& calendar,
            TimeNs now);

  /// Calls for quantities; `tags` in the order of the question.
  std::vector<Step> for_tags(const std::vector<const plant::Tag*>& tags) const;
  /// Calls about the states of machines.
  std::vector<Step> for_states(const std::vector<const plant::Asset*>& assets, bool many) const;

  Step unusual(const plant::Asset* asset) const;
  /// Of one machine, or of all; cases of the time that is named, if one is.
  Step health(const plant::Asset* asset) const;
  Step cases(const plant::Asset* asset) const;
  Step work(const plant::Asset* asset) const;
  Step life(const plant::Asset* asset) const;
  Step modes(const plant::Asset& asset) const;
  std::vector<Step> oee(const plant::Asset& asset) const;
  std::vector<Step> batches(const plant::Asset& asset) const;
  std::vector<Step> events(const plant::Asset& asset, const EventAsk& ask) const;
  Step overview(const plant::Asset& asset) const;
  Step list_assets() const;
  Step list_sites() const;
  Step list_tags(const plant::Asset* asset) const;

  /// Whether the question compares machines with each other.
  bool compares_machines() const;
  /// Whether it asks for a number that no tool gives (how long above a limit).
  bool asks_time_over_limit() const;
  /// A question about what state machines are in.
  bool asks_state() const;

 private:
  std::vector<Step> over_times(Purpose purpose, const char* tool, const plant::Asset& asset) const;
  std::vector<Step> for_number(const plant::Tag& tag) const;
  std::vector<Step> for_text(const plant::Tag& tag) const;
  Step texts(const plant::Tag& tag, TimeWindow window) const;
  Step latest(const plant::Tag& tag) const;
  Step at(const plant::Tag& tag, TimeNs moment) const;
  Step statistics(const plant::Tag& tag, TimeWindow window, bool by_default,
                  const std::vector<std::string>& which) const;
  Step trend(const plant::Tag& tag, TimeWindow window, bool by_default) const;
  Step count(const plant::Tag& tag, TimeWindow window, bool by_default) const;
  Step compare_windows(const plant::Tag& tag, TimeWindow window, TimeWindow baseline) const;
  Step compare_machines(const std::vector<const plant::Tag*>& tags) const;
  Step state_now(const plant::Asset& asset) const;
  Step state_times(const plant::Asset& asset, TimeWindow window, bool by_default) const;

  bool compares_windows() const;
  bool negated() const;
  /// "fault time", "待机时间": a state and the time spent in it.
  bool names_state_time() const;
  /// "the last fault": when it was.
  bool names_last_state() const;
  bool wants_trend() const;
  bool wants_latest() const;
  std::vector<std::string> wanted_statistics() const;
  /// The one statistic of a comparison.
  std::string comparison_statistic(bool counter, bool windowed) const;
  TimeWindow default_window(TimeNs length) const;
  /// This shift, or today where no shift runs.
  TimeWindow default_shift() const;
  const plant::Asset* asset_of(const plant::Tag& tag) const;
  static Json window_json(TimeWindow window);

  const Understanding& u_;
  const plant::Catalogue& catalogue_;
  const Calendar& calendar_;
  TimeNs now_;
  std::vector<TimeWindow> windows_;
  std::vector<TimeNs> instants_;
  bool says_now_ = false;
};

}  // namespace mw::assistant
