#include "mqtt/mqtt_client.h"

#include <MQTTAsync.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/address_text.h"
#include "core/clock.h"
#include "core/retry_delay.h"

namespace mw::mqtt {
namespace {

constexpr int kKeepAliveS = 5;  // an unplugged cable is noticed within 7.5 s
constexpr int kConnectTimeoutS = 5;
constexpr int kGoodbyeMs = 1500;
constexpr int kSessionExpiryS = 86'400;
constexpr int64_t kGiveUpEveryNs = 200 * kNsPerMs;
constexpr std::size_t kMostTopicLevels = 32;

std::string reason_of(const char* message, int code) {
  std::string reason = message != nullptr ? message : "";
  if (reason.empty()) {
    const char* text = MQTTAsync_strerror(code);
    reason = text != nullptr ? text : "error " + std::to_string(code);
  }
  return reason;
}

/// MQTT 3.1.1 says why in a number, of which Paho has no text.
std::string connack_reason(int code) {
  constexpr std::array<const char*, 5> kReasons{
      "the broker does not speak this version of MQTT", "client identifier rejected",
      "the broker is unavailable", "bad user name or password", "not authorized"};
  if (code >= 1 && code <= 5) return kReasons[static_cast<std::size_t>(code - 1)];
  return "the broker refuses the connection, code " + std::to_string(code);
}

Error no_link(const std::string& reason, bool rights = false) {
  return Error::make(rights ? Code::kUnauthenticated : Code::kUnavailable, reason);
}

Error connect_problem(const MQTTAsync_failureData* data) {
  if (data == nullptr) return no_link("connect failed");
  if (data->code < 1 || data->code > 5) return no_link(reason_of(data->message, data->code));
  return no_link(connack_reason(data->code), data->code >= 4);
}

Error connect_problem(const MQTTAsync_failureData5* data) {
  if (data == nullptr) return no_link("connect failed");
  // Paho 1.3.12 has the CONNACK's reason in `code`, other packets' in `reasonCode`.
  const int reason = std::max(data->code, static_cast<int>(data->reasonCode));
  if (reason >= MQTTREASONCODE_UNSPECIFIED_ERROR) {
    const char* name = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(reason));
    return no_link(name != nullptr ? name : "reason " + std::to_string(reason),
                   reason == MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD ||
                       reason == MQTTREASONCODE_NOT_AUTHORIZED);
  }
  // A broker of 3.1.1 only answers with that version's numbers.
  if (data->code >= 1 && data->code <= 5) {
    return no_link(connack_reason(data->code), data->code >= 4);
  }
  return no_link(reason_of(data->message, data->code));
}

}  // namespace

