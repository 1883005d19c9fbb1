#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assistant/internal/plan.h"
#include "core/language.h"
#include "plant/asset.h"

namespace mw::assistant {

/// What a sentence is about. `tag` is null where it is about the machine itself.
struct Subject {
  const plant::Asset* asset = nullptr;
  const plant::Tag* tag = nullptr;
};

/// A number as it will stand in the text: rounded, with its unit. Only evidence makes one.
struct Amount {
  std::string number;
  std::string unit;
  std::string text() const;
};

/// One statistic of a window.
struct StatisticText {
  std::string fact;  // "mean", "minimum", ...
  Amount amount;
  std::string at;  // when, empty for those that have no moment
};

struct StateText {
  std::string name;
  std::string duration;
};

struct RankedText {
  Subject subject;
  Amount amount;
};

/// The shares of OEE as they will stand in the text; empty where there is not enough evidence.
struct OeeText {
  std::string oee, availability, performance, quality;  // "61.2"
};

/// A batch; `end` is empty while it runs, the others where they are not known.
struct BatchText {
  std::string number, product, start, end, parts, good, oee;
};

/// What somebody noted; `end` is empty of a moment and while it goes on, `teller` where not known.
struct EventText {
  std::string text, start, end, teller;
  bool open = false;  // it goes on
};

/// How a machine is by its health model; what is empty is not said.
struct HealthText {
  std::string verdict;  // "healthy", "alarm", ... (maintenance/health_tools.h)
  std::string index, case_number;
  std::vector<std::string> parts;  // "vibration 81 %", largest first
  std::string tag, fault;          // of a sensor: "missing", "flat", "no_noise", "drifting"
};

/// When a machine fails; texts are empty where they are not known.
struct LifeText {
  std::string kind;      // as the tool's evidence says it
  std::string earliest;  // moments
  std::string latest;
  std::string certainty;  // in %, as the next
  std::string held;       // of machines that were held out in training
};

/// A case of a machine that ran unlike its normal.
struct CaseText {
  std::string number, opened;
  std::string outcome;             // "open", "confirmed", "nothing_found", "other"
  std::vector<std::string> parts;  // "vibration 5.1 mm/s"
  std::vector<std::string> also;   // what began to deviate while it was open: as case_also() says
};

/// The work order of a case. `begins` is empty where no window can be proposed.
struct WorkText {
  std::string number;
  Text mode;                       // empty: none of the plant's failure modes fits
  bool accepted = false;           // by somebody; else proposed
  std::string begins, hours;       // "Tuesday 22:00", "3"
  std::string before, certainty;   // the remaining-life model's date, how sure in %; or empty
  bool late = false;               // nothing ends before that date
  std::string total;               // "607.00 EUR"
  std::vector<std::string> costs;  // as cost() writes them
};

/// Parts of one product; `ideal_cycle` is empty where it is not described.
struct ProductText {
  std::string product, parts, ideal_cycle;
};

enum class Direction { kRising, kFalling, kSteady, kUnclear };

/// The sentences that carry facts, in one language. Arguments are values of evidence already in
/// their final spelling; a method adds words and order, never a number.
class Grammar {
 public:
  static const Grammar& of(Language language);
  virtual ~Grammar() = default;

  virtual std::string subject(const Subject& s) const = 0;
  virtual std::string asset_name(const plant::Asset& asset) const = 0;
  virtual std::string tag_name(const plant::Tag& tag) const = 0;
  virtual std::string statistic_name(const std::string& fact) const = 0;
  virtual std::string list(const std::vector<std::string>& items) const = 0;

