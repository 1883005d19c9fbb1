#include "assistant/internal/planner.h"

#include <algorithm>
#include <cstdio>

#include "assistant/internal/event_ask.h"
#include "assistant/internal/group_asks.h"
#include "assistant/internal/slots.h"
#include "assistant/internal/step_maker.h"
#include "assistant/internal/unread_words.h"

namespace mw::assistant {
namespace {

constexpr size_t kMostMachines = 32;  // told one by one

class Planner {
 public:
  Planner(const Understanding& u, const Lexicon& lexicon, const ToolRegistry& tools,
          const Calendar& calendar, TimeNs now)
      : u_(u),
        lexicon_(lexicon),
        catalogue_(lexicon.catalogue()),
        tools_(tools),
        maker_(u, lexicon.catalogue(), calendar, now),
        events_(read_event_ask(u)) {}

  Planned run() {
    if (u_.times.problem) {
      Refusal refusal;
      refusal.kind = Refusal::Kind::kTime;
      refusal.time = u_.times.problem;
      return refuse(refusal);
    }
    for (const Feature feature :
         {Feature::kCommand, Feature::kFuture, Feature::kWhy, Feature::kUnsupportedStatistic}) {
      // Why a machine's health is as it is, is known: by what it deviates.
      if (feature == Feature::kWhy && about_health()) continue;
      // What a repair costs is known where the plant gives its prices.
      if (feature == Feature::kUnsupportedStatistic && about_work()) continue;
      // When a machine fails is told where a model follows its remaining life.
      if (feature == Feature::kFuture && about_life()) continue;
      if (u_.has(feature)) return unsupported(feature);
    }
    if (asks_life() && !about_life()) return unsupported(Feature::kFuture);
    if (u_.has(Feature::kHelp) && u_.tags.empty() && u_.assets_named() == 0) {
      refusal_.kind = Refusal::Kind::kHelp;
      return refuse(refusal_);
    }
    if (!u_.unknown.empty()) {
      Refusal refusal;
      refusal.kind = Refusal::Kind::kUnknown;
      refusal.unknown = u_.unknown;
      return refuse(refusal);
    }
    choose();
    return finish();
  }

 private:
  static Planned refuse(Refusal refusal) {
    Planned planned;
    planned.refusal = std::move(refusal);
    return planned;
  }
  static Planned unsupported(Feature feature) {
    Refusal refusal;
    refusal.kind = Refusal::Kind::kUnsupported;
    refusal.feature = feature;
    return refuse(refusal);
  }

  bool about_numbers() const {
    return std::any_of(u_.tags.begin(), u_.tags.end(), [&](const TagMention& mention) {
      return std::any_of(mention.tags.begin(), mention.tags.end(), [&](const auto& each) {
        return catalogue_.tags()[each.first].kind != plant::TagKind::kState;
      });
    });
  }
  bool only_batch_tags() const {
    return std::all_of(u_.tags.begin(), u_.tags.end(), [&](const TagMention& mention) {
      return std::all_of(mention.tags.begin(), mention.tags.end(), [&](const auto& each) {
        const plant::Tag& tag = catalogue_.tags()[each.first];
        const plant::Asset* asset = catalogue_.asset(tag.asset);
        return asset != nullptr && asset->production.batch == tag.id;
      });
    });
  }
  bool about_state_tag() const { return !u_.tags.empty() && !about_numbers(); }

