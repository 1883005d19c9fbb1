// The only user of open62541's client (ADR 0086). Of the services that it has, these are called:
// GetEndpoints, those of sessions and channels, Read, HistoryRead, Browse, CreateSubscription,
// CreateMonitoredItems. Never Write, Call, HistoryUpdate or one that adds or deletes nodes.
#include <algorithm>

#include "plant/opcua/opcua_client.h"
#include "plant/opcua/opcua_status.h"
#include "plant/opcua/ua_link.h"
#include "plant/opcua/ua_value.h"

namespace mw::plant {
namespace {

constexpr std::size_t kItemsPerCall = 500;  // servers bound what one request may hold
constexpr uint32_t kQueueMs = 5000;         // of samples that a server keeps for us at most
constexpr uint32_t kMostQueued = 1000;
constexpr uint32_t kPastPerCall = 1000;  // values
constexpr int kKeepAliveMs = 2000;
constexpr int kLifetimeMs = 60'000;

/// The list of namespaces that the server has (Part 5, 6.3.14).
Result<std::vector<std::string>> read_namespaces(UaLink& link) {
  UA_ReadValueId wanted;
  UA_ReadValueId_init(&wanted);
  wanted.nodeId = UA_NS0ID(SERVER_NAMESPACEARRAY);
  wanted.attributeId = UA_ATTRIBUTEID_VALUE;
  UA_ReadRequest request;
  UA_ReadRequest_init(&request);
  request.nodesToRead = &wanted;
  request.nodesToReadSize = 1;
  const UaOwned<UA_ReadResponse> response(UA_TYPES_READRESPONSE,
                                          UA_Client_Service_read(link.client(), request));
  MW_TRY(link.check(response->responseHeader.serviceResult, "reading the list of namespaces",
                    "读取命名空间列表"));
  std::vector<std::string> spaces;
  if (response->resultsSize != 1 ||
      !UA_Variant_hasArrayType(&response->results[0].value, &UA_TYPES[UA_TYPES_STRING])) {
    return spaces;
  }
  const auto* names = static_cast<const UA_String*>(response->results[0].value.data);
  for (std::size_t i = 0; i < response->results[0].value.arrayLength; ++i) {
    spaces.emplace_back(ua_text(names[i]));
  }
  return spaces;
}

class UaClient final : public OpcuaClient {
 public:
  UaClient(std::unique_ptr<UaLink> link, const OpcuaOptions& options, std::vector<OpcuaItem> items)
      : link_(std::move(link)), publishing_ms_(options.publishing_ms), items_(std::move(items)) {}
  ~UaClient() override {
    for (UA_NodeId& id : ids_) UA_NodeId_clear(&id);
  }

  Result<void> resolve();
  Result<std::vector<std::string>> subscribe(Listener listener) override;
  Result<void> pump(int ms) override;
  Result<std::vector<OpcuaValue>> read(std::span<const std::size_t> items) override;
  Result<std::vector<bool>> keeps_past(std::span<const std::size_t> items) override;
  Result<OpcuaPast> past(std::size_t item, TimeNs from_ns, TimeNs to_ns,
                         const std::string& more) override;
  std::optional<TimeNs> certificate_expires_ns() const override { return link_->expires_ns(); }

 private:
  using Answered = std::function<void(std::size_t place, const UA_DataValue* value)>;
  Result<void> read_attribute(std::span<const std::size_t> items, UA_UInt32 attribute,
                              const Answered& answered);
  static void on_data(UA_Client* client, UA_UInt32 subscription, void* self, UA_UInt32 monitored,
                      void* item, UA_DataValue* value);
  Result<void> follow(std::size_t begin, std::size_t end, std::vector<std::string>& problems);