bool topic_matches(std::string_view filter, std::string_view topic) {
  // Wildcards at the beginning do not take the broker's own topics.
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  while (true) {
    if (filter == "#") return true;
    const std::size_t filter_end = filter.find('/');
    const std::size_t topic_end = topic.find('/');
    const std::string_view level = filter.substr(0, filter_end);
    if (level != "+" && level != topic.substr(0, topic_end)) return false;
    const bool filter_over = filter_end == std::string_view::npos;
    const bool topic_over = topic_end == std::string_view::npos;
    if (topic_over) return filter_over || filter.substr(filter_end) == "/#";
    if (filter_over) return false;
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

struct Client::Callbacks {
  static Client& self(void* context) { return *static_cast<Client*>(context); }

  static int message(void* context, char* topic, int topic_length, MQTTAsync_message* message) {
    // A length is given only for topics with a NUL inside.
    const std::string_view name =
        topic_length > 0 ? std::string_view(topic, static_cast<std::size_t>(topic_length))
                         : std::string_view(topic);
    const std::string_view payload(static_cast<const char*>(message->payload),
                                   static_cast<std::size_t>(message->payloadlen));
    try {
      Client& client = self(context);
      if (client.wanted(name)) {
        client.options_.on_message({name, payload, message->qos, message->retained != 0});
      } else {
        client.give_up(name);
      }
    } catch (const std::exception& problem) {  // out of memory: never into the library's C code
      self(context).options_.log(LogLevel::kError, "mqtt", problem.what());
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }
  static void lost(void* context, char* cause) {
    self(context).link_down(no_link(cause != nullptr ? cause : "connection lost"));
  }
  static void connect_ok(void* context, MQTTAsync_successData*) { self(context).subscribe(); }
  static void connect_ok5(void* context, MQTTAsync_successData5*) { self(context).subscribe(); }
  static void connect_failed(void* context, MQTTAsync_failureData* data) {
    self(context).link_down(connect_problem(data));
  }
  static void connect_failed5(void* context, MQTTAsync_failureData5* data) {
    self(context).link_down(connect_problem(data));
  }
  static void subscribe_ok(void* context, MQTTAsync_successData*) { self(context).link_up(); }
  static void subscribe_ok5(void* context, MQTTAsync_successData5*) { self(context).link_up(); }
  static void subscribe_failed(void* context, MQTTAsync_failureData* data) {
    self(context).link_down(
        no_link("subscribe refused" +
                (data != nullptr ? ": " + reason_of(data->message, data->code) : std::string())));
  }
  static void subscribe_failed5(void* context, MQTTAsync_failureData5* data) {
    self(context).link_down(
        no_link("subscribe refused" +
                (data != nullptr ? ": " + reason_of(data->message, data->code) : std::string())));
  }
  static void published(void* context, Result<void> result) {
    const auto* receipt = static_cast<const Receipt*>(context);
    receipt->client->published(receipt, std::move(result));
  }
  static void publish_ok(void* context, MQTTAsync_successData*) { published(context, {}); }
  static void publish_ok5(void* context, MQTTAsync_successData5*) { published(context, {}); }
  static void publish_failed(void* context, MQTTAsync_failureData* data) {
    const std::string why = data != nullptr ? reason_of(data->message, data->code) : "not sent";
    published(context, Error::make(Code::kIo, why));
  }
  static void publish_failed5(void* context, MQTTAsync_failureData5* data) {
    if (data != nullptr && data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR) {
      const char* name = MQTTReasonCode_toString(data->reasonCode);
      const std::string why = name != nullptr ? name : std::to_string(data->reasonCode);
      const bool rights = data->reasonCode == MQTTREASONCODE_NOT_AUTHORIZED;
      published(context, Error::make(rights ? Code::kUnauthenticated : Code::kInvalidArgument,
                                     "the broker refuses the message: " + why,
                                     "消息代理拒绝该消息：" + why));
      return;
    }
    const std::string why = data != nullptr ? reason_of(data->message, data->code) : "not sent";
    published(context, Error::make(Code::kIo, why));
  }
  static void goodbye(Client& client) {
    const std::lock_guard lock(client.mutex_);
    client.disconnected_ = true;
    client.wake_.notify_all();
  }
  static void goodbye_ok(void* context, MQTTAsync_successData*) { goodbye(self(context)); }
  static void goodbye_ok5(void* context, MQTTAsync_successData5*) { goodbye(self(context)); }
  static void goodbye_failed(void* context, MQTTAsync_failureData*) { goodbye(self(context)); }
  static void goodbye_failed5(void* context, MQTTAsync_failureData5*) { goodbye(self(context)); }
};

Client::Client(Options options) : options_(std::move(options)) {
  for (const std::string& each : options_.subscriptions) {
    if (each.find_first_of("+#") == std::string::npos) {
      whole_topics_.insert(each);
    } else {
      filters_.push_back(each);
    }
  }
}

Result<std::unique_ptr<Client>> Client::start(Options options) {
  // OpenSSL 3 starts itself; the library must not do it a second time beside the server.
  static std::once_flag once;
  std::call_once(once, [] {
    MQTTAsync_init_options init = MQTTAsync_init_options_initializer;
    init.do_openssl_init = 0;
    MQTTAsync_global_init(&init);
    // The library frees what its clients share (trace buffer, lists) with the last of them, while a
    // thread of that one may still write there and make the buffer anew: 122 kB lost, at best. A
    // client that never connects keeps all that until the process ends.
    static MQTTAsync keeper = nullptr;
    MQTTAsync_create(&keeper, "tcp://127.0.0.1:1", "millwright", MQTTCLIENT_PERSISTENCE_NONE,
                     nullptr);
  });
  if (!options.log) options.log = no_log();
  if (!options.on_message) options.on_message = [](const Message&) {};
  if (!options.will) options.will = [] { return std::nullopt; };
  if (!options.on_link) options.on_link = [](const Result<void>&) {};
  std::unique_ptr<Client> client(new Client(std::move(options)));
  const Options& settings = client->options_;
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
  create.MQTTVersion = settings.version;
  if (settings.buffer_messages > 0) {
    create.sendWhileDisconnected = 1;
    create.allowDisconnectedSendAtAnyTime = 1;
    create.maxBufferedMessages = settings.buffer_messages;
    create.deleteOldestMessages = 1;
  }
  const int created = MQTTAsync_createWithOptions(&client->handle_, settings.address.c_str(),
                                                  settings.client_id.c_str(),
                                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  if (created != MQTTASYNC_SUCCESS) {
    client->handle_ = nullptr;
    return Error::make(Code::kInvalidArgument,
                       "broker address '" + shown_address(settings.address) +
                           "': expected tcp://HOST:PORT or ssl://HOST:PORT (" +
                           reason_of(nullptr, created) + ")",
                       "消息代理地址“" + shown_address(settings.address) +
                           "”：应为 tcp://主机:端口 或 ssl://主机:端口",
                       "broker");
  }
  MQTTAsync_setCallbacks(client->handle_, client.get(), &Callbacks::lost, &Callbacks::message,
                         nullptr);
  client->supervisor_ = std::thread([raw = client.get()] { raw->run(); });
  return client;
}

Client::~Client() {
  bool was_connected = false;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    was_connected = state_ == State::kConnected;
  }
  wake_.notify_all();
  if (supervisor_.joinable()) supervisor_.join();
  if (handle_ == nullptr) return;
  if (was_connected) {
    MQTTAsync_disconnectOptions goodbye = MQTTAsync_disconnectOptions_initializer;
    goodbye.timeout = kGoodbyeMs / 2;
    goodbye.context = this;
    if (options_.version >= 5) {
      goodbye.onSuccess5 = &Callbacks::goodbye_ok5;
      goodbye.onFailure5 = &Callbacks::goodbye_failed5;
    } else {
      goodbye.onSuccess = &Callbacks::goodbye_ok;
      goodbye.onFailure = &Callbacks::goodbye_failed;
    }
    if (MQTTAsync_disconnect(handle_, &goodbye) == MQTTASYNC_SUCCESS) {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::milliseconds(kGoodbyeMs), [&] { return disconnected_; });
    }
  }
  // Waits for a callback that runs; none comes after it.
  MQTTAsync_destroy(&handle_);
}

void Client::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (state_ != State::kIdle) {
      wake_.wait(lock);
      continue;
    }
    const int64_t left_ns = next_attempt_ns_ - steady_ns();
    if (left_ns > 0) {
      wake_.wait_for(lock, std::chrono::nanoseconds(left_ns));
      continue;
    }
    state_ = State::kConnecting;
    lock.unlock();
    const Result<void> begun = connect();
    if (!begun) link_down(begun.error());
    lock.lock();
  }
}

