#include "mqtt/internal/look_up.h"

#include <netdb.h>

#include <memory>
#include <thread>

namespace mw::mqtt {

std::string host_of(const std::string& address) {
  const std::size_t scheme = address.find("://");
  std::string host = scheme == std::string::npos ? address : address.substr(scheme + 3);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find_first_of(":/"));
}

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

}  // namespace mw::mqtt
