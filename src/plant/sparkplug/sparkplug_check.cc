#include <algorithm>
#include <set>

#include "core/json.h"
#include "plant/sparkplug/sparkplug_connector.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostTags = 50'000;

Error wrong(const SparkplugOptions& options, const std::string& key, const std::string& en,
            const std::string& zh) {
  return Error::make(Code::kInvalidArgument, "connector '" + options.name + "': " + en,
                     "连接“" + options.name + "”：" + zh, key);
}

/// `metric` is one of those of `options`.
Error wrong_metric(const SparkplugOptions& options, const SparkplugTag& metric,
                   const std::string& en, const std::string& zh) {
  const auto position = static_cast<std::size_t>(&metric - options.metrics.data());
  return wrong(options, "metric[" + std::to_string(position) + "]",
               "metric of '" + metric.tag + "': " + en, "测点“" + metric.tag + "”的指标：" + zh);
}

Result<void> check_id(const SparkplugOptions& options, const char* key, const std::string& id) {
  if (is_sparkplug_id(id) && id != "STATE") return {};
  return wrong(
      options, key,
      std::string(key) + " '" + id.substr(0, 100) +
          "': expected 1 to 256 bytes without '+', '/' and '#'",
      std::string(key) + "“" + id.substr(0, 100) + "”：应为 1 到 256 字节，不含“+”、“/”和“#”");
}

Result<void> check_states(const SparkplugOptions& options, const SparkplugTag& metric,
                          const Tag& tag, const Asset& asset) {
  if (tag.kind != TagKind::kState) {
    if (metric.states.empty()) return {};
    return wrong_metric(options, metric, "the tag is a number: take 'states' away",
                        "该测点为数值，请删除 states");
  }
  for (const auto& [raw, state] : metric.states) {
    const auto same = [&, name = &state](const AssetState& each) { return each.id == *name; };
    if (asset.states.empty() || std::any_of(asset.states.begin(), asset.states.end(), same)) {
      continue;
    }
    return wrong_metric(options, metric, "'" + asset.id + "' has no state '" + state + "'",
                        "“" + asset.id + "”没有状态“" + state + "”");
  }
  return {};
}

Result<void> check_metric(const SparkplugOptions& options, const SparkplugTag& metric,
                          const Tag& tag, const Asset& asset) {
  MW_TRY(check_id(options, "group", metric.group));
  MW_TRY(check_id(options, "edge", metric.edge));
  if (!metric.device.empty()) MW_TRY(check_id(options, "device", metric.device));
  if (metric.metric.empty()) {
    return wrong_metric(options, metric, "the metric has no name", "缺少指标名称");
  }
  if (!metric.measured_in.empty() && metric.measured_in != tag.unit) {
    return wrong_metric(options, metric,
                        "measured in '" + metric.measured_in + "', but the tag in '" + tag.unit +
                            "': convert with scale and offset, or mend the catalogue",
                        "单位为“" + metric.measured_in + "”，而测点为“" + tag.unit +
                            "”：请用 scale 和 offset 换算，或修改工厂描述");
  }
  return check_states(options, metric, tag, asset);
}

/// As TOML writes a basic string; JSON's escapes are TOML's too, and DEL needs one besides.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == 0x7f) {
      out += "\\u007f";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Result<std::vector<TagIndex>> check_sparkplug_options(const SparkplugOptions& options,
                                                      const Catalogue& catalogue) {
  if (!options.host_id.empty()) MW_TRY(check_id(options, "host_id", options.host_id));
  for (const std::string& group : options.groups) MW_TRY(check_id(options, "groups", group));
  if (options.metrics.size() > kMostTags || (options.metrics.empty() && options.groups.empty())) {
    return wrong(options, "metric",
                 "expected 1 to " + std::to_string(kMostTags) +
                     " metrics, or groups to see what they have; got " +
                     std::to_string(options.metrics.size()),
                 "应有 1 到 " + std::to_string(kMostTags) + " 个指标，或用 groups 查看各组的指标");
  }
  std::vector<TagIndex> tags;
  std::set<TagIndex> seen;
  for (const SparkplugTag& metric : options.metrics) {
    const Tag* tag = catalogue.tag(metric.tag);
    if (tag == nullptr) {
      return wrong_metric(options, metric, "the catalogue has no such tag", "工厂描述中没有该测点");
    }
    if (!seen.insert(tag->index).second) {
      return wrong_metric(options, metric, "another metric brings this tag already",
                          "已有其他指标提供该测点");
    }
    MW_TRY(check_metric(options, metric, *tag, *catalogue.asset(tag->asset)));
    tags.push_back(tag->index);
  }
  return tags;
}

std::string sparkplug_unmapped_toml(const std::vector<SparkplugUnmapped>& metrics) {
  std::string out =
      "# Metrics that were seen and are no tags. Written anew at each birth: paste what is wanted\n"
      "# into config.toml below its [[connector]], and name the tag.\n";
  for (const SparkplugUnmapped& each : metrics) {
    out += "\n[[connector.metric]]\n# tag = \"ASSET/TAG\"\ngroup = " + quoted(each.group) +
           "\nedge = " + quoted(each.edge) + "\n";
    if (!each.device.empty()) out += "device = " + quoted(each.device) + "\n";
    out += "metric = " + quoted(each.metric) + "  # " + each.type;
    if (!each.unit.empty()) out += ", " + quoted(each.unit);
    out += "\n";
  }
  return out;
}

}  // namespace mw::plant
