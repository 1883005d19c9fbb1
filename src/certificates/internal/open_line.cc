#include "certificates/internal/open_line.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mw::certificates {
namespace {

constexpr int kPollMs = 100;  // how soon a stop is seen

int ask_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

Error cut(const std::string& why) {
  return Error::make(Code::kUnavailable, "the connection was cut: " + why, "连接中断：" + why);
}

Error out_of_time() {
  return Error::make(Code::kDeadlineExceeded, "no answer in time", "等待响应超时");
}

}  // namespace

struct OpenLine::Handle {
  struct Cleanup {
    void operator()(CURL* each) const { curl_easy_cleanup(each); }
  };
  std::unique_ptr<CURL, Cleanup> curl;
  curl_socket_t socket = CURL_SOCKET_BAD;
  std::chrono::steady_clock::time_point until;
  std::stop_token stop;
};

OpenLine::OpenLine(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
OpenLine::OpenLine(OpenLine&&) noexcept = default;
OpenLine::~OpenLine() = default;

Result<OpenLine> OpenLine::open(const Peer& peer, std::chrono::milliseconds timeout,
                                std::stop_token stop) {
  // libcurl only connects: it looks the name up beside this thread, which nothing in libc does, so
  // that a name server that is silent holds up no end of the program.
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto handle = std::make_unique<Handle>();
  handle->curl.reset(kReady == CURLE_OK ? curl_easy_init() : nullptr);
  CURL* const curl = handle->curl.get();
  if (curl == nullptr) {
    return Error::make(Code::kResourceExhausted, "libcurl has no memory", "libcurl 内存不足");
  }
  handle->until = std::chrono::steady_clock::now() + timeout;
  handle->stop = std::move(stop);
  char said[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
  curl_easy_setopt(curl, CURLOPT_URL, ("http://" + peer.address()).c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // nor the environment's
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_stop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &handle->stop);
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (result == CURLE_ABORTED_BY_CALLBACK)
    return Error::make(Code::kCancelled, "stopped", "已停止");
  if (result == CURLE_OPERATION_TIMEDOUT) return out_of_time();
  if (result == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &handle->socket);
  if (handle->socket == CURL_SOCKET_BAD) {
    const std::string why = *said != '\0' ? said : curl_easy_strerror(result);
    return Error::make(Code::kUnavailable, "no connection: " + why, "无法连接：" + why);
  }
  return OpenLine(std::move(handle));
}

Result<void> OpenLine::wait_for(short events) const {
  while (true) {
    if (handle_->stop.stop_requested()) return Error::make(Code::kCancelled, "stopped", "已停止");
    if (std::chrono::steady_clock::now() >= handle_->until) return out_of_time();
    pollfd one{handle_->socket, events, 0};
    if (::poll(&one, 1, kPollMs) > 0) return {};
  }
}

Result<void> OpenLine::send(std::string_view bytes) {
  while (!bytes.empty()) {
    MW_TRY(wait_for(POLLOUT));
    // Not a signal when the other side is gone.
    const ssize_t sent = ::send(handle_->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return cut(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  return {};
}

Result<std::string> OpenLine::receive() {
  std::array<char, 4096> bytes;
  while (true) {
    MW_TRY(wait_for(POLLIN));
    const ssize_t got = ::recv(handle_->socket, bytes.data(), bytes.size(), 0);
    if (got > 0) return std::string(bytes.data(), static_cast<std::size_t>(got));
    if (got == 0) return cut("closed");
    if (errno != EAGAIN && errno != EINTR) return cut(std::strerror(errno));
  }
}

}  // namespace mw::certificates
