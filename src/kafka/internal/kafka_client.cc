#include "kafka/internal/kafka_client.h"

#include <array>

#include "kafka/internal/kafka_statistics.h"

namespace mw::kafka {
namespace {

constexpr std::size_t kErrorBytes = 512;
constexpr int kLogError = 3, kLogNotice = 5;  // of syslog

const char* mechanism_of(Sasl sasl) {
  switch (sasl) {
    case Sasl::kNone:
      return "";
    case Sasl::kPlain:
      return "PLAIN";
    case Sasl::kScramSha256:
      return "SCRAM-SHA-256";
    case Sasl::kScramSha512:
      return "SCRAM-SHA-512";
  }
  return "";
}

KafkaClient::Settings settings_of(const Server& server) {
  const bool sasl = server.sasl != Sasl::kNone;
  KafkaClient::Settings out{
      {"bootstrap.servers", server.address},
      {"security.protocol",
       server.tls ? (sasl ? "sasl_ssl" : "ssl") : (sasl ? "sasl_plaintext" : "plaintext")},
      {"reconnect.backoff.ms", "250"},
      {"reconnect.backoff.max.ms", "10000"},
      {"socket.timeout.ms", "10000"},
      {"socket.keepalive.enable", "true"},
      {"statistics.interval.ms", "500"},
      {"client.software.name", "millwright"},
      // What it cannot do should be said once, by us.
      {"log.connection.close", "false"},
  };
  if (server.tls && !server.ca_file.empty()) out.emplace_back("ssl.ca.location", server.ca_file);
  if (server.tls) out.emplace_back("ssl.endpoint.identification.algorithm", "https");
  if (sasl) {
    out.emplace_back("sasl.mechanisms", mechanism_of(server.sasl));
    out.emplace_back("sasl.username", server.user);
    out.emplace_back("sasl.password", server.password);
  }
  return out;
}

struct ConfEnd {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};

}  // namespace

Error kafka_error(rd_kafka_resp_err_t error, const std::string& what) {
  const std::string text = what + ": " + rd_kafka_err2str(error);
  Code code = Code::kUnavailable;
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      code = Code::kUnauthenticated;
      break;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      code = Code::kPermissionDenied;
      break;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      code = Code::kNotFound;
      break;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      code = Code::kTooLarge;
      break;
    default:
      break;
  }
  return Error::make(code, "Kafka: " + text, "Kafka：" + text);
}

Result<std::unique_ptr<KafkaClient>> KafkaClient::make(rd_kafka_type_t type, const Server& server,
                                                       const Settings& settings, LogSink log,
                                                       Delivered delivered) {
  MW_TRY(check_server(server));
  std::unique_ptr<KafkaClient> client(new KafkaClient(type, std::move(log)));
  const std::unique_ptr<rd_kafka_conf_t, ConfEnd> holder(rd_kafka_conf_new());
  rd_kafka_conf_t* conf = holder.get();
  std::array<char, kErrorBytes> text{};
  for (const Settings& each : {settings_of(server), settings}) {
    for (const auto& [key, value] : each) {
      if (rd_kafka_conf_set(conf, key, value.c_str(), text.data(), text.size()) ==
          RD_KAFKA_CONF_OK) {
        continue;
      }
      // The text of the library may quote the value, and one value is a password.
      return Error::make(Code::kInvalidArgument, std::string("Kafka: cannot set ") + key,
                         std::string("Kafka：无法设置 ") + key, key);
    }
  }
  rd_kafka_conf_set_opaque(conf, client.get());
  rd_kafka_conf_set_log_cb(conf, on_log);
  rd_kafka_conf_set_error_cb(conf, on_error);
  rd_kafka_conf_set_stats_cb(conf, on_statistics);
  if (delivered != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  // It keeps the configuration only when it succeeds.
  rd_kafka_conf_t* copy = rd_kafka_conf_dup(conf);
  client->handle_ = rd_kafka_new(type, copy, text.data(), text.size());
  if (client->handle_ == nullptr) {
    rd_kafka_conf_destroy(copy);
    return Error::make(Code::kInvalidArgument, std::string("Kafka: ") + text.data(),
                       std::string("Kafka：") + text.data(),
                       server.ca_file.empty() ? "address" : "ca_file");
  }
  return client;
}

KafkaClient::~KafkaClient() {
  if (handle_ != nullptr) {
    rd_kafka_destroy_flags(handle_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
}

LinkState KafkaClient::link() const {
  const std::lock_guard lock(mutex_);
  LinkState out = link_;
  if (!known_) return out;  // it has only begun
  const std::string why = problem_.empty() ? "no broker answers" : problem_;
  if (!out.up) out.problem = {why, problem_.empty() ? "没有 Kafka 代理应答" : problem_};
  return out;
}

void KafkaClient::note_problem(const std::string& what) {
  const std::lock_guard lock(mutex_);
  problem_ = what;
  known_ = true;
}

void KafkaClient::note_record() {
  const std::lock_guard lock(mutex_);
  if (known_) return;
  link_.up = true;
  known_ = true;
}

void KafkaClient::on_log(const rd_kafka_t* handle, int level, const char*, const char* text) {
  // Called while rd_kafka_new() runs too.
  const auto* self = static_cast<const KafkaClient*>(rd_kafka_opaque(handle));
  if (level > kLogNotice || self == nullptr) return;
  self->log_(level <= kLogError ? LogLevel::kWarning : LogLevel::kInfo, "kafka", text);
}

void KafkaClient::on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  auto* self = static_cast<KafkaClient*>(opaque);
  const std::lock_guard lock(self->mutex_);
  self->known_ = true;
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    self->link_.up = false;
    if (!self->problem_.empty()) return;  // that one says more
  }
  self->problem_ = reason;
}

int KafkaClient::on_statistics(rd_kafka_t*, char* json, std::size_t size, void* opaque) {
  auto* self = static_cast<KafkaClient*>(opaque);
  const Result<Statistics> read = parse_statistics({json, size});
  if (!read) {
    self->log_(LogLevel::kWarning, "kafka", read.error().message.en);
    return 0;
  }
  const std::lock_guard lock(self->mutex_);
  const bool consumer = self->type_ == RD_KAFKA_CONSUMER;
  self->link_.up = read->brokers_up > 0 && (!consumer || read->in_group);
  if (self->link_.up) {
    self->problem_.clear();
    self->known_ = true;
  }
  if (read->lag) self->link_.lag = read->lag;
  return 0;  // the library frees it
}

}  // namespace mw::kafka
