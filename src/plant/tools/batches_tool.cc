#include <algorithm>

#include "plant/batch.h"
#include "plant/oee.h"
#include "plant/plant_event.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

class BatchesTool final : public PlantTool {
 public:
  explicit BatchesTool(Plant& plant)
      : PlantTool(plant, "batches",
                  {"Which batches ran on a machine, when, of which product, and what they made",
                   "设备上运行过哪些批次：时间、产品和产量"},
                  {{"asset", asset_schema()},
                   {"window", window_schema()},
                   {"batch", text_schema("only the batch of this number")}},
                  {"asset", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const std::string only, text_argument(call, "batch"));
    MW_ASSIGN(BatchList list, plant().batches(call.who, asset->id, {}, window));
    if (!only.empty()) {
      std::erase_if(list.batches, [&](const Batch& batch) { return batch.number != only; });
    }
    MW_ASSIGN(const double known, known_share(call, *asset, window));
    if (list.batches.empty() && asset->production.batch.empty()) {
      return Error::make(Code::kInvalidArgument,
                         "'asset': no batches of " + asset->id +
                             " are known: its description names no tag in production.batch, and "
                             "none was told by POST /api/plant/batches",
                         "没有“" + asset->id +
                             "”的批次：描述中的 production.batch 未指定测点，也没有通过 POST "
                             "/api/plant/batches 上报",
                         "asset");
    }
    std::vector<Evidence> facts;
    Evidence count = of_asset(call, *asset, "batch_count");
    count.window = window;
    count.good_share = known;
    count.quality = known >= 0.9 ? Quality::kGood : Quality::kUncertain;
    if (known > 0 || !list.batches.empty()) {
      count.value = static_cast<double>(list.batches.size());
    } else {
      count.quality = Quality::kBad;  // nothing was known of the time: not that nothing ran
    }
    facts.push_back(std::move(count));
    for (const Batch& batch : list.batches) add(call, *asset, batch, facts);
    return facts;
  }

 private:
  Evidence of_asset(const ToolCall& call, const Asset& asset, std::string fact) const {
    const Tag* tag =
        asset.production.batch.empty() ? nullptr : call.view->tag(asset.production.batch);
    return tag != nullptr ? about(call, *tag, std::move(fact))
                          : about(call, asset, std::move(fact));
  }

  /// Share of the window in which the tag that tells batches had good samples; 1 without one.
  Result<double> known_share(const ToolCall& call, const Asset& asset, TimeWindow window) const {
    if (asset.production.batch.empty()) return 1.0;
    MW_ASSIGN(const StateHistory history,
              plant().state_history(call.who, asset.production.batch, window));
    return history.good_share;
  }

  /// The batch, then what is known of it.
  void add(const ToolCall& call, const Asset& asset, const Batch& batch,
           std::vector<Evidence>& facts) const {
    const Quality quality = batch.doubts.empty() ? Quality::kGood : Quality::kUncertain;
    const auto fact = [&](const char* name, const std::string& text) -> Evidence& {
      Evidence evidence = of_asset(call, asset, name);
      evidence.text = text;
      evidence.unit.clear();
      evidence.window = TimeWindow{batch.start_ns, batch.end_ns};
      evidence.quality = quality;
      if (!batch.told_by.empty()) evidence.source = told_by_source(batch.told_by);
      facts.push_back(std::move(evidence));
      return facts.back();
    };
    fact(batch.running ? "batch_running" : "batch", batch.number).ts_ns = batch.start_ns;
    if (!batch.product.empty()) fact("batch_product", batch.product);
    if (batch.report) {
      const auto number = [&](const char* name, const std::optional<double>& value,
                              const char* unit, const std::string& tag) {
        if (!value) return;
        Evidence& evidence = fact(name, batch.number);
        evidence.value = value;
        evidence.unit = unit;
        if (const Tag* of = tag.empty() ? nullptr : call.view->tag(tag); of != nullptr) {
          evidence.tag = of->id;
          evidence.source = about(call, *of, name).source;
        }
      };
      const Oee& oee = batch.report->oee;
      number("batch_parts", oee.parts, "", asset.production.total);
      number("batch_good_parts", oee.good_parts, "", asset.production.good);
      const std::optional<double> percent = oee.oee ? std::optional(*oee.oee * 100) : std::nullopt;
      number("batch_oee", percent, "%", {});
    }
    for (const BatchDoubt doubt : batch.doubts) {
      fact("batch_doubt", std::string(batch_doubt_name(doubt)));
    }
  }
};

}  // namespace

std::unique_ptr<Tool> make_batches(Plant& plant) { return std::make_unique<BatchesTool>(plant); }

}  // namespace mw::plant
