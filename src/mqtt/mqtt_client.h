#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/result.h"

namespace mw::mqtt {

struct Message {
  std::string_view topic, payload;
  int qos = 1;
  bool retained = false;
};

/// What a broker publishes for us when we are gone without a word.
struct Will {
  std::string topic, payload;
  int qos = 1;
  bool retained = false;
};

struct Options {
  std::string address;  // "tcp://127.0.0.1:1883" or "ssl://broker:8883"
  std::string client_id;
  std::string user, password;
  std::string ca_file;  // of an ssl:// broker; the system's certificates when empty
  int version = 4;      // 4 is MQTT 3.1.1, 5 is MQTT 5
  // The broker keeps what comes while we are away (clean session off; MQTT 5: for a day).
  bool keep_session = true;
  // With QoS 1. What a kept session still holds of earlier ones is given up when it comes.
  std::vector<std::string> subscriptions;
  int buffer_messages = 0;  // of publish(), while there is no connection; the oldest go first
  // Asked for before each attempt to connect; may be empty.
  std::function<std::optional<Will>()> will;
  LogSink log;
  // Called from a thread of the library, one message at a time; the message is acknowledged to the
  // broker once this returns. It must not call this client.
  std::function<void(const Message& message)> on_message;
  // Without an error once connected and subscribed, with the cause when that ends or fails:
  // kUnauthenticated where the broker does not know the user, else kUnavailable.
  std::function<void(const Result<void>& link)> on_link;
};

/// Whether a message on `topic` belongs to the subscription `filter` (MQTT 3.1.1, 4.7).
bool topic_matches(std::string_view filter, std::string_view topic);

/// A client of one broker over Eclipse Paho (ADR 0041) that connects again by itself, after 0.25 s
/// and then ever later up to 10 s, for as long as it lives.
///
/// Paho 1.3.12 sends the PUBACK of a QoS 1 message after the callback returned, which is what makes
/// "acknowledged only when stored" possible; the integration test holds it to that.
/// Threads  publish() from any thread.
class Client {
 public:
  static Result<std::unique_ptr<Client>> start(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Hands a message over for sending; buffered while there is no connection.
  Result<void> publish(const std::string& topic, std::string_view payload, int qos = 1,
                       bool retained = false);
  /// At QoS 1, and `done` is called once from a thread of the library: when the broker has it, or
  /// with why not (kUnauthenticated where it refuses the topic, which only MQTT 5 can say). Not
  /// called when this returns an error, or when the client ends before.
  Result<void> publish(const std::string& topic, std::string_view payload,
                       std::function<void(Result<void>)> done);
  bool connected() const;

 private:
  enum class State { kIdle, kConnecting, kConnected };
  struct Callbacks;  // the C functions that the library calls
  friend struct Callbacks;
  struct Receipt {  // of a message on its way
    Client* client;
    std::function<void(Result<void>)> done;
  };

  explicit Client(Options options);
  void run();
  Result<void> connect();
  void subscribe();
  bool wanted(std::string_view topic) const;
  void give_up(std::string_view topic);
  void link_up();
  void link_down(const Error& problem);
  Result<void> send(const std::string& topic, std::string_view payload, int qos, bool retained,
                    std::function<void(Result<void>)> done);
  void published(const Receipt* receipt, Result<void> result);

  const Options options_;
  std::set<std::string, std::less<>> whole_topics_;  // of the subscriptions
  std::vector<std::string> filters_;                 // those with wildcards
  void* handle_ = nullptr;
  mutable std::mutex mutex_;  // never held while the library is called: it locks as well
  std::condition_variable wake_;
  State state_ = State::kIdle;
  bool stopping_ = false;
  bool disconnected_ = false;  // the answer to our own goodbye
  int failures_ = 0;           // in a row
  int64_t next_attempt_ns_ = 0;
  int64_t given_up_ns_ = 0;  // steady; when a leftover subscription was last given up
  std::string last_problem_;
  std::list<Receipt> receipts_;
  std::thread supervisor_;
};

}  // namespace mw::mqtt