  virtual std::string latest(const Subject& s, const Amount& value, const std::string& at,
                             const std::string& age) const = 0;
  virtual std::string stale(const Subject& s, const Amount& value, const std::string& at,
                            const std::string& age) const = 0;
  virtual std::string never(const Subject& s) const = 0;
  virtual std::string limit(bool holds, bool above, const Amount& limit) const = 0;
  virtual std::string at_moment(const Subject& s, const std::string& asked, const Amount& value,
                                const std::string& sampled) const = 0;
  virtual std::string nothing_at(const Subject& s, const std::string& asked) const = 0;
  virtual std::string statistics(const Subject& s, const std::string& window,
                                 const std::vector<StatisticText>& facts) const = 0;
  virtual std::string change(const Subject& s, const std::string& window, const Amount& change,
                             const Amount& first, const Amount& last) const = 0;
  virtual std::string spread(const Amount& minimum, const Amount& maximum,
                             const Amount& mean) const = 0;
  virtual std::string trend(Direction direction, const Amount& slope,
                            const Amount& limit) const = 0;
  virtual std::string no_data(const Subject& s, const std::string& window) const = 0;
  virtual std::string data_begin(const std::string& at) const = 0;
  virtual std::string compare_windows(const Subject& s, const std::string& fact,
                                      const std::string& window, const Amount& value,
                                      const std::string& baseline, const Amount& other,
                                      const Amount& difference, int sign,
                                      const std::string& percent) const = 0;
  virtual std::string compare_machines(const std::string& fact, const std::string& window,
                                       const std::vector<RankedText>& ranked) const = 0;
  virtual std::string extreme(const Subject& s, bool lowest, const Amount& difference) const = 0;
  virtual std::string difference(const Amount& amount) const = 0;
  virtual std::string count(const Subject& s, const std::string& window,
                            const Amount& count) const = 0;
  virtual std::string state(const plant::Asset& asset, const std::string& state,
                            const std::string& since, const std::string& duration) const = 0;
  virtual std::string answer_word(bool yes) const = 0;
  virtual std::string unknown_state(const plant::Asset& asset) const = 0;
  virtual std::string state_times(const plant::Asset& asset, const std::string& window,
                                  const std::vector<StateText>& states) const = 0;
  virtual std::string in_state(const plant::Asset& asset, const std::string& window,
                               const StateText& state) const = 0;
  virtual std::string never_in_state(const plant::Asset& asset, const std::string& window,
                                     const std::string& state) const = 0;
  virtual std::string state_at(const plant::Asset& asset, const std::string& at,
                               const std::string& state) const = 0;
  virtual std::string state_when(const plant::Asset& asset, const std::string& state,
                                 const std::string& at) const = 0;
  virtual std::string state_count(const plant::Asset& asset, const std::string& state,
                                  const std::string& window, const std::string& count) const = 0;
  virtual std::string many_states(const std::string& state, bool negated,
                                  const std::vector<std::string>& machines,
                                  const std::string& count, const std::string& all) const = 0;
  virtual std::string all_states(const std::vector<std::string>& machines) const = 0;
  virtual std::string nothing_unusual(const plant::Asset* asset,
                                      const std::string& checked) const = 0;
  virtual std::string unusual_count(const plant::Asset* asset, const std::string& count,
                                    const std::string& checked) const = 0;
  virtual std::string outside_normal(const Subject& s, bool above, const Amount& value,
                                     const Amount& limit) const = 0;
  virtual std::string bad_quality(const Subject& s, const std::string& reason) const = 0;
  virtual std::string outlier(const Subject& s, const Amount& value, const Amount& median,
                              const Amount& score) const = 0;
  /// `place` is empty for the whole plant.
  virtual std::string list_assets(const std::string& place, const std::string& count,
                                  const std::vector<std::string>& machines) const = 0;
  /// `lines`: each with how many machines it has.
  virtual std::string list_sites(const std::string& site, const std::string& count,
                                 const std::vector<std::string>& lines) const = 0;
  virtual std::string line_machines(const std::string& line, const std::string& count) const = 0;
  virtual std::string description(const plant::Asset& asset, const std::string& line) const = 0;
  virtual std::string list_tags(const plant::Asset* asset, const std::string& count,
                                const std::vector<std::string>& tags) const = 0;
  virtual std::string overview(const plant::Asset& asset, const std::vector<std::string>& values,
                               const std::string& at) const = 0;

  /// What a text tag says: texts of devices stand as they came.
  virtual std::string text_now(const Subject& s, const std::string& text, const std::string& since,
                               const std::string& duration) const = 0;
  virtual std::string text_none(const Subject& s) const = 0;
  virtual std::string text_unknown(const Subject& s) const = 0;
  virtual std::string text_at(const Subject& s, const std::string& at,
                              const std::string& text) const = 0;
  virtual std::string text_times(const Subject& s, const std::string& window,
                                 const std::vector<StateText>& texts) const = 0;