Result<void> Client::connect() {
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  MQTTProperties properties = MQTTProperties_initializer;
  if (options_.version >= 5) {
    connect = MQTTAsync_connectOptions_initializer5;
    connect.cleanstart = options_.keep_session ? 0 : 1;
    connect.onSuccess5 = &Callbacks::connect_ok5;
    connect.onFailure5 = &Callbacks::connect_failed5;
    if (options_.keep_session) {
      MQTTProperty expiry{};
      expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
      expiry.value.integer4 = kSessionExpiryS;
      MQTTProperties_add(&properties, &expiry);
      connect.connectProperties = &properties;
    }
  } else {
    connect.MQTTVersion = MQTTVERSION_3_1_1;
    connect.cleansession = options_.keep_session ? 0 : 1;
    connect.onSuccess = &Callbacks::connect_ok;
    connect.onFailure = &Callbacks::connect_failed;
  }
  connect.context = this;
  connect.keepAliveInterval = kKeepAliveS;
  connect.connectTimeout = kConnectTimeoutS;
  if (!options_.user.empty()) {
    connect.username = options_.user.c_str();
    connect.password = options_.password.c_str();
  }
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  tls.verify = 1;  // the host name too
  if (!options_.ca_file.empty()) tls.trustStore = options_.ca_file.c_str();
  if (options_.address.rfind("ssl://", 0) == 0) connect.ssl = &tls;
  const std::optional<Will> left = options_.will();
  MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
  if (left) {
    will.topicName = left->topic.c_str();
    will.payload.len = static_cast<int>(left->payload.size());
    will.payload.data = left->payload.data();
    will.qos = left->qos;
    will.retained = left->retained ? 1 : 0;
    connect.will = &will;
  }
  const int begun = MQTTAsync_connect(handle_, &connect);
  MQTTProperties_free(&properties);
  if (begun == MQTTASYNC_SUCCESS) return {};
  return Error::make(Code::kUnavailable, reason_of(nullptr, begun));
}

void Client::subscribe() {
  if (options_.subscriptions.empty()) {
    link_up();
    return;
  }
  std::vector<char*> topics;
  for (const std::string& topic : options_.subscriptions) {
    topics.push_back(const_cast<char*>(topic.c_str()));
  }
  const std::vector<int> qos(topics.size(), 1);
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = this;
  if (options_.version >= 5) {
    response.onSuccess5 = &Callbacks::subscribe_ok5;
    response.onFailure5 = &Callbacks::subscribe_failed5;
  } else {
    response.onSuccess = &Callbacks::subscribe_ok;
    response.onFailure = &Callbacks::subscribe_failed;
  }
  const int begun = MQTTAsync_subscribeMany(handle_, static_cast<int>(topics.size()), topics.data(),
                                            qos.data(), &response);
  if (begun != MQTTASYNC_SUCCESS) link_down(no_link("subscribe: " + reason_of(nullptr, begun)));
}

