#include "tests/support/scripted_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "tests/support/loopback_listener.h"

namespace mw::testing_support {
namespace {

ScriptedRequest parse(const std::string& head) {
  ScriptedRequest request;
  std::istringstream lines(head);
  lines >> request.method >> request.target;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.size() > 1) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = line.substr(colon + 2, line.size() - colon - 3);  // without the CR
  }
  return request;
}

}  // namespace

ScriptedReply ScriptedReply::http(int status, std::string body,
                                  const std::map<std::string, std::string>& headers) {
  ScriptedReply reply;
  reply.bytes = "HTTP/1.1 " + std::to_string(status) +
                " Scripted\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) reply.bytes += name + ": " + value + "\r\n";
  reply.bytes += "\r\n" + body;
  return reply;
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = listen_on_loopback(port_);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& worker : workers_) worker.join();
  ::close(listener_);
}

std::vector<ScriptedRequest> ScriptedServer::requests() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return requests_;
}

void ScriptedServer::accept_all() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) workers_.emplace_back([this, fd] { serve(fd); });
  }
}

void ScriptedServer::serve(int fd) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
      ::close(fd);
      return;
    }
    head.append(buffer, static_cast<std::size_t>(got));
  }
  const std::size_t end_of_head = head.find("\r\n\r\n") + 4;
  ScriptedRequest request = parse(head.substr(0, end_of_head));
  request.body = head.substr(end_of_head);
  const auto length = request.headers.find("content-length");
  const std::size_t expected = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (request.body.size() < expected) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    request.body.append(buffer, static_cast<std::size_t>(got));
  }
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    requests_.push_back(request);
  }
  const ScriptedReply reply = script_(request);
  std::this_thread::sleep_for(reply.pause);
  std::string_view rest = std::string_view(reply.bytes).substr(0, reply.send_at_most);
  while (!rest.empty()) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  while (reply.hang && !stopping_) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 20) > 0 && ::recv(fd, buffer, sizeof buffer, 0) <= 0) break;
  }
  ::close(fd);
}

}  // namespace mw::testing_support
