// Looking through a server's address space: Browse, BrowseNext and Read.
#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "plant/opcua/opcua_address.h"
#include "plant/opcua/ua_link.h"
#include "plant/opcua/ua_value.h"
#include "plant/opcua_browse.h"

namespace mw::plant {
namespace {

constexpr UA_UInt32 kReferencesPerCall = 500;
constexpr std::size_t kMostNodes = 50'000;       // looked at, variables or not
constexpr std::size_t kMostReferences = 20'000;  // of one node
constexpr std::size_t kVariablesPerRead = 100;
constexpr std::size_t kMostNameBytes = 200;

/// open62541's indices of namespaces as the URIs that they stand for.
class Spaces {
 public:
  explicit Spaces(UA_Client* client) : client_(client) {}
  const std::string& uri(uint16_t index) {
    const auto known = uris_.find(index);
    if (known != uris_.end()) return known->second;
    UaOwned<UA_String> text(UA_TYPES_STRING);
    std::string uri;
    if (UA_Client_getNamespaceUri(client_, index, &*text) == UA_STATUSCODE_GOOD) {
      uri = ua_text(*text);
    }
    return uris_.emplace(index, std::move(uri)).first->second;
  }

 private:
  UA_Client* const client_;
  std::unordered_map<uint16_t, std::string> uris_;
};

std::string hex_guid(const UA_Guid& guid) {
  UaOwned<UA_String> text(UA_TYPES_STRING);
  UA_Guid_print(&guid, &*text);
  std::string out(ua_text(*text));
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string text_of(const UA_NodeId& id, Spaces& spaces) {
  OpcuaNodeId out;
  if (id.namespaceIndex != 0) out.space_uri = spaces.uri(id.namespaceIndex);
  switch (id.identifierType) {
    case UA_NODEIDTYPE_STRING:
      out.kind = OpcuaNodeId::Kind::kText;
      out.text = ua_text(id.identifier.string);
      break;
    case UA_NODEIDTYPE_GUID:
      out.kind = OpcuaNodeId::Kind::kGuid;
      out.text = hex_guid(id.identifier.guid);
      break;
    case UA_NODEIDTYPE_BYTESTRING:
      out.kind = OpcuaNodeId::Kind::kOpaque;
      out.text = ua_text(id.identifier.byteString);
      break;
    default:
      out.number = id.identifier.numeric;
  }
  return opcua_node_id_text(out);
}

std::string name_of(const UA_ReferenceDescription& reference) {
  std::string_view name = ua_text(reference.displayName.text);
  if (name.empty()) name = ua_text(reference.browseName.name);
  return std::string(name.substr(0, kMostNameBytes));
}

struct Place {
  UaOwned<UA_NodeId> id{UA_TYPES_NODEID};
  std::vector<std::string> path;
  int depth = 0;
  std::optional<std::size_t> variable;  // whose properties are looked at
};

class Browser {
 public:
  Browser(UaLink& link, const OpcuaBrowseOptions& options)
      : link_(link), options_(options), spaces_(link.client()) {
    if (options.most_ms > 0) until_ns_ = steady_ns() + options.most_ms * kNsPerMs;
  }

  Result<OpcuaBrowse> look() {
    MW_TRY(begin());
    while (!places_.empty() && seen_.size() < kMostNodes && !late()) {
      const std::unique_ptr<Place> place = std::move(places_.front());
      places_.pop_front();
      MW_TRY(browse(*place));
    }
    out_.cut |= !places_.empty();
    for (std::size_t i = 0; i < out_.variables.size() && !late(); i += kVariablesPerRead) {
      MW_TRY(describe(i, std::min(i + kVariablesPerRead, out_.variables.size())));
    }
    if (!late()) MW_TRY(read_properties());
    out_.cut |= late();
    return std::move(out_);
  }

 private:
  bool late() const { return until_ns_ != 0 && steady_ns() > until_ns_; }

  struct Property {
    std::size_t variable;
    std::unique_ptr<UaOwned<UA_NodeId>> id;
  };

  Result<void> begin() {
    MW_ASSIGN(const OpcuaNodeId start, parse_opcua_node_id(options_.start));
    UA_UInt16 space = start.space;
    if (!start.space_uri.empty() &&
        UA_Client_getNamespaceIndex(link_.client(), ua_view(start.space_uri), &space) !=
            UA_STATUSCODE_GOOD) {
      return Error::make(Code::kNotFound, "the server has no namespace '" + start.space_uri + "'",
                         "服务器没有命名空间“" + start.space_uri + "”");
    }
    auto place = std::make_unique<Place>();
    *place->id = ua_node_id(start, space);
    seen_.insert(text_of(*place->id, spaces_));
    seen_.insert("i=2253");  // the server's own description of itself
    places_.push_back(std::move(place));
    return {};
  }

  Result<void> browse(const Place& place) {
    UA_BrowseDescription wanted;
    UA_BrowseDescription_init(&wanted);
    wanted.nodeId = *place.id;
    wanted.browseDirection = UA_BROWSEDIRECTION_FORWARD;
    wanted.referenceTypeId = UA_NS0ID(HIERARCHICALREFERENCES);
    wanted.includeSubtypes = true;
    wanted.nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE;
    wanted.resultMask = UA_BROWSERESULTMASK_ALL;
    UA_BrowseRequest request;
    UA_BrowseRequest_init(&request);
    request.nodesToBrowse = &wanted;
    request.nodesToBrowseSize = 1;
    request.requestedMaxReferencesPerNode = kReferencesPerCall;
    const UaOwned<UA_BrowseResponse> response(UA_TYPES_BROWSERESPONSE,
                                              UA_Client_Service_browse(link_.client(), request));
    MW_TRY(link_.check(response->responseHeader.serviceResult, "browsing", "浏览节点"));
    if (response->resultsSize != 1) return {};
    if (place.depth == 0) {
      MW_TRY(link_.check(response->results[0].statusCode, "browsing the start", "浏览起始节点"));
    }
    std::size_t references = take(place, response->results[0]);
    std::string more(ua_text(response->results[0].continuationPoint));
    while (!more.empty()) {
      MW_TRY(next(place, more, references));
    }
    return {};
  }

  Result<void> next(const Place& place, std::string& more, std::size_t& references) {
    UA_ByteString point = ua_view(more);
    UA_BrowseNextRequest request;
    UA_BrowseNextRequest_init(&request);
    request.continuationPoints = &point;
    request.continuationPointsSize = 1;
    request.releaseContinuationPoints = references >= kMostReferences;
    out_.cut |= request.releaseContinuationPoints;
    const UaOwned<UA_BrowseNextResponse> response(
        UA_TYPES_BROWSENEXTRESPONSE, UA_Client_Service_browseNext(link_.client(), request));
    MW_TRY(link_.check(response->responseHeader.serviceResult, "browsing", "浏览节点"));
    const bool ended = request.releaseContinuationPoints || response->resultsSize != 1;
    // A server that gives nothing and still says there is more does not keep us.
    const std::size_t taken = ended ? 0 : take(place, response->results[0]);
    more =
        taken == 0 ? std::string() : std::string(ua_text(response->results[0].continuationPoint));
    references += taken;
    return {};
  }

  std::size_t take(const Place& place, const UA_BrowseResult& result) {
    for (std::size_t i = 0; i < result.referencesSize; ++i) take_one(place, result.references[i]);
    return result.referencesSize;
  }

  void take_one(const Place& place, const UA_ReferenceDescription& reference) {
    if (!UA_ExpandedNodeId_isLocal(&reference.nodeId)) return;
    const UA_NodeId& id = reference.nodeId.nodeId;
    const bool property = is_property(reference);
    if (property) {
      if (place.variable) keep_property(*place.variable, reference);
      return;
    }
    if (!seen_.insert(text_of(id, spaces_)).second) return;
    auto next_place = std::make_unique<Place>();
    next_place->path = place.path;
    next_place->path.push_back(name_of(reference));
    next_place->depth = place.depth + 1;
    if (reference.nodeClass == UA_NODECLASS_VARIABLE) {
      if (out_.variables.size() >= options_.most) {
        out_.cut = true;
        return;
      }
      OpcuaVariable found;
      found.node = text_of(id, spaces_);
      found.path = next_place->path;
      next_place->variable = out_.variables.size();
      out_.variables.push_back(std::move(found));
      ids_.push_back(std::make_unique<UaOwned<UA_NodeId>>(UA_TYPES_NODEID));
      UA_NodeId_copy(&id, &**ids_.back());
    }
    if (next_place->depth >= options_.depth) {
      out_.cut |= reference.nodeClass == UA_NODECLASS_OBJECT;
      return;
    }
    UA_NodeId_copy(&id, &*next_place->id);
    places_.push_back(std::move(next_place));
  }

  static bool is_property(const UA_ReferenceDescription& reference) {
    const UA_NodeId wanted = UA_NS0ID(HASPROPERTY);
    return UA_NodeId_equal(&reference.referenceTypeId, &wanted);
  }

  void keep_property(std::size_t variable, const UA_ReferenceDescription& reference) {
    const std::string_view name = ua_text(reference.browseName.name);
    const bool wanted = reference.browseName.namespaceIndex == 0 &&
                        (name == "EngineeringUnits" || name == "EURange");
    if (!wanted) return;
    properties_.push_back({variable, std::make_unique<UaOwned<UA_NodeId>>(UA_TYPES_NODEID)});
    UA_NodeId_copy(&reference.nodeId.nodeId, &**properties_.back().id);
  }

  /// DataType, ValueRank and AccessLevel of variables [begin, end).
  Result<void> describe(std::size_t begin, std::size_t end) {
    std::vector<UA_ReadValueId> wanted;
    for (std::size_t i = begin; i < end; ++i) {
      for (const UA_UInt32 attribute :
           {UA_ATTRIBUTEID_DATATYPE, UA_ATTRIBUTEID_VALUERANK, UA_ATTRIBUTEID_USERACCESSLEVEL}) {
        UA_ReadValueId each;
        UA_ReadValueId_init(&each);
        each.nodeId = **ids_[i];
        each.attributeId = attribute;
        wanted.push_back(each);
      }
    }
    UA_ReadRequest request;
    UA_ReadRequest_init(&request);
    request.nodesToRead = wanted.data();
    request.nodesToReadSize = wanted.size();
    const UaOwned<UA_ReadResponse> response(UA_TYPES_READRESPONSE,
                                            UA_Client_Service_read(link_.client(), request));
    MW_TRY(link_.check(response->responseHeader.serviceResult, "reading attributes", "读取属性"));
    for (std::size_t i = begin; i < end && (i - begin) * 3 + 2 < response->resultsSize; ++i) {
      OpcuaVariable& variable = out_.variables[i];
      const UA_DataValue* values = &response->results[(i - begin) * 3];
      if (UA_Variant_hasScalarType(&values[0].value, &UA_TYPES[UA_TYPES_NODEID])) {
        const auto* id = static_cast<const UA_NodeId*>(values[0].value.data);
        const UA_DataType* type = UA_findDataType(id);
        if (type != nullptr && type->typeName != nullptr) variable.type = type->typeName;
      }
      if (UA_Variant_hasScalarType(&values[1].value, &UA_TYPES[UA_TYPES_INT32])) {
        variable.array = *static_cast<const UA_Int32*>(values[1].value.data) >= 0;
      }
      if (UA_Variant_hasScalarType(&values[2].value, &UA_TYPES[UA_TYPES_BYTE])) {
        const auto level = *static_cast<const UA_Byte*>(values[2].value.data);
        variable.readable = (level & UA_ACCESSLEVELMASK_READ) != 0;
        variable.history = (level & UA_ACCESSLEVELMASK_HISTORYREAD) != 0;
      }
    }
    return {};
  }

  Result<void> read_properties() {
    for (std::size_t begin = 0; begin < properties_.size() && !late(); begin += kVariablesPerRead) {
      const std::size_t end = std::min(begin + kVariablesPerRead, properties_.size());
      std::vector<UA_ReadValueId> wanted(end - begin);
      for (std::size_t i = begin; i < end; ++i) {
        UA_ReadValueId_init(&wanted[i - begin]);
        wanted[i - begin].nodeId = **properties_[i].id;
        wanted[i - begin].attributeId = UA_ATTRIBUTEID_VALUE;
      }
      UA_ReadRequest request;
      UA_ReadRequest_init(&request);
      request.nodesToRead = wanted.data();
      request.nodesToReadSize = wanted.size();
      const UaOwned<UA_ReadResponse> response(UA_TYPES_READRESPONSE,
                                              UA_Client_Service_read(link_.client(), request));
      MW_TRY(link_.check(response->responseHeader.serviceResult, "reading units", "读取单位"));
      for (std::size_t i = begin; i < end && i - begin < response->resultsSize; ++i) {
        apply(out_.variables[properties_[i].variable], response->results[i - begin].value);
      }
    }
    return {};
  }

  static void apply(OpcuaVariable& variable, const UA_Variant& value) {
    if (UA_Variant_hasScalarType(&value, &UA_TYPES[UA_TYPES_EUINFORMATION])) {
      const auto* unit = static_cast<const UA_EUInformation*>(value.data);
      variable.unit = std::string(ua_text(unit->displayName.text).substr(0, kMostNameBytes));
      if (unit->unitId > 0) variable.unit_id = unit->unitId;
    } else if (UA_Variant_hasScalarType(&value, &UA_TYPES[UA_TYPES_RANGE])) {
      const auto* range = static_cast<const UA_Range*>(value.data);
      variable.low = range->low;
      variable.high = range->high;
    }
  }

  UaLink& link_;
  const OpcuaBrowseOptions& options_;
  Spaces spaces_;
  std::deque<std::unique_ptr<Place>> places_;
  std::unordered_set<std::string> seen_;
  std::vector<std::unique_ptr<UaOwned<UA_NodeId>>> ids_;  // of the variables
  std::vector<Property> properties_;
  OpcuaBrowse out_;
  int64_t until_ns_ = 0;  // steady; 0: without end
};

}  // namespace

Result<OpcuaBrowse> browse_opcua(const OpcuaBrowseOptions& options) {
  MW_TRY(parse_opcua_endpoint(options.server.endpoint));
  MW_ASSIGN(const std::unique_ptr<UaLink> link, UaLink::connect(options.server));
  return Browser(*link, options).look();
}

}  // namespace mw::plant