  virtual std::string batch_count(const plant::Asset& asset, const std::string& window,
                                  const std::string& count) const = 0;
  virtual std::string batch(const BatchText& batch) const = 0;
  virtual std::string event_count(const plant::Asset& asset, const std::string& window,
                                  const std::string& count) const = 0;
  virtual std::string event_kinds(const std::vector<std::string>& kinds) const = 0;
  /// Kinds that were asked for and that there are none of.
  virtual std::string event_kinds_absent(const plant::Asset& asset, const std::string& window,
                                         const std::vector<std::string>& kinds) const = 0;
  /// What was noted instead; `without` is how many bear no kind, or empty.
  virtual std::string event_kinds_other(const std::vector<std::string>& kinds,
                                        const std::string& without) const = 0;
  /// Equal notes; `others` is how many further wordings there are, or empty.
  virtual std::string event_texts(const std::vector<std::string>& texts,
                                  const std::string& others) const = 0;
  /// `by`: hour, day, week or month; each item begins with when its period does. `others` as above.
  virtual std::string event_periods(const std::string& by, const std::string& with,
                                    const std::string& all, const std::vector<std::string>& items,
                                    const std::string& others) const = 0;
  virtual std::string event(const EventText& event) const = 0;
  virtual std::string batch_doubt(const std::string& number, const std::string& doubt) const = 0;

  virtual std::string health_count(const std::string& watched, const std::string& all,
                                   const std::string& unlike) const = 0;
  virtual std::string health(const plant::Asset& asset, const HealthText& health) const = 0;
  /// `window` is empty for all times.
  virtual std::string case_count(const std::string& window, const std::string& count) const = 0;
  virtual std::string health_case(const plant::Asset& asset, const CaseText& one) const = 0;
  /// A signal with its value, and since when: "heat 90 K since Tuesday 22:00".
  virtual std::string case_also(const std::string& part, const std::string& since) const = 0;

  /// A failure mode and the signals that show it, none where none is known.
  virtual std::string failure_mode(const Text& name,
                                   const std::vector<std::string>& signs) const = 0;
  virtual std::string failure_modes(const plant::Asset& asset, const std::string& count,
                                    const std::vector<std::string>& modes) const = 0;
  /// Those that the signals of the question show; then that these show none.
  virtual std::string failure_modes_shown(const plant::Asset& asset,
                                          const std::vector<std::string>& modes) const = 0;
  virtual std::string no_failure_mode_shown(const plant::Asset& asset,
                                            const std::vector<std::string>& signals) const = 0;
  virtual std::string no_failure_signs(const plant::Asset& asset) const = 0;

  /// How many machines are followed by a model of remaining life.
  virtual std::string life_count(const std::string& count) const = 0;
  virtual std::string life(const plant::Asset& asset, const LifeText& life) const = 0;

  virtual std::string work_count(const std::string& count) const = 0;
  virtual std::string work_order(const plant::Asset& asset, const WorkText& work) const = 0;
  /// `kind`: standstill, labour or parts; `amount` is empty where it is not given.
  virtual std::string cost(const std::string& kind, const std::string& amount) const = 0;

  /// OEE and its three factors; where it is missing, says so.
  virtual std::string oee(const plant::Asset& asset, const std::string& window,
                          const OeeText& shares) const = 0;
  virtual std::string oee_times(const std::string& production, const std::string& busy,
                                const std::vector<StateText>& losses) const = 0;
  virtual std::string oee_parts(const std::string& parts, const Amount& ideal_cycle) const = 0;
  virtual std::string oee_products(const std::vector<ProductText>& products) const = 0;
  virtual std::string oee_good(const std::string& good, const std::string& parts) const = 0;
  virtual std::string oee_remark(const std::string& text) const = 0;

  /// What is stored under the earlier name `id`, in `unit` (may be empty), until `until`.
  virtual std::string earlier(const Subject& s, const std::string& id, const std::string& unit,
                              const std::string& until) const = 0;
  virtual std::string share(const std::string& percent) const = 0;
  /// There are no facts, or none of the sentences about them held against its evidence.
  virtual std::string nothing_to_say(bool did_not_hold) const = 0;
  virtual std::string uncertain() const = 0;
  virtual std::string default_window() const = 0;
  virtual std::string note(const std::string& text) const = 0;
  virtual std::string simulated() const = 0;
};

/// One instance a language; immutable.
const Grammar& english_grammar();
const Grammar& chinese_grammar();

}  // namespace mw::assistant
