#include <cmath>
#include <string_view>

#include "assistant/ask.h"

namespace mw::assistant {
namespace {

const char* quality_name(Quality quality) {
  switch (quality) {
    case Quality::kGood:
      return "good";
    case Quality::kUncertain:
      return "uncertain";
    case Quality::kBad:
      break;
  }
  return "bad";
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json to_json(const Sentence& sentence) {
  return Json{{"text", sentence.text},
              {"evidence", sentence.evidence},
              {"from_model", sentence.from_model}};
}

}  // namespace

Json to_json(const Evidence& evidence) {
  Json json = Json::object();
  json["id"] = evidence.id;
  json["fact"] = evidence.fact;
  json["asset"] = evidence.asset;
  json["tag"] = evidence.tag;
  json["value"] = evidence.value ? number_or_null(*evidence.value) : Json();
  json["unit"] = evidence.unit;
  json["text"] = evidence.text;
  json["ts_ms"] = evidence.ts_ns ? Json(*evidence.ts_ns / kNsPerMs) : Json();
  json["window"] = Json();
  if (evidence.window) {
    json["window"] = Json{{"start_ms", evidence.window->start_ns / kNsPerMs},
                          {"end_ms", evidence.window->end_ns / kNsPerMs}};
  }
  json["quality"] = quality_name(evidence.quality);
  json["good_share"] = evidence.good_share;
  json["source"] = evidence.source;
  json["simulated"] = evidence.simulated;
  json["series"] = Json::array();
  for (const SeriesPoint& point : evidence.series) {
    json["series"].push_back({point.ts_ns / kNsPerMs, number_or_null(point.value),
                              number_or_null(point.min), number_or_null(point.max)});
  }
  return json;
}

Json to_json(const AskAnswer& answer) {
  Json json = Json::object();
  json["answer"] = answer.answer;
  json["sentences"] = Json::array();
  for (const Sentence& sentence : answer.sentences) json["sentences"].push_back(to_json(sentence));
  json["evidence"] = Json::array();
  for (const Evidence& each : answer.evidence) json["evidence"].push_back(to_json(each));
  json["readings"] = Json::array();
  for (const Reading& each : answer.readings) {
    json["readings"].push_back(Json{{"id", each.id}, {"text", each.text}});
  }
  json["refused"] = answer.refused;
  json["language"] = answer.language == Language::kZh ? "zh" : "en";
  json["tool"] = answer.tool;
  json["arguments"] = answer.arguments;
  json["replay_id"] = answer.replay_id;
  return json;
}

}  // namespace mw::assistant
