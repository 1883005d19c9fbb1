// How a machine may fail, as the plant description has it, and by which signals each shows.
#include <algorithm>

#include "assistant/internal/number_text.h"
#include "assistant/internal/teller.h"

namespace mw::assistant {
namespace {

bool is_meant(const Step& step, const plant::Tag* tag) {
  return step.tags.empty() || std::find(step.tags.begin(), step.tags.end(), tag) != step.tags.end();
}

}  // namespace

Text mode_name(const plant::Asset& asset, const std::string& id) {
  for (const plant::FailureMode& mode : asset.failure_modes) {
    if (mode.id == id) return mode.name;
  }
  return {};
}

void Teller::failure_modes(const Step& step, const std::vector<std::string>& ids) {
  const Evidence* found = fact(ids, "failure_mode_count");
  if (found == nullptr || step.asset == nullptr || !found->value) return;
  plant::Asset meant = *step.asset;
  if (step.of_kind) {
    const Text& kind = meant.kind_name;
    meant.name = {"each \"" + kind.en + "\"", "各“" + kind.in(Language::kZh) + "”"};
  }
  const std::string count = fixed_text(*found->value, 0);
  std::vector<std::string> cited = {found->id};
  std::vector<std::string> modes;
  bool any_sign = false;
  for (size_t i = 0; i < ids.size(); ++i) {
    const Evidence& each = sink_.evidence(ids[i]);
    if (each.fact != "failure_mode") continue;
    std::vector<std::string> signs;
    std::vector<std::string> with = {each.id};
    for (size_t j = i + 1; j < ids.size(); ++j) {
      const Evidence& sign = sink_.evidence(ids[j]);
      if (sign.fact != "failure_sign") break;
      any_sign = true;
      const plant::Tag* tag = catalogue_.tag(sign.tag);
      if (tag == nullptr || !is_meant(step, tag)) continue;
      signs.push_back(grammar_.tag_name(*tag));
      with.push_back(sign.id);
    }
    if (signs.empty() && !step.tags.empty()) continue;  // asked for by what shows it
    modes.push_back(grammar_.failure_mode(mode_name(*step.asset, each.text), signs));
    cited.insert(cited.end(), with.begin(), with.end());
  }
  if (modes.empty() && !step.tags.empty() && *found->value > 0) {
    std::vector<std::string> asked;
    for (const plant::Tag* tag : step.tags) asked.push_back(grammar_.tag_name(*tag));
    sink_.say(grammar_.no_failure_mode_shown(meant, asked), cited);
  } else if (step.tags.empty()) {
    sink_.say(grammar_.failure_modes(meant, count, modes), cited);
  } else {
    sink_.say(grammar_.failure_modes_shown(meant, modes), cited);
  }
  if (!any_sign && *found->value > 0) sink_.say(grammar_.no_failure_signs(meant), {found->id});
}

}  // namespace mw::assistant
