#include "mqtt/publish_once.h"

#include <netdb.h>

#include <optional>

namespace mw::mqtt {
namespace {

/// What a thread of another waits for; outlives whoever stops waiting.
struct Event {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::optional<Result<void>> result;

  void set(Result<void> value) {
    const std::lock_guard lock(mutex);
    if (!result) result = std::move(value);
    changed.notify_all();
  }
  /// Nothing: the time is over, or `stop` asked.
  std::optional<Result<void>> wait(std::chrono::steady_clock::time_point until,
                                   const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    changed.wait_until(lock, stop, until, [&] { return result.has_value(); });
    return result;
  }
};

/// Of "tcp://HOST:PORT" and "ssl://[::1]:PORT".
std::string host_of(const std::string& address) {
  const std::size_t scheme = address.find("://");
  std::string host = scheme == std::string::npos ? address : address.substr(scheme + 3);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find_first_of(":/"));
}

/// Paho looks the name up under the one lock of all its clients, the plant's too: a name server
/// that does not answer would hold up samples. Looked up here before, it has it at once.
std::optional<Result<void>> look_up(const std::string& host,
                                    std::chrono::steady_clock::time_point until,
                                    const std::stop_token& stop) {
  const auto event = std::make_shared<Event>();
  std::thread([event, host] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (failed == 0) {
      ::freeaddrinfo(found);
      event->set({});
      return;
    }
    const std::string reason = ::gai_strerror(failed);
    event->set(Error::make(Code::kUnavailable, host + ": the name has no address: " + reason,
                           host + "：无法解析主机名：" + reason));
  }).detach();  // a name server may take half a minute, and nobody needs to wait for it
  return event->wait(until, stop);
}

Error gave_up(const std::string& address, bool stopped, Code late) {
  if (stopped) return Error::make(Code::kCancelled, "stopped", "已停止");
  return Error::make(late, address + ": no answer in time", address + "：未及时应答");
}

}  // namespace

Result<void> publish_once(Options options, const std::string& topic, std::string_view payload,
                          std::chrono::milliseconds timeout, std::stop_token stop) {
  const std::string address = options.address;
  const auto until = std::chrono::steady_clock::now() + timeout;
  const std::optional<Result<void>> found = look_up(host_of(address), until, stop);
  if (!found) return gave_up(address, stop.stop_requested(), Code::kUnavailable);
  MW_TRY(*found);
  const auto linked = std::make_shared<Event>();
  const auto published = std::make_shared<Event>();
  options.keep_session = false;
  options.subscriptions.clear();
  options.on_link = [linked, published, address](const Result<void>& link) {
    if (link) return linked->set({});
    Error problem = Error(link.error()).within(address);
    linked->set(problem);
    problem.code = Code::kIo;  // sent, and no answer
    published->set(std::move(problem));
  };
  MW_ASSIGN(const std::unique_ptr<Client> client, Client::start(std::move(options)));
  const std::optional<Result<void>> link = linked->wait(until, stop);
  if (!link) return gave_up(address, stop.stop_requested(), Code::kUnavailable);
  MW_TRY(*link);
  MW_TRY(client->publish(topic, payload,
                         [published](Result<void> result) { published->set(std::move(result)); }));
  std::optional<Result<void>> done = published->wait(until, stop);
  if (!done) return gave_up(address, stop.stop_requested(), Code::kDeadlineExceeded);
  return std::move(*done);
}

}  // namespace mw::mqtt