  void choose() {
    if (u_.has(Feature::kOee)) return oee();
    // "Which batches" reads like the tag "batch number"; any other tag is asked for by its name.
    if (u_.has(Feature::kBatches) && only_batch_tags()) return batches();
    const bool past =
        std::any_of(u_.times.mentions.begin(), u_.times.mentions.end(),
                    [](const TimeMention& m) { return m.kind != TimeMention::Kind::kNow; });
    const bool of_machines = u_.assets_named() > 0 && u_.tags.empty();
    // Orders and alerts of a time that is past are what another system told of it.
    const bool recorded = u_.has(Feature::kEvents) || (past && events_.recorded);
    if (recorded && of_machines) return events();
    if (u_.has(Feature::kModes) && u_.assets_named() > 0) return modes();
    if (about_life()) return life();
    if (about_work() && !past) return work();
    if (u_.has(Feature::kSites) && u_.assets_named() == 0 && u_.tags.empty()) {
      return add({maker_.list_sites()}, 0.9);
    }
    if (lists_machines(u_)) return list_machines();
    if (u_.has(Feature::kDescribe) && of_machines && u_.states.empty() && !past) return describe();
    if (about_health() && u_.states.empty() && !about_numbers()) return health(past);
    const bool unusual_words = u_.has(Feature::kUnusual) || u_.has(Feature::kHealth);
    if (unusual_words && u_.states.empty() && !(past && about_numbers())) {
      if (past) {
        refusal_.kind = Refusal::Kind::kNoWindowNow;
        return;
      }
      return unusual();
    }
    const bool all_values = u_.has(Feature::kListTags) || u_.has(Feature::kValues);
    if (all_values && past && of_machines && u_.states.empty() && !u_.has(Feature::kWhich)) {
      return values();
    }
    if (u_.has(Feature::kListTags) && !about_numbers()) return list_tags();
    if (about_numbers()) {
      if (maker_.asks_time_over_limit()) {
        refusal_.kind = Refusal::Kind::kUnsupported;
        refusal_.feature = u_.has(Feature::kHowLong) ? Feature::kHowLong : Feature::kHowOften;
        return;
      }
      return numbers();
    }
    const bool how_often = u_.has(Feature::kHowOften) && u_.assets_named() > 0;
    if ((u_.has(Feature::kProduced) || how_often) && u_.states.empty() && u_.tags.empty()) {
      return counters();
    }
    if (u_.has(Feature::kListAssets) && u_.states.empty() && u_.assets_named() == 0) {
      return add({maker_.list_assets()}, 0.9);
    }
    const bool open_question = u_.has(Feature::kOverview) && u_.states.empty() && u_.tags.empty();
    if (open_question && !past && u_.assets_named() == 0) return plant_overview();
    const bool asks_state = about_state_tag() || maker_.asks_state();
    if (asks_state && !(open_question && !past)) return states();
    // "What did the press do at 9:00": its states then; the rest of an overview is of now.
    if (u_.assets_named() > 0) return past ? states() : overview();
    if (u_.has(Feature::kListAssets) || (u_.has(Feature::kWhich) && !u_.assets.empty())) {
      return add({maker_.list_assets()}, 0.7);
    }
  }

  bool speaks_of_plant() const {
    return std::any_of(u_.tokens.begin(), u_.tokens.end(), [](const Token& token) {
      return token.text == "plant" || token.text == "factory" || token.text == "everything" ||
             token.text == "things" || token.text == "line" || token.text == "厂" ||
             token.text == "间" || token.text == "线";
    });
  }

  /// Whether an asset is in the place that the question names, if it names one.
  bool in_place(uint32_t asset) const {
    const AssetMention* place = u_.place();
    return place == nullptr ||
           std::find(place->assets.begin(), place->assets.end(), asset) != place->assets.end();
  }

  /// "How is the plant doing": the state of each machine and what is unusual.
  void plant_overview() {
    if (u_.assets.empty() && !speaks_of_plant()) return;
    std::vector<const plant::Asset*> all;
    for (uint32_t i = 0; i < catalogue_.assets().size(); ++i) {
      if (all.size() < kMostMachines && in_place(i)) all.push_back(&catalogue_.assets()[i]);
    }
    std::vector<Step> steps = maker_.for_states(all, true);
    if (u_.place() == nullptr || all.size() == catalogue_.assets().size()) {
      steps.push_back(maker_.unusual(nullptr));
    } else {
      for (const plant::Asset* asset : all) steps.push_back(maker_.unusual(asset));
    }
    add(std::move(steps), 0.6);
  }

  void add(std::vector<Step> steps, double score) {
    if (steps.empty()) return;
    Plan plan;
    plan.steps = std::move(steps);
    plan.score = score;
    plans_.push_back(std::move(plan));
  }

  /// One plan for each machine that may be meant; one for all where all are.
  template <class Make>
  void per_asset(const Make& make) {
    std::vector<const AssetMention*> mentions;
    for (const AssetMention& mention : u_.assets) {
      if (!mention.generic) mentions.push_back(&mention);
    }
    if (mentions.empty()) {
      for (const AssetMention& mention : u_.assets) mentions.push_back(&mention);
    }
    std::vector<const plant::Asset*> sure;
    const AssetMention* open = nullptr;
    for (const AssetMention* mention : mentions) {
      if (mention->assets.size() > 1 && !mention->all && open == nullptr) {
        open = mention;
        continue;
      }
      for (const uint32_t asset : mention->assets) {
        const plant::Asset* each = &catalogue_.assets()[asset];
        if (std::find(sure.begin(), sure.end(), each) == sure.end()) sure.push_back(each);
      }
    }
    if (sure.size() > kMostMachines) sure.resize(kMostMachines);
    if (open == nullptr) return add(make(sure), 0.9);
    for (const uint32_t asset : open->assets) {
      std::vector<const plant::Asset*> with = sure;
      with.push_back(&catalogue_.assets()[asset]);
      add(make(with), 0.9 * open->score);
    }
  }

