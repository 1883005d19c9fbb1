#include "maintenance/health/health_model.h"

#include <cmath>

namespace mw::maintenance {
namespace {

constexpr int64_t kHealthFormat = 1;
constexpr std::size_t kMostHealthTags = 1000;
constexpr std::size_t kMostHealthRegimes = 100;
constexpr std::size_t kMostRegimeRows = 100'000;
constexpr std::size_t kMostLeftOut = 10'000;
constexpr double kMostQuietS = 30.0 * 86'400;

Error corrupt_model(const std::string& member) {
  return Error::make(Code::kCorrupt,
                     "health model: '" + member +
                         "' is not as it was written: "
                         "train the machine anew",
                     "健康模型：“" + member + "”已损坏，请重新训练该设备", member);
}

Json to_json(const TimeWindow& window) {
  return {{"from_ns", window.start_ns}, {"to_ns", window.end_ns}};
}

Json to_json(const SampleMatrix& rows) {
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    Json row = Json::array();
    for (const double each : rows.row(i)) row.push_back(std::isnan(each) ? Json() : Json(each));
    out.push_back(std::move(row));
  }
  return out;
}

Result<const Json*> member(const Json& json, const char* name, Json::value_t type) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (found == json.end() || found->type() != type) return corrupt_model(name);
  return &*found;
}

Result<TimeWindow> window_at(const Json& json, const char* name) {
  MW_ASSIGN(const Json* window, member(json, name, Json::value_t::object));
  MW_ASSIGN(const int64_t from, json_integer(*window, "from_ns", 0));
  MW_ASSIGN(const int64_t to, json_integer(*window, "to_ns", 0));
  return TimeWindow{from, to};
}

/// Models of before there were any have none.
Result<std::vector<TimeWindow>> windows_at(const Json& json, const char* name) {
  std::vector<TimeWindow> out;
  if (!json.contains(name)) return out;
  MW_ASSIGN(const Json* list, member(json, name, Json::value_t::array));
  if (list->size() > kMostLeftOut) return corrupt_model(name);
  for (const Json& each : *list) {
    if (!each.is_object()) return corrupt_model(name);
    MW_ASSIGN(const int64_t from, json_integer(each, "from_ns", 0));
    MW_ASSIGN(const int64_t to, json_integer(each, "to_ns", 0));
    out.push_back({from, to});
  }
  return out;
}

Result<std::vector<std::string>> texts_at(const Json& json, const char* name) {
  MW_ASSIGN(const Json* list, member(json, name, Json::value_t::array));
  if (list->size() > kMostHealthTags) return corrupt_model(name);
  std::vector<std::string> out;
  for (const Json& each : *list) {
    if (!each.is_string()) return corrupt_model(name);
    out.push_back(each.get<std::string>());
  }
  return out;
}

Result<double> finite_at(const Json& json, const char* name) {
  MW_ASSIGN(const double value, json_number(json, name, std::nan("")));
  if (!std::isfinite(value)) return corrupt_model(name);
  return value;
}

Result<std::size_t> count_at(const Json& json, const char* name) {
  MW_ASSIGN(const int64_t value, json_integer(json, name, -1));
  if (value < 0) return corrupt_model(name);
  return static_cast<std::size_t>(value);
}

Result<SampleMatrix> rows_at(const Json& json, const char* name, std::size_t columns) {
  MW_ASSIGN(const Json* list, member(json, name, Json::value_t::array));
  if (list->size() > kMostRegimeRows) return corrupt_model(name);
  SampleMatrix out{columns, {}};
  out.values.reserve(list->size() * columns);
  for (const Json& row : *list) {
    if (!row.is_array() || row.size() != columns) return corrupt_model(name);
    for (const Json& each : row) {
      if (!each.is_number() && !each.is_null()) return corrupt_model(name);
      out.values.push_back(each.is_null() ? std::nan("") : each.get<double>());
    }
  }
  return out;
}

Result<void> read_scores(const Json& json, HealthCard& card) {
  MW_ASSIGN(const Json* contract, member(json, "contract", Json::value_t::object));
  MW_ASSIGN(card.contract.most_false, finite_at(*contract, "most_false"));
  MW_ASSIGN(card.contract.days, finite_at(*contract, "days"));
  MW_ASSIGN(card.counting.quiet_s, finite_at(*contract, "quiet_s"));
  card.counting.step_s = card.step_s;
  MW_ASSIGN(const Json* threshold, member(json, "threshold", Json::value_t::object));
  MW_ASSIGN(card.threshold.score, finite_at(*threshold, "score"));
  MW_ASSIGN(card.threshold.block_s, finite_at(*threshold, "block_s"));
  MW_ASSIGN(card.threshold.blocks, count_at(*threshold, "blocks"));
  MW_ASSIGN(card.threshold.p_value, finite_at(*threshold, "p_value"));
  MW_ASSIGN(const Json* replay, member(json, "replay", Json::value_t::object));
  MW_ASSIGN(card.replay.alarms, count_at(*replay, "alarms"));
  MW_ASSIGN(card.replay.days, finite_at(*replay, "days"));
  MW_ASSIGN(card.replay.rate, finite_at(*replay, "rate"));
  MW_ASSIGN(card.replay.rate_low, finite_at(*replay, "rate_low"));
  MW_ASSIGN(card.replay.rate_high, finite_at(*replay, "rate_high"));
  MW_ASSIGN(card.replay.standing_share, finite_at(*replay, "standing_share"));
  MW_ASSIGN(card.replay.kept, json_bool(*replay, "kept", false));
  if (card.threshold.score <= 0 || card.contract.most_false <= 0 || card.contract.days <= 0) {
    return corrupt_model("threshold");
  }
  // It becomes nanoseconds.
  if (card.counting.quiet_s < 0 || card.counting.quiet_s > kMostQuietS) {
    return corrupt_model("quiet_s");
  }
  return {};
}

