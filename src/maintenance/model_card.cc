#include "maintenance/model_card.h"

#include <utility>

#include "core/file.h"
#include "core/sha256.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/data/model_pair.h"

namespace mw::maintenance {
namespace {

constexpr const char* kFormat = "millwright-maintenance-card-2";
constexpr const char* kFirstFormat = "millwright-maintenance-card-1";  // its model: model.json
constexpr std::size_t kMostColumns = 1000;

/// What the model must not be used for, in words of the card.
Json limits_of(const std::variant<LifeModel, FailureModel>& model) {
  if (const auto* life = std::get_if<LifeModel>(&model)) {
    const std::string cap = std::to_string(static_cast<int64_t>(life->options().cap));
    return {{"en",
             "Machines of the kind, and run in the ways, that it was trained on. Nothing beyond " +
                 cap + " is claimed; a regime or readings never seen get no number."},
            {"zh", "仅适用于与训练设备同类、同工况的设备；不预测超过 " + cap +
                       " 的寿命；从未见过的工况或读数不给出数值。"}};
  }
  return {{"en",
           "Rows of the same columns and units. Rules are exact on the rows that they were found "
           "on; a kind of failure that stood in none of them is not known."},
          {"zh",
           "仅适用于相同列和单位的数据行；规则在发现它们的数据上是精确的；未出现过的故障类型无法识"
           "别。"}};
}

}  // namespace

Json to_json(const TableMapping& mapping) {
  return {{"form", mapping.form == TableMapping::Form::kBlanks ? "blanks" : "csv"},
          {"separator", mapping.separator == 0 ? std::string() : std::string(1, mapping.separator)},
          {"headers", mapping.headers},
          {"asset", mapping.asset},
          {"time", mapping.time},
          {"label", mapping.label},
          {"modes", mapping.modes},
          {"ignored", mapping.ignored}};
}

Result<TableMapping> mapping_from_json(const Json& json) {
  TableMapping mapping;
  MW_ASSIGN(const std::string form, json_string(json, "form"));
  mapping.form = form == "blanks" ? TableMapping::Form::kBlanks : TableMapping::Form::kCsv;
  MW_ASSIGN(const std::string separator, json_string(json, "separator"));
  mapping.separator = separator.empty() ? '\0' : separator[0];
  MW_ASSIGN(mapping.headers, json_strings(json, "headers", kMostColumns));
  MW_ASSIGN(mapping.asset, json_string(json, "asset"));
  MW_ASSIGN(mapping.time, json_string(json, "time"));
  MW_ASSIGN(mapping.label, json_string(json, "label"));
  MW_ASSIGN(mapping.modes, json_strings(json, "modes", kMostColumns));
  MW_ASSIGN(mapping.ignored, json_strings(json, "ignored", kMostColumns));
  return mapping;
}

Result<void> save_model(const std::filesystem::path& folder, const ModelCard& card,
                        const std::variant<LifeModel, FailureModel>& model, bool replace) {
  std::error_code problem;
  if (!replace && std::filesystem::exists(folder / "card.json", problem)) {
    return Error::make(Code::kConflict,
                       folder.string() + " holds a model: choose another folder or give --force",
                       folder.string() + " 中已有模型：请换一个文件夹，或使用 --force", "to");
  }
  MW_TRY(make_private_folder(folder));
  const std::string bytes =
      to_text(std::visit([](const auto& each) { return each.to_json(); }, model));
  const std::string digest = sha256_hex(bytes);
  const auto* life = std::get_if<LifeModel>(&model);
  Json out = {{"format", kFormat},
              {"kind", life != nullptr ? "remaining_life" : "failure"},
              {"model_sha256", digest},
              {"trained_at", card.trained_at},
              {"data", {{"file", card.data_file}, {"sha256", card.data_sha256}}},
              {"mapping", to_json(card.mapping)},
              {"report", card.report}};
  Json& scores = out["scores"] = Json::array();
  for (const Score& each : card.scores) scores.push_back(each.to_json());
  Json& refused = out["splits_refused"] = Json::array();
  for (const RefusedSplit& each : card.splits_refused) {
    refused.push_back(
        {{"split", info(each.split).name}, {"why", {{"en", each.why.en}, {"zh", each.why.zh}}}});
  }
  out["lines"] = card.lines;
  out["limits"] = limits_of(model);
  MW_TRY(put_model(folder, bytes));
  MW_TRY(put_card(folder, to_text(out)));
  drop_other_models(folder, digest);
  return {};
}

Result<StoredModel> open_model(const std::filesystem::path& folder) {
  MW_ASSIGN(ModelPair pair, read_pair(folder));
  Json card_json = std::move(pair.card_json);
  MW_ASSIGN(const std::string format, json_string(card_json, "format"));
  if (format != kFormat && format != kFirstFormat) {
    return damaged_model("its card is of another version");
  }
  MW_ASSIGN(const Json model_json, parse_json(pair.model));
  ModelCard card;
  MW_ASSIGN(const Json* mapping, json_member(card_json, "mapping"));
  MW_ASSIGN(card.mapping, mapping_from_json(*mapping));
  MW_ASSIGN(card.trained_at, json_string(card_json, "trained_at"));
  MW_ASSIGN(const Json* data, json_member(card_json, "data"));
  MW_ASSIGN(card.data_file, json_string(*data, "file"));
  MW_ASSIGN(card.data_sha256, json_string(*data, "sha256"));
  MW_ASSIGN(const std::string kind, json_string(card_json, "kind"));
  if (kind == "remaining_life") {
    MW_ASSIGN(LifeModel model, LifeModel::from_json(model_json));
    return StoredModel{std::move(card), std::move(card_json), std::move(model)};
  }
  MW_ASSIGN(FailureModel model, FailureModel::from_json(model_json));
  return StoredModel{std::move(card), std::move(card_json), std::move(model)};
}

}  // namespace mw::maintenance
