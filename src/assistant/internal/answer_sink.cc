#include "assistant/internal/answer_sink.h"

#include <algorithm>
#include <unordered_set>

#include "plant/plant_event.h"

namespace mw::assistant {

AnswerSink::AnswerSink(AskAnswer& answer, const AskListener& listener,
                       const plant::Catalogue& catalogue, const TimeZone& zone, TimeNs now,
                       const LogSink& log)
    : answer_(answer),
      listener_(listener),
      catalogue_(catalogue),
      zone_(zone),
      now_(now),
      log_(log) {}

void AnswerSink::emit(std::string_view event, const Json& data) {
  if (listener_) listener_(event, data);
}

void AnswerSink::status(std::string_view stage) {
  emit("status", Json{{"stage", std::string(stage)}});
}

std::string AnswerSink::add(Evidence evidence) {
  evidence.id = "e" + std::to_string(evidence_.size() + 1);
  emit("evidence", to_json(evidence));
  evidence_.push_back(std::move(evidence));
  return evidence_.back().id;
}

const Evidence& AnswerSink::evidence(const std::string& id) const {
  const auto found = std::find_if(evidence_.begin(), evidence_.end(),
                                  [&](const Evidence& each) { return each.id == id; });
  MW_CHECK(found != evidence_.end());
  return *found;
}

void AnswerSink::finish() { answer_.evidence.assign(evidence_.begin(), evidence_.end()); }

VerifyContext AnswerSink::context(const std::vector<Evidence>& about, bool with_other_names) const {
  VerifyContext context;
  context.zone = &zone_;
  context.now = now_;
  std::unordered_set<std::string> allowed;
  const auto allow = [&](const std::string& name) {
    if (!name.empty() && allowed.insert(name).second) context.names.push_back(name);
  };
  const auto allow_text = [&](const Text& name) {
    allow(name.en);
    allow(name.zh);
  };
  for (const Evidence& each : about) {
    if (const plant::Tag* tag = catalogue_.stored_tag(each.tag)) {
      allow(tag->id);
      allow_text(tag->name);
    }
    if (const plant::Asset* asset = catalogue_.asset(each.asset)) {
      allow(asset->id);
      allow_text(asset->name);
      allow_text(asset->kind_name);
      for (const plant::AssetState& state : asset->states) {
        allow(state.id);
        allow_text(state.name);
      }
    }
    allow(each.text);
    allow(plant::teller_of(each));
  }
  if (!with_other_names) return context;
  const auto forbid = [&](const std::string& name) {
    if (name.size() >= 2 && allowed.count(name) == 0) context.other_names.push_back(name);
  };
  for (const plant::Asset& asset : catalogue_.assets()) {
    for (const std::string& name : {asset.id, asset.name.en, asset.name.zh}) forbid(name);
  }
  for (const plant::Tag& tag : catalogue_.tags()) {
    for (const std::string& name : {tag.id, tag.name.en, tag.name.zh}) forbid(name);
  }
  return context;
}

void AnswerSink::say(std::string text, std::vector<std::string> ids, bool from_model) {
  std::vector<Evidence> cited;
  for (const std::string& id : ids) cited.push_back(evidence(id));
  const auto unsupported = find_unsupported(text, cited, context(cited, from_model));
  if (!unsupported.empty()) {
    ++dropped_;
    if (log_) {
      log_(from_model ? LogLevel::kInfo : LogLevel::kError, "assistant",
           "dropped a sentence: '" + unsupported.front().text + "' has no evidence");
    }
    return;
  }
  keep({std::move(text), std::move(ids), from_model});
}

void AnswerSink::say_unchecked(std::string text, std::vector<std::string> ids) {
  keep({std::move(text), std::move(ids), false});
}

void AnswerSink::keep(Sentence sentence) {
  emit("sentence", Json{{"text", sentence.text},
                        {"evidence", sentence.evidence},
                        {"from_model", sentence.from_model}});
  answer_.sentences.push_back(std::move(sentence));
}

void AnswerSink::offer(std::vector<Reading> readings) {
  Json list = Json::array();
  for (const Reading& each : readings) list.push_back(Json{{"id", each.id}, {"text", each.text}});
  answer_.readings = std::move(readings);
  emit("readings", list);
}

}  // namespace mw::assistant