Result<HealthCard> parse_card(const Json& json) {
  HealthCard card;
  MW_ASSIGN(card.asset, json_string(json, "asset"));
  MW_ASSIGN(card.version, json_integer(json, "version", 0));
  MW_ASSIGN(card.trained_by, json_string(json, "trained_by"));
  MW_ASSIGN(card.trained_ns, json_integer(json, "trained_ns", 0));
  MW_ASSIGN(card.simulated, json_bool(json, "simulated", false));
  MW_ASSIGN(card.step_s, finite_at(json, "step_s"));
  if (card.step_s < 0.1 || card.step_s > 86'400) return corrupt_model("step_s");
  MW_ASSIGN(const Json* split, member(json, "split", Json::value_t::object));
  MW_ASSIGN(card.fit, window_at(*split, "fit"));
  MW_ASSIGN(card.calibration, window_at(*split, "threshold"));
  MW_ASSIGN(card.replay_window, window_at(*split, "replay"));
  MW_ASSIGN(card.left_out, windows_at(json, "left_out"));
  MW_TRY(read_scores(json, card));
  MW_ASSIGN(card.flat_tags, texts_at(json, "flat_tags"));
  MW_ASSIGN(card.unchecked_tags, texts_at(json, "unchecked_tags"));
  MW_ASSIGN(card.rare_states, texts_at(json, "rare_states"));
  return card;
}

}  // namespace

Json to_json(const HealthCard& card) {
  Json left_out = Json::array();
  for (const TimeWindow& each : card.left_out) left_out.push_back(to_json(each));
  return {{"asset", card.asset},
          {"version", card.version},
          {"trained_by", card.trained_by},
          {"trained_ns", card.trained_ns},
          {"simulated", card.simulated},
          {"step_s", card.step_s},
          {"split",
           {{"kind", "time_block"},
            {"fit", to_json(card.fit)},
            {"threshold", to_json(card.calibration)},
            {"replay", to_json(card.replay_window)}}},
          {"left_out", std::move(left_out)},
          {"contract",
           {{"most_false", card.contract.most_false},
            {"days", card.contract.days},
            {"quiet_s", card.counting.quiet_s}}},
          {"threshold",
           {{"score", card.threshold.score},
            {"block_s", card.threshold.block_s},
            {"blocks", card.threshold.blocks},
            {"p_value", card.threshold.p_value}}},
          {"replay",
           {{"alarms", card.replay.alarms},
            {"days", card.replay.days},
            {"rate", card.replay.rate},
            {"rate_low", card.replay.rate_low},
            {"rate_high", card.replay.rate_high},
            {"standing_share", card.replay.standing_share},
            {"kept", card.replay.kept}}},
          {"flat_tags", card.flat_tags},
          {"unchecked_tags", card.unchecked_tags},
          {"rare_states", card.rare_states}};
}

Json to_json(const HealthModel& model) {
  Json regimes = Json::array();
  for (const HealthRegime& each : model.regimes) {
    regimes.push_back({{"state", each.state}, {"rows", to_json(each.rows)}});
  }
  return {{"format", kHealthFormat},
          {"card", to_json(model.card)},
          {"tags", model.tags},
          {"regimes", std::move(regimes)}};
}

Result<HealthModel> parse_health_model(const Json& json) {
  MW_ASSIGN(const int64_t format, json_integer(json, "format", 0));
  if (format > kHealthFormat) {
    return Error::make(Code::kUnsupported,
                       "health model: a newer program wrote it: update this one",
                       "健康模型由更新版本的程序写入，请升级本程序", "format");
  }
  if (format < 1) return corrupt_model("format");
  HealthModel model;
  MW_ASSIGN(const Json* card, member(json, "card", Json::value_t::object));
  MW_ASSIGN(model.card, parse_card(*card));
  MW_ASSIGN(model.tags, texts_at(json, "tags"));
  MW_ASSIGN(const Json* regimes, member(json, "regimes", Json::value_t::array));
  if (model.tags.empty() || regimes->empty() || regimes->size() > kMostHealthRegimes) {
    return corrupt_model("regimes");
  }
  for (const Json& each : *regimes) {
    HealthRegime regime;
    MW_ASSIGN(regime.state, json_string(each, "state"));
    MW_ASSIGN(regime.rows, rows_at(each, "rows", model.tags.size()));
    model.regimes.push_back(std::move(regime));
  }
  return model;
}

}  // namespace mw::maintenance