  const std::unique_ptr<UaLink> link_;
  const int publishing_ms_;
  const std::vector<OpcuaItem> items_;
  std::vector<UA_NodeId> ids_;       // of items_; null: its namespace is unknown
  std::vector<std::string> spaces_;  // of the server
  Listener listener_;
  UA_UInt32 subscription_ = 0;
};

Result<void> UaClient::resolve() {
  MW_ASSIGN(spaces_, read_namespaces(*link_));
  for (const OpcuaItem& item : items_) {
    // open62541 has indices of its own, which it translates: ours go by the namespace's URI.
    std::string uri = item.node.space_uri;
    if (uri.empty() && item.node.space < spaces_.size()) uri = spaces_[item.node.space];
    UA_UInt16 space = 0;
    const bool known = !uri.empty() && UA_Client_getNamespaceIndex(link_->client(), ua_view(uri),
                                                                   &space) == UA_STATUSCODE_GOOD;
    ids_.push_back(known ? ua_node_id(item.node, space) : UA_NODEID_NULL);
  }
  return {};
}

void UaClient::on_data(UA_Client* /*client*/, UA_UInt32 /*subscription*/, void* self,
                       UA_UInt32 /*monitored*/, void* item, UA_DataValue* value) {
  auto* client = static_cast<UaClient*>(self);
  const auto position = reinterpret_cast<std::uintptr_t>(item);
  if (position >= client->items_.size() || !client->listener_) return;
  client->listener_(position, ua_value(*value, client->items_[position]));
}

Result<std::vector<std::string>> UaClient::subscribe(Listener listener) {
  listener_ = std::move(listener);
  UA_CreateSubscriptionRequest request = UA_CreateSubscriptionRequest_default();
  request.requestedPublishingInterval = publishing_ms_;
  request.requestedMaxKeepAliveCount =
      static_cast<UA_UInt32>(std::max(1, kKeepAliveMs / publishing_ms_));
  request.requestedLifetimeCount = std::max(request.requestedMaxKeepAliveCount * 3,
                                            static_cast<UA_UInt32>(kLifetimeMs / publishing_ms_));
  const UaOwned<UA_CreateSubscriptionResponse> response(
      UA_TYPES_CREATESUBSCRIPTIONRESPONSE,
      UA_Client_Subscriptions_create(link_->client(), request, this,
                                     &UaLink::on_subscription_status,
                                     &UaLink::on_subscription_deleted));
  MW_TRY(link_->check(response->responseHeader.serviceResult, "subscribing", "建立订阅"));
  subscription_ = response->subscriptionId;
  std::vector<std::string> problems(items_.size());
  for (std::size_t begin = 0; begin < items_.size(); begin += kItemsPerCall) {
    MW_TRY(follow(begin, std::min(begin + kItemsPerCall, items_.size()), problems));
  }
  return problems;
}

Result<void> UaClient::follow(std::size_t begin, std::size_t end,
                              std::vector<std::string>& problems) {
  std::vector<UA_MonitoredItemCreateRequest> wanted;
  std::vector<void*> contexts;
  for (std::size_t i = begin; i < end; ++i) {
    UA_MonitoredItemCreateRequest item = UA_MonitoredItemCreateRequest_default(ids_[i]);
    item.requestedParameters.samplingInterval = items_[i].sampling_ms;
    const auto queued = static_cast<uint32_t>(kQueueMs / std::max(1, items_[i].sampling_ms));
    item.requestedParameters.queueSize = std::clamp(queued, 2U, kMostQueued);
    wanted.push_back(item);
    contexts.push_back(reinterpret_cast<void*>(static_cast<std::uintptr_t>(i)));
  }
  std::vector<UA_Client_DataChangeNotificationCallback> callbacks(wanted.size(), &on_data);
  std::vector<UA_Client_DeleteMonitoredItemCallback> deleted(wanted.size(), nullptr);
  UA_CreateMonitoredItemsRequest request;
  UA_CreateMonitoredItemsRequest_init(&request);
  request.subscriptionId = subscription_;
  request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
  request.itemsToCreate = wanted.data();
  request.itemsToCreateSize = wanted.size();
  const UaOwned<UA_CreateMonitoredItemsResponse> response(
      UA_TYPES_CREATEMONITOREDITEMSRESPONSE,
      UA_Client_MonitoredItems_createDataChanges(link_->client(), request, contexts.data(),
                                                 callbacks.data(), deleted.data()));
  MW_TRY(link_->check(response->responseHeader.serviceResult, "following variables", "订阅变量"));
  for (std::size_t i = begin; i < end; ++i) {
    if (i - begin >= response->resultsSize) {
      problems[i] = "no answer of the server";
    } else if (const uint32_t status = response->results[i - begin].statusCode; status != 0) {
      problems[i] =
          UA_NodeId_isNull(&ids_[i]) ? "the server has no such namespace" : ua_status_name(status);
    }
  }
  return {};
}

Result<void> UaClient::pump(int ms) { return link_->pump(ms); }

/// `answered` gets nullptr where the server left an answer out.
Result<void> UaClient::read_attribute(std::span<const std::size_t> items, UA_UInt32 attribute,
                                      const Answered& answered) {
  for (std::size_t begin = 0; begin < items.size(); begin += kItemsPerCall) {
    const auto part = items.subspan(begin, std::min(kItemsPerCall, items.size() - begin));
    std::vector<UA_ReadValueId> wanted(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      UA_ReadValueId_init(&wanted[i]);
      wanted[i].nodeId = ids_[part[i]];
      wanted[i].attributeId = attribute;
    }
    UA_ReadRequest request;
    UA_ReadRequest_init(&request);
    request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
    request.nodesToRead = wanted.data();
    request.nodesToReadSize = wanted.size();
    const UaOwned<UA_ReadResponse> response(UA_TYPES_READRESPONSE,
                                            UA_Client_Service_read(link_->client(), request));
    MW_TRY(link_->check(response->responseHeader.serviceResult, "reading values", "读取数值"));
    for (std::size_t i = 0; i < part.size(); ++i) {
      answered(begin + i, i < response->resultsSize ? &response->results[i] : nullptr);
    }
  }
  return {};
}

Result<std::vector<OpcuaValue>> UaClient::read(std::span<const std::size_t> items) {
  std::vector<OpcuaValue> values(items.size());
  MW_TRY(read_attribute(items, UA_ATTRIBUTEID_VALUE,
                        [&](std::size_t place, const UA_DataValue* value) {
                          if (value != nullptr) {
                            values[place] = ua_value(*value, items_[items[place]]);
                          } else {
                            values[place].status = UA_STATUSCODE_BADUNEXPECTEDERROR;
                            values[place].problem = "no answer of the server";
                          }
                        }));
  return values;
}

Result<std::vector<bool>> UaClient::keeps_past(std::span<const std::size_t> items) {
  std::vector<bool> out(items.size(), false);
  MW_TRY(read_attribute(items, UA_ATTRIBUTEID_ACCESSLEVEL,
                        [&](std::size_t place, const UA_DataValue* value) {
                          if (value == nullptr ||
                              !UA_Variant_hasScalarType(&value->value, &UA_TYPES[UA_TYPES_BYTE])) {
                            return;
                          }
                          const auto level = *static_cast<const UA_Byte*>(value->value.data);
                          out[place] = (level & UA_ACCESSLEVELMASK_HISTORYREAD) != 0;
                        }));
  return out;
}

Result<OpcuaPast> UaClient::past(std::size_t item, TimeNs from_ns, TimeNs to_ns,
                                 const std::string& more) {
  UA_ReadRawModifiedDetails details;
  UA_ReadRawModifiedDetails_init(&details);
  details.startTime = ua_time_of(from_ns);
  details.endTime = ua_time_of(to_ns);
  details.numValuesPerNode = kPastPerCall;
  UA_HistoryReadValueId wanted;
  UA_HistoryReadValueId_init(&wanted);
  wanted.nodeId = ids_[item];
  if (!more.empty()) wanted.continuationPoint = ua_view(more);  // null, not empty, at first
  UA_HistoryReadRequest request;
  UA_HistoryReadRequest_init(&request);
  UA_ExtensionObject_setValueNoDelete(&request.historyReadDetails, &details,
                                      &UA_TYPES[UA_TYPES_READRAWMODIFIEDDETAILS]);
  request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
  request.nodesToRead = &wanted;
  request.nodesToReadSize = 1;
  const UaOwned<UA_HistoryReadResponse> response(
      UA_TYPES_HISTORYREADRESPONSE, UA_Client_Service_historyRead(link_->client(), request));
  OpcuaPast out;
  const UA_StatusCode status = response->responseHeader.serviceResult;
  // A server that has no such service says so for the whole request.
  if (status == UA_STATUSCODE_BADSERVICEUNSUPPORTED ||
      status == UA_STATUSCODE_BADHISTORYOPERATIONUNSUPPORTED) {
    out.problem = ua_status_name(status);
    return out;
  }
  MW_TRY(link_->check(status, "reading history", "读取历史"));
  if (response->resultsSize != 1) {
    out.problem = "no answer of the server";
    return out;
  }
  const UA_HistoryReadResult& result = response->results[0];
  if (opcua_quality(result.statusCode) == Quality::kBad) {
    out.problem = ua_status_name(result.statusCode);
    return out;
  }
  out.more = std::string(ua_text(result.continuationPoint));
  if (!UA_ExtensionObject_hasDecodedType(&result.historyData, &UA_TYPES[UA_TYPES_HISTORYDATA])) {
    return out;  // GoodNoData
  }
  const auto* data = static_cast<const UA_HistoryData*>(result.historyData.content.decoded.data);
  for (std::size_t i = 0; i < data->dataValuesSize; ++i) {
    out.values.push_back(ua_value(data->dataValues[i], items_[item]));
  }
  return out;
}

}  // namespace

Result<void> OpcuaClient::built_in() { return {}; }

Result<std::unique_ptr<OpcuaClient>> OpcuaClient::connect(const OpcuaOptions& options,
                                                          std::vector<OpcuaItem> items,
                                                          const std::stop_token& stop) {
  MW_ASSIGN(std::unique_ptr<UaLink> link, UaLink::connect(options, stop));
  auto client = std::make_unique<UaClient>(std::move(link), options, std::move(items));
  MW_TRY(client->resolve());
  return std::unique_ptr<OpcuaClient>(std::move(client));
}

}  // namespace mw::plant