bool Client::wanted(std::string_view topic) const {
  return whole_topics_.contains(topic) ||
         std::any_of(filters_.begin(), filters_.end(),
                     [&](const std::string& filter) { return topic_matches(filter, topic); });
}

/// A session that the broker kept brings what an earlier configuration subscribed to: which filter
/// that was the message does not say, so all that a topic below its levels can have are ended.
void Client::give_up(std::string_view topic) {
  {
    const std::lock_guard lock(mutex_);
    const int64_t now_ns = steady_ns();
    if (given_up_ns_ != 0 && now_ns - given_up_ns_ < kGiveUpEveryNs) return;
    given_up_ns_ = now_ns;
  }
  std::vector<std::string> filters{std::string(topic)};
  for (std::size_t end = topic.rfind('/');
       end != std::string_view::npos && end > 0 && filters.size() < kMostTopicLevels;
       end = topic.rfind('/', end - 1)) {
    filters.push_back(std::string(topic.substr(0, end)) + "/#");
  }
  std::erase_if(filters, [&](const std::string& each) {
    return std::find(filters_.begin(), filters_.end(), each) != filters_.end();
  });
  std::vector<char*> topics;
  topics.reserve(filters.size());
  for (std::string& each : filters) topics.push_back(each.data());
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  MQTTAsync_unsubscribeMany(handle_, static_cast<int>(topics.size()), topics.data(), &response);
  options_.log(LogLevel::kInfo, "mqtt",
               options_.client_id + ": the broker still sends " +
                   std::string(topic.substr(0, 200)) +
                   ", which nobody follows any more: its subscription is ended");
}

void Client::link_up() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    state_ = State::kConnected;
    failures_ = 0;
    last_problem_.clear();
  }
  options_.log(LogLevel::kInfo, "mqtt",
               options_.client_id + ": connected to " + shown_address(options_.address));
  options_.on_link({});
}

void Client::link_down(const Error& problem) {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    state_ = State::kIdle;
    next_attempt_ns_ = steady_ns() + retry_delay_ms(failures_++, options_.client_id) * kNsPerMs;
    news = problem.message.en != last_problem_;  // the same each second is one line in the log
    last_problem_ = problem.message.en;
  }
  wake_.notify_all();
  if (news) {
    options_.log(LogLevel::kWarning, "mqtt",
                 options_.client_id + ": no connection to " + options_.address + ": " +
                     problem.message.en + "; trying again");
  }
  options_.on_link(problem);
}

Result<void> Client::publish(const std::string& topic, std::string_view payload, int qos,
                             bool retained) {
  return send(topic, payload, qos, retained, nullptr);
}

Result<void> Client::publish(const std::string& topic, std::string_view payload,
                             std::function<void(Result<void>)> done) {
  return send(topic, payload, 1, false, std::move(done));
}

Result<void> Client::send(const std::string& topic, std::string_view payload, int qos,
                          bool retained, std::function<void(Result<void>)> done) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  const Receipt* receipt = nullptr;
  if (done) {
    const std::lock_guard lock(mutex_);
    receipts_.push_back({this, std::move(done)});
    receipt = &receipts_.back();
    response.context = &receipts_.back();
    if (options_.version >= 5) {
      response.onSuccess5 = &Callbacks::publish_ok5;
      response.onFailure5 = &Callbacks::publish_failed5;
    } else {
      response.onSuccess = &Callbacks::publish_ok;
      response.onFailure = &Callbacks::publish_failed;
    }
  }
  const int sent = MQTTAsync_send(handle_, topic.c_str(), static_cast<int>(payload.size()),
                                  payload.data(), qos, retained ? 1 : 0, &response);
  if (sent == MQTTASYNC_SUCCESS) return {};
  if (receipt != nullptr) {
    const std::lock_guard lock(mutex_);
    receipts_.remove_if([&](const Receipt& each) { return &each == receipt; });
  }
  return Error::make(Code::kUnavailable,
                     "publish to " + options_.address + ": " + reason_of(nullptr, sent));
}

void Client::published(const Receipt* receipt, Result<void> result) {
  std::function<void(Result<void>)> done;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(receipts_.begin(), receipts_.end(),
                                    [&](const Receipt& each) { return &each == receipt; });
    if (found == receipts_.end()) return;
    done = std::move(found->done);
    receipts_.erase(found);
  }
  done(std::move(result));
}

bool Client::connected() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kConnected;
}

}  // namespace mw::mqtt
