#include "plant/internal/tag_numbers.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "core/json.h"

namespace mw::plant {
namespace {

constexpr const char* kUnitKind = "unit";

/// By its number, not its name: that may change.
std::string place_of(uint32_t id) { return "tag/" + std::to_string(id); }

Error mixed(const std::string& name, const std::string& tag, bool stored_simulated) {
  return Error::make(Code::kConflict,
                     name + " holds " + std::string(stored_simulated ? "simulated" : "real") +
                         " samples of " + tag + ", this plant is " +
                         (stored_simulated ? "real" : "simulated") +
                         ": they must not mix; give another --data folder or store",
                     name + " 中 " + tag +
                         " 的数据与当前工厂（模拟/真实）不一致，不能混用；请用 --data "
                         "指定其他目录，或换用其他存储");
}

/// 75 degC is no 75 degF: one history cannot be in both.
Error relabelled(const std::string& name, const Tag& tag, const std::string& stored) {
  return Error::make(
      Code::kConflict,
      name + " holds " + tag.id + " in '" + stored + "', the description says '" + tag.unit +
          "': values of both must not mix. Give the tag another identifier, and this one in its "
          "`earlier`; or, where only the label was wrong, say so: formerly [{\"tag\": \"" +
          tag.id + "\", \"unit\": \"" + stored + "\"}]",
      name + " 中 " + tag.id + " 的单位是“" + stored + "”，描述文件写的是“" + tag.unit +
          "”：两种单位的数值不能混在一起。请换一个测点标识，并在其 earlier "
          "中写明原标识；如果只是单位写错了，请在 formerly 中注明：[{\"tag\": \"" +
          tag.id + "\", \"unit\": \"" + stored + "\"}]",
      "unit");
}

class Numbering {
 public:
  Numbering(StoreTables& tables, const std::string& name, const Catalogue& catalogue)
      : tables_(tables), name_(name), catalogue_(catalogue) {}

  Result<TagNumbers> run() {
    MW_TRY(tables_.each_tag(
        [&](const std::string& tag, const StoreTables::TagRow& row) { rows_.emplace(tag, row); }));
    MW_TRY(tables_.each_record(kUnitKind, [&](const std::string& place, const std::string& body) {
      const Result<Json> said = parse_json(body);
      if (said && said->is_object()) units_.emplace(place, said->value("unit", ""));
    }));
    TagNumbers numbers;
    for (const Tag* tag : catalogue_.stored_tags()) {
      MW_ASSIGN(const StoreTables::TagRow row, row_of(*tag));
      if (row.simulated != catalogue_.simulated()) return mixed(name_, tag->id, row.simulated);
      MW_TRY(check_unit(*tag, row.id));
      numbers.ids.push_back(row.id);
      rows_.erase(tag->id);
    }
    for (const auto& [tag, row] : rows_) numbers.unlisted.push_back(tag);
    return numbers;
  }

 private:
  Result<StoreTables::TagRow> row_of(const Tag& tag) {
    if (const auto found = rows_.find(tag.id); found != rows_.end()) return found->second;
    const auto former = tag.former_id.empty() ? rows_.end() : rows_.find(tag.former_id);
    if (former == rows_.end()) return tables_.tag(tag.id, catalogue_.simulated());
    const StoreTables::TagRow row = former->second;
    MW_TRY(tables_.rename_tag(row.id, tag.id));
    rows_.erase(former);
    return row;
  }

  Result<void> check_unit(const Tag& tag, uint32_t id) {
    if (tag.unit.empty()) return {};  // nothing said: what was said before stands
    const auto stored = units_.find(place_of(id));
    if (stored != units_.end()) {
      if (stored->second == tag.unit) return {};
      if (stored->second != tag.former_unit) return relabelled(name_, tag, stored->second);
    }
    PlantRecord record;
    record.kind = kUnitKind;
    record.place = place_of(id);
    record.body = Json{{"unit", tag.unit}}.dump();
    return tables_.put_record(record);
  }

  StoreTables& tables_;
  const std::string& name_;
  const Catalogue& catalogue_;
  std::map<std::string, StoreTables::TagRow> rows_;
  std::unordered_map<std::string, std::string> units_;  // by place
};

}  // namespace

Result<TagNumbers> number_tags(StoreTables& tables, const std::string& name,
                               const Catalogue& catalogue) {
  return Numbering(tables, name, catalogue).run();
}

}  // namespace mw::plant