  void unusual() {
    std::vector<uint32_t> named;
    if (about_numbers()) {  // "is the temperature of CNC-2 normal": its machine is looked at
      for (const Slot& slot : make_slots(u_, lexicon_, false)) {
        if (slot.alternatives.empty()) continue;
        for (const uint32_t tag : slot.alternatives.front().tags) {
          const plant::Tag& each = catalogue_.tags()[tag];
          add({maker_.unusual(catalogue_.asset(each.asset))}, slot.alternatives.front().score);
          if (u_.assets_named() == 0) return;
        }
      }
      if (!plans_.empty()) {
        plans_.resize(1);
        return;
      }
    }
    const bool whole =
        u_.place() == nullptr || u_.place()->assets.size() == catalogue_.assets().size();
    if (u_.assets_named() == 0 && whole) return add({maker_.unusual(nullptr)}, 0.9);
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.unusual(asset));
      return steps;
    });
  }

  void events() {
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        for (Step& step : maker_.events(*asset, events_)) steps.push_back(std::move(step));
      }
      return steps;
    });
  }

  /// Of the machines that are named, or of all whose description says what they produce.
  void oee() {
    const auto make = [&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        for (Step& step : maker_.oee(*asset)) steps.push_back(std::move(step));
      }
      return steps;
    };
    if (u_.assets_named() > 0) return per_asset(make);
    std::vector<const plant::Asset*> producing;
    for (uint32_t i = 0; i < catalogue_.assets().size(); ++i) {
      const plant::Asset& asset = catalogue_.assets()[i];
      const bool produces = asset.production.ideal_cycle_s || !asset.production.total.empty();
      if (produces && in_place(i) && producing.size() < kMostMachines) producing.push_back(&asset);
    }
    add(make(producing), 0.9);
  }

  bool about_health() const {
    return (u_.has(Feature::kHealth) || u_.has(Feature::kCases)) &&
           tools_.find("machine_health") != nullptr;
  }

  bool about_work() const { return u_.has(Feature::kWork) && tools_.find("work_order") != nullptr; }

  bool asks_life() const {
    return u_.has(Feature::kLife) || (u_.has(Feature::kFails) && u_.has(Feature::kFuture));
  }
  bool about_life() const { return asks_life() && tools_.find("remaining_life") != nullptr; }

  void life() {
    if (u_.assets_named() == 0) return add({maker_.life(nullptr)}, 0.9);
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.life(asset));
      return steps;
    });
  }

  void work() {
    if (u_.assets_named() == 0) return add({maker_.work(nullptr)}, 0.9);
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.work(asset));
      return steps;
    });
  }

  void list_machines() {
    std::vector<Step> steps;
    for (const std::string& kind : named_kinds(u_, catalogue_)) {
      steps.push_back(maker_.list_assets());
      steps.back().arguments["kind"] = kind;
    }
    add(std::move(steps), 0.9);
  }

  void describe() {
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        steps.push_back(maker_.list_tags(asset));
        steps.back().purpose = Purpose::kDescribe;
      }
      return steps;
    });
  }

  /// "The sensor data of the press yesterday": each of its numbers over that time.
  void values() {
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        std::vector<const plant::Tag*> tags;
        for (const plant::Tag& tag : catalogue_.tags()) {
          const bool number = tag.kind == plant::TagKind::kNumber;
          if (tag.asset == asset->id && number && tags.size() < kMostMachines) tags.push_back(&tag);
        }
        for (Step& step : maker_.for_tags(tags)) steps.push_back(std::move(step));
        if (tags.empty()) steps.push_back(maker_.list_tags(asset));  // says that there are none
      }
      return steps;
    });
  }

  /// How the machines that are named may fail.
  void modes() {
    const std::vector<const plant::Asset*> alike = fail_alike(u_, catalogue_);
    if (!alike.empty()) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : alike) {
        steps.push_back(maker_.modes(*asset));
        steps.back().of_kind = true;
      }
      return add(std::move(steps), 0.9);
    }
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.modes(*asset));
      return steps;
    });
  }

  /// "Which machines need attention": by their health models, which some machines may not have, and
  /// by what is unusual now. Of a time that is past, the cases that were opened in it.
  void health(bool past) {
    const bool cases = past || u_.has(Feature::kCases);
    const auto make = [&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        if (u_.has(Feature::kHealth)) steps.push_back(maker_.health(asset));
        if (cases) steps.push_back(maker_.cases(asset));
        if (asset == nullptr && !cases) steps.push_back(maker_.unusual(nullptr));
      }
      return steps;
    };
    const bool whole =
        u_.place() == nullptr || u_.place()->assets.size() == catalogue_.assets().size();
    if (u_.assets_named() == 0 && whole) return add(make({nullptr}), 0.9);
    per_asset(make);
  }

  /// Of the machines that are named, or of all whose description says where their batch is told.
  void batches() {
    const auto make = [&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) {
        for (Step& step : maker_.batches(*asset)) steps.push_back(std::move(step));
      }
      return steps;
    };
    if (u_.assets_named() > 0) return per_asset(make);
    std::vector<const plant::Asset*> told;
    for (uint32_t i = 0; i < catalogue_.assets().size(); ++i) {
      const plant::Asset& asset = catalogue_.assets()[i];
      const bool tells = !asset.production.batch.empty();
      if (tells && in_place(i) && told.size() < kMostMachines) told.push_back(&asset);
    }
    add(make(told), 0.9);
  }

  void list_tags() {
    if (u_.assets_named() == 0) return add({maker_.list_tags(nullptr)}, 0.8);
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.list_tags(asset));
      return steps;
    });
  }

  void overview() {
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      std::vector<Step> steps;
      for (const plant::Asset* asset : assets) steps.push_back(maker_.overview(*asset));
      return steps;
    });
  }

  void states() {
    if (u_.assets.empty()) {
      std::vector<const plant::Asset*> all;
      for (const plant::Asset& asset : catalogue_.assets()) {
        if (all.size() < kMostMachines) all.push_back(&asset);
      }
      return add(maker_.for_states(all, true), 0.8);
    }
    per_asset([&](const std::vector<const plant::Asset*>& assets) {
      const bool which = u_.has(Feature::kWhich) || u_.has(Feature::kListAssets) ||
                         u_.has(Feature::kHowMany) || u_.assets_named() == 0;
      return maker_.for_states(assets, which && assets.size() > 1);
    });
  }

  /// "What did CNC-1 make today": its counters, without a quantity named.
  void counters() {
    std::vector<const plant::Tag*> tags;
    for (const plant::Tag& tag : catalogue_.tags()) {
      if (tag.kind != plant::TagKind::kCounter || !tag.key) continue;
      const bool meant =
          u_.assets.empty() ||
          std::any_of(u_.assets.begin(), u_.assets.end(), [&](const AssetMention& m) {
            return std::any_of(m.assets.begin(), m.assets.end(), [&](uint32_t asset) {
              return catalogue_.assets()[asset].id == tag.asset;
            });
          });
      if (meant) tags.push_back(&tag);
    }
    if (tags.size() > kMostMachines) tags.resize(kMostMachines);
    if (!tags.empty()) add(maker_.for_tags(tags), 0.75);
  }

  void numbers() {
    const bool ranked =
        u_.has(Feature::kWhich) || u_.has(Feature::kAll) ||
        (u_.has(Feature::kCompare) && u_.assets_named() == 0) ||
        (maker_.compares_machines() && u_.assets_named() == 0 && !u_.assets.empty());
    const bool counts = u_.has(Feature::kProduced) || u_.has(Feature::kHowMany);
    const std::vector<Slot> slots =
        make_slots(u_, lexicon_, ranked || (counts && u_.assets.empty()));
    for (const Slot& slot : slots) {
      if (!slot.alternatives.empty()) continue;
      refusal_.kind = Refusal::Kind::kNoSuchTag;
      refusal_.unknown = {no_such(*slot.mention)};
      return;
    }
    // The first quantity that can be understood in more than one way is what is offered.
    size_t open = slots.size();
    for (size_t i = 0; i < slots.size() && open == slots.size(); ++i) {
      const auto& ways = slots[i].alternatives;
      if (ways.size() > 1 && ways[0].score - ways[1].score < kNearTie) open = i;
    }
    const size_t ways = open == slots.size() ? 1 : slots[open].alternatives.size();
    for (size_t way = 0; way < ways; ++way) {
      std::vector<const plant::Tag*> tags;
      double score = 1;
      for (size_t i = 0; i < slots.size(); ++i) {
        const Alternative& chosen = slots[i].alternatives[i == open ? way : 0];
        score = std::min(score, chosen.score);
        for (const uint32_t tag : chosen.tags) {
          const plant::Tag* each = &catalogue_.tags()[tag];
          if (each->kind == plant::TagKind::kState) continue;
          if (std::find(tags.begin(), tags.end(), each) == tags.end()) tags.push_back(each);
        }
      }
      if (tags.size() > kMostMachines) tags.resize(kMostMachines);
      if (!tags.empty()) add(maker_.for_tags(tags), score);
    }
  }

  UnknownName no_such(const TagMention& mention) const {
    UnknownName unknown;
    const size_t begin = u_.tokens[mention.first].begin;
    unknown.words = u_.question.substr(begin, u_.tokens[mention.last - 1].end - begin);
    std::vector<uint32_t> among;
    for (uint32_t i = 0; i < catalogue_.tags().size(); ++i) {
      for (const AssetMention& asset : u_.assets) {
        for (const uint32_t each : asset.assets) {
          if (catalogue_.tags()[i].asset == catalogue_.assets()[each].id) among.push_back(i);
        }
      }
    }
    unknown.nearest = lexicon_.nearest_tags(unknown.words, among, 3);
    return unknown;
  }

  /// The same for the same reading at any time: windows that move with now are left out, the words
  /// that name them are in.
  std::string identify(const Plan& plan) const {
    uint64_t hash = 14695981039346656037ull;  // FNV-1a: told apart within one question only
    const auto mix = [&](std::string_view text) {
      for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
      hash = (hash ^ 0xffu) * 1099511628211ull;
    };
    for (const Step& step : plan.steps) {
      mix(step.tool);
      mix(std::to_string(static_cast<int>(step.purpose)));
      Json arguments = step.arguments;
      arguments.erase("window");
      arguments.erase("baseline");
      mix(to_text(arguments));
    }
    for (const TimeMention& mention : u_.times.mentions) mix(mention.words);
    char text[20];
    std::snprintf(text, sizeof text, "r%016llx", static_cast<unsigned long long>(hash));
    return text;
  }

  /// Whether values by day or the like are asked for of what is told as one.
  bool asks_periods() const {
    return u_.has(Feature::kByHour) || u_.has(Feature::kByDay) || u_.has(Feature::kByWeek) ||
           u_.has(Feature::kByMonth);
  }

  Planned finish() {
    Planned planned;
    std::vector<Plan> whole;  // that leave nothing of the question out
    for (Plan& plan : plans_) {
      std::vector<std::string> unread = unread_words(u_, events_, plan);
      if (unread.empty()) {
        whole.push_back(std::move(plan));
      } else if (refusal_.words.empty()) {
        refusal_.words = std::move(unread);
      }
    }
    if (whole.empty() && !refusal_.words.empty()) {
      refusal_.kind = Refusal::Kind::kNotRead;
      return refuse(refusal_);
    }
    plans_ = std::move(whole);
    const bool by_period = asks_periods() && !plans_.empty();
    if (by_period && plans_.front().steps.front().purpose != Purpose::kEvents) {
      refusal_.kind = Refusal::Kind::kPeriods;
      return refuse(refusal_);
    }
    for (Plan& plan : plans_) {
      for (const Step& step : plan.steps) {
        if (tools_.find(step.tool) != nullptr) continue;
        refusal_.kind = Refusal::Kind::kNoTool;
        refusal_.tool = step.tool;
        return refuse(refusal_);
      }
      plan.id = identify(plan);
      planned.plans.push_back(std::move(plan));
    }
    std::stable_sort(planned.plans.begin(), planned.plans.end(),
                     [](const Plan& a, const Plan& b) { return a.score > b.score; });
    if (planned.plans.empty()) return refuse(refusal_);
    return planned;
  }

  const Understanding& u_;
  const Lexicon& lexicon_;
  const plant::Catalogue& catalogue_;
  const ToolRegistry& tools_;
  StepMaker maker_;
  const EventAsk events_;
  std::vector<Plan> plans_;
  Refusal refusal_;
};

}  // namespace

Planned make_plans(const Understanding& u, const Lexicon& lexicon, const ToolRegistry& tools,
                   const Calendar& calendar, TimeNs now) {
  return Planner(u, lexicon, tools, calendar, now).run();
}

}  // namespace mw::assistant
