#include "plant/opcua/ua_value.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "plant/opcua/opcua_status.h"

namespace mw::plant {
namespace {

constexpr int64_t kNsPerTick = 100;
constexpr int kExactBelowMs = 10;

/// The element that is asked for, or nullptr with the reason in `problem`.
const void* element_of(const UA_Variant& value, const std::optional<int>& index,
                       std::string& problem) {
  if (value.type == nullptr || value.data == nullptr) {
    problem = "no value";
    return nullptr;
  }
  const bool array = value.arrayLength > 0 || value.data <= UA_EMPTY_ARRAY_SENTINEL;
  if (!array) {
    if (!index) return value.data;
    problem = "no array, but index is given";
    return nullptr;
  }
  if (!index) {
    problem = "an array of " + std::to_string(value.arrayLength) + ": say which by index";
    return nullptr;
  }
  if (static_cast<std::size_t>(*index) >= value.arrayLength) {
    problem = "an array of " + std::to_string(value.arrayLength) + ", index " +
              std::to_string(*index) + " is beyond";
    return nullptr;
  }
  return static_cast<const char*>(value.data) +
         static_cast<std::size_t>(*index) * value.type->memSize;
}

template <typename T>
double number_of(const void* data) {
  return static_cast<double>(*static_cast<const T*>(data));
}

void decode(const UA_Variant& variant, const OpcuaItem& item, OpcuaValue& out) {
  const void* data = element_of(variant, item.index, out.problem);
  if (data == nullptr) return;
  switch (variant.type->typeKind) {
    case UA_DATATYPEKIND_BOOLEAN:
      out.value = *static_cast<const UA_Boolean*>(data) ? 1.0 : 0.0;
      return;
    case UA_DATATYPEKIND_SBYTE:
      out.value = number_of<UA_SByte>(data);
      return;
    case UA_DATATYPEKIND_BYTE:
      out.value = number_of<UA_Byte>(data);
      return;
    case UA_DATATYPEKIND_INT16:
      out.value = number_of<UA_Int16>(data);
      return;
    case UA_DATATYPEKIND_UINT16:
      out.value = number_of<UA_UInt16>(data);
      return;
    case UA_DATATYPEKIND_INT32:
    case UA_DATATYPEKIND_ENUM:
      out.value = number_of<UA_Int32>(data);
      return;
    case UA_DATATYPEKIND_UINT32:
      out.value = number_of<UA_UInt32>(data);
      return;
    case UA_DATATYPEKIND_INT64:
      out.value = number_of<UA_Int64>(data);
      return;
    case UA_DATATYPEKIND_UINT64:
      out.value = number_of<UA_UInt64>(data);
      return;
    case UA_DATATYPEKIND_FLOAT: {
      // The digits that a float means: 0.1f is 0.1, not 0.10000000149.
      const float value = *static_cast<const UA_Float*>(data);
      std::array<char, 32> text{};
      const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
      double number = value;
      std::from_chars(text.data(), end.ptr, number);
      out.value = number;
      return;
    }
    case UA_DATATYPEKIND_DOUBLE:
      out.value = number_of<UA_Double>(data);
      return;
    case UA_DATATYPEKIND_STRING:
      out.value = std::string(ua_text(*static_cast<const UA_String*>(data)));
      return;
    case UA_DATATYPEKIND_LOCALIZEDTEXT:
      out.value = std::string(ua_text(static_cast<const UA_LocalizedText*>(data)->text));
      return;
    default:
      out.problem = std::string("a ") +
                    (variant.type->typeName == nullptr ? "structure" : variant.type->typeName) +
                    ", which is no number and no text";
  }
}

/// In milliseconds, which pack well, unless samples may lie closer together.
std::optional<TimeNs> time_of(bool has, UA_DateTime time, const OpcuaItem& item) {
  if (!has || time == 0) return std::nullopt;
  const TimeNs ns = ua_time_ns(time);
  return item.sampling_ms < kExactBelowMs ? ns : ns / kNsPerMs * kNsPerMs;
}

}  // namespace

std::string ua_status_name(uint32_t status) { return UA_StatusCode_name(status & 0xffff'0000); }

TimeNs ua_time_ns(UA_DateTime time) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / kNsPerTick;
  if (time < 0) return -kMost * kNsPerTick;  // also keeps the subtraction within 64 bits
  return std::clamp<int64_t>(time - UA_DATETIME_UNIX_EPOCH, -kMost, kMost) * kNsPerTick;
}

UA_DateTime ua_time_of(TimeNs ns) { return ns / kNsPerTick + UA_DATETIME_UNIX_EPOCH; }

OpcuaValue ua_value(const UA_DataValue& value, const OpcuaItem& item) {
  OpcuaValue out;
  out.status = value.hasStatus ? value.status : UA_STATUSCODE_GOOD;
  out.source_ns = time_of(value.hasSourceTimestamp, value.sourceTimestamp, item);
  out.server_ns = time_of(value.hasServerTimestamp, value.serverTimestamp, item);
  if (opcua_quality(out.status) == Quality::kBad && !value.hasValue) {
    out.problem = ua_status_name(out.status);
    return out;
  }
  if (value.hasValue) {
    decode(value.value, item, out);
  } else {
    out.problem = "no value";
  }
  if (opcua_quality(out.status) != Quality::kGood) out.problem = ua_status_name(out.status);
  return out;
}

UA_NodeId ua_node_id(const OpcuaNodeId& id, uint16_t space) {
  UA_NodeId out = UA_NODEID_NULL;
  out.namespaceIndex = space;
  switch (id.kind) {
    case OpcuaNodeId::Kind::kNumber:
      out.identifier.numeric = id.number;
      break;
    case OpcuaNodeId::Kind::kText:
      out.identifierType = UA_NODEIDTYPE_STRING;
      out.identifier.string = ua_copy(id.text);
      break;
    case OpcuaNodeId::Kind::kGuid:
      out.identifierType = UA_NODEIDTYPE_GUID;
      UA_Guid_parse(&out.identifier.guid, ua_view(id.text));
      break;
    case OpcuaNodeId::Kind::kOpaque:
      out.identifierType = UA_NODEIDTYPE_BYTESTRING;
      out.identifier.byteString = ua_copy(id.text);
      break;
  }
  return out;
}

}  // namespace mw::plant
