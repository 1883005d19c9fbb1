#include <algorithm>
#include <set>

#include "plant/opcua/opcua_connector.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostNodes = 50'000;

/// `node` is one of the options' own.
Error wrong_node(const OpcuaOptions& options, const OpcuaNode& node, const std::string& en,
                 const std::string& zh) {
  const auto position = &node - options.nodes.data();
  return Error::make(Code::kInvalidArgument,
                     "connector '" + options.name + "', node of '" + node.tag + "': " + en,
                     "连接“" + options.name + "”，测点“" + node.tag + "”的节点：" + zh,
                     "node[" + std::to_string(position) + "]");
}

Result<void> check_states(const OpcuaOptions& options, const OpcuaNode& node, const Tag& tag,
                          const Asset& asset) {
  if (tag.kind != TagKind::kState) {
    if (node.states.empty()) return {};
    return wrong_node(options, node, "the tag is no state: take 'states' away",
                      "该测点不是状态，请删除 states");
  }
  for (const auto& [raw, state] : node.states) {
    const auto same = [&, name = &state](const AssetState& each) { return each.id == *name; };
    if (asset.states.empty() || std::any_of(asset.states.begin(), asset.states.end(), same)) {
      continue;
    }
    return wrong_node(options, node, "'" + asset.id + "' has no state '" + state + "'",
                      "“" + asset.id + "”没有状态“" + state + "”");
  }
  return {};
}

Result<void> check_node(const OpcuaOptions& options, const OpcuaNode& node, const Tag& tag,
                        const Asset& asset) {
  const Result<OpcuaNodeId> id = parse_opcua_node_id(node.node);
  if (!id) return wrong_node(options, node, id.error().message.en, id.error().message.zh);
  if (!node.measured_in.empty() && node.measured_in != tag.unit) {
    return wrong_node(options, node,
                      "measured in '" + node.measured_in + "', but the tag in '" + tag.unit +
                          "': convert with scale and offset, or mend the catalogue",
                      "单位为“" + node.measured_in + "”，而测点为“" + tag.unit +
                          "”：请用 scale 和 offset 换算，或修改工厂描述");
  }
  return check_states(options, node, tag, asset);
}

}  // namespace

Result<std::vector<TagIndex>> check_opcua_options(const OpcuaOptions& options,
                                                  const Catalogue& catalogue) {
  if (const auto endpoint = parse_opcua_endpoint(options.endpoint); !endpoint) {
    Error error = endpoint.error();
    error.param = "endpoint";
    return error;
  }
  if (options.nodes.empty() || options.nodes.size() > kMostNodes) {
    return Error::make(
        Code::kInvalidArgument,
        "connector '" + options.name + "': expected 1 to " + std::to_string(kMostNodes) +
            " nodes, got " + std::to_string(options.nodes.size()),
        "连接“" + options.name + "”：应有 1 到 " + std::to_string(kMostNodes) + " 个节点", "node");
  }
  std::vector<TagIndex> tags;
  std::set<TagIndex> seen;
  for (const OpcuaNode& node : options.nodes) {
    const Tag* tag = catalogue.tag(node.tag);
    if (tag == nullptr) {
      return wrong_node(options, node, "the catalogue has no such tag", "工厂描述中没有该测点");
    }
    if (!seen.insert(tag->index).second) {
      return wrong_node(options, node, "another node brings this tag already",
                        "已有其他节点提供该测点");
    }
    MW_TRY(check_node(options, node, *tag, *catalogue.asset(tag->asset)));
    tags.push_back(tag->index);
  }
  return tags;
}

}  // namespace mw::plant
