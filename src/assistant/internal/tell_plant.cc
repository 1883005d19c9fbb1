#include <algorithm>

#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"
#include "plant/sample.h"

namespace mw::assistant {
namespace {

constexpr size_t kMostListed = 40;

}  // namespace

void Teller::unusual(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* checked = fact(ids, "checked_tags");
  const Evidence* count = fact(ids, "unusual_count");
  if (checked == nullptr || count == nullptr || !checked->value || !count->value) return;
  const std::string of = fixed_text(*checked->value, 0);
  if (*count->value <= 0) {
    sink_.say(grammar_.nothing_unusual(step.asset, of), {checked->id, count->id});
    return;
  }
  sink_.say(grammar_.unusual_count(step.asset, fixed_text(*count->value, 0), of),
            {checked->id, count->id});
  for (size_t i = 0; i < ids.size(); ++i) {
    const Evidence& each = sink_.evidence(ids[i]);
    const auto next = [&](size_t ahead) -> const Evidence* {
      return i + ahead < ids.size() ? &sink_.evidence(ids[i + ahead]) : nullptr;
    };
    if (each.fact == "above_normal" || each.fact == "below_normal") {
      const Evidence* limit = next(1);
      if (limit == nullptr || !limit->value || !each.value) continue;
      sink_.say(grammar_.outside_normal(subject(each), each.fact == "above_normal", amount(each),
                                        amount(*limit)),
                {each.id, limit->id});
    } else if (each.fact == "bad_quality") {
      sink_.say(grammar_.bad_quality(subject(each), language_ == Language::kZh ? "" : each.text),
                {each.id});
    } else if (each.fact == "z_score") {
      const Evidence* value = next(1);
      const Evidence* median = next(2);
      if (value == nullptr || median == nullptr || !value->value || !median->value || !each.value)
        continue;
      sink_.say(grammar_.outlier(subject(each), amount(*value), amount(*median), amount(each)),
                {each.id, value->id, median->id});
    }
  }
}

void Teller::list_assets(const Step& step, const std::vector<std::string>& ids) {
  std::vector<std::string> names;
  std::vector<std::string> cited;
  Evidence like;
  for (const std::string& id : ids) {
    const plant::Asset* asset = catalogue_.asset(sink_.evidence(id).asset);
    if (asset == nullptr) continue;
    like = sink_.evidence(id);
    if (names.size() < kMostListed) {
      const std::string kind = asset->kind_name.in(language_);
      names.push_back(grammar_.asset_name(*asset) +
                      (language_ == Language::kZh ? "（" + kind + "）" : " (" + kind + ")"));
    }
    cited.push_back(id);
  }
  Evidence count;
  count.fact = "count";
  count.value = static_cast<double>(cited.size());
  count.source = "plant description";
  count.text = step.place.in(language_);
  count.simulated = like.simulated;
  const std::string shown = fixed_text(*count.value, 0);
  cited.insert(cited.begin(), sink_.add(std::move(count)));
  sink_.say(grammar_.list_assets(step.place.in(language_), shown, names), cited);
}

/// The site by its name, and each line with how many machines of it the asker may see.
void Teller::list_sites(const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  std::vector<std::string> lines, seen, cited;
  for (const plant::Line& line : catalogue_.lines()) {
    Evidence machines;
    for (const std::string& id : ids) {
      const plant::Asset* asset = catalogue_.asset(sink_.evidence(id).asset);
      if (asset == nullptr || asset->line != line.id) continue;
      machines.simulated = sink_.evidence(id).simulated;
      machines.value = machines.value.value_or(0) + 1;
    }
    if (!machines.value) continue;
    const std::string name = line.name.en.empty() ? line.id : line.name.in(language_);
    machines.fact = "line";
    machines.text = name;
    machines.source = "plant description";
    machines.rights_label = line.id;
    lines.push_back(grammar_.line_machines(name, fixed_text(*machines.value, 0)));
    cited.push_back(sink_.add(std::move(machines)));
  }
  Evidence site;
  site.fact = "site";
  const Text& name = catalogue_.site_name();
  site.text = name.en.empty() ? catalogue_.site() : name.in(language_);
  site.value = static_cast<double>(lines.size());
  site.source = "plant description";
  site.simulated = catalogue_.simulated();
  const std::string shown = fixed_text(*site.value, 0);
  const std::string text = site.text;
  cited.insert(cited.begin(), sink_.add(std::move(site)));
  sink_.say(grammar_.list_sites(text, shown, lines), cited);
}

/// What the plant description says of a machine: its kind, its line, its signals.
void Teller::describe(const Step& step, const std::vector<std::string>& ids) {
  if (step.asset == nullptr) return;
  const plant::Line* line = catalogue_.line(step.asset->line);
  Evidence about;
  about.fact = "asset";
  about.asset = step.asset->id;
  about.text =
      line == nullptr || line->name.en.empty() ? step.asset->line : line->name.in(language_);
  about.source = "plant description";
  about.simulated = catalogue_.simulated();
  about.rights_label = step.asset->line;
  const std::string text = about.text;
  const std::string id = sink_.add(std::move(about));
  sink_.say(grammar_.description(*step.asset, text), {id});
  list_tags(step, ids);
}

void Teller::list_tags(const Step& step, const std::vector<std::string>& ids) {
  std::vector<std::string> names;
  std::vector<std::string> cited;
  Evidence like;
  for (const std::string& id : ids) {
    const plant::Tag* tag = catalogue_.tag(sink_.evidence(id).tag);
    if (tag == nullptr) continue;
    like = sink_.evidence(id);
    const std::string unit = unit_text(tag->unit);
    std::string name = grammar_.tag_name(*tag);
    if (!unit.empty()) name += language_ == Language::kZh ? "（" + unit + "）" : " (" + unit + ")";
    if (names.size() < kMostListed && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
    cited.push_back(id);
  }
  Evidence count = derived(like, "count", static_cast<double>(cited.size()), "");
  count.source = "plant description";
  if (step.asset != nullptr) count.asset = step.asset->id;
  const std::string shown = fixed_text(*count.value, 0);
  cited.insert(cited.begin(), sink_.add(std::move(count)));
  sink_.say(grammar_.list_tags(step.asset, shown, names), cited);
}

void Teller::overview(const Step& step, const std::vector<std::string>& ids) {
  if (step.asset == nullptr) return;
  Step about_state = step;
  if (fact(ids, "state") != nullptr) state(about_state, ids);
  std::vector<std::string> values;
  std::vector<std::string> cited;
  std::vector<std::string> bad;
  TimeNs newest = 0;
  for (const std::string& id : ids) {
    const Evidence& each = sink_.evidence(id);
    if (each.fact != "latest") continue;
    if (!each.value || !each.ts_ns || each.quality == Quality::kBad) {
      bad.push_back(id);
      continue;
    }
    const plant::Tag* tag = catalogue_.tag(each.tag);
    if (tag == nullptr) continue;
    values.push_back(grammar_.tag_name(*tag) + " " + amount(each).text());
    cited.push_back(id);
    newest = std::max(newest, *each.ts_ns);
  }
  if (!values.empty())
    sink_.say(grammar_.overview(*step.asset, values, moment(newest, true)), cited);
  for (const std::string& id : bad) {
    sink_.say(grammar_.bad_quality(subject(sink_.evidence(id)), ""), {id});
  }
}

}  // namespace mw::assistant
