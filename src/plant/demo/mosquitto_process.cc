#include "plant/demo/mosquitto_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "core/clock.h"
#include "core/file.h"

namespace mw::plant {
namespace {

constexpr int kReadyMs = 5000;
constexpr int kRestartMs = 500;

/// A socket that closes itself.
class Socket {
 public:
  Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A port that is free now. Someone may take it before the broker does; then the start fails and
/// says so.
Result<int> free_port() {
  const Socket socket;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (socket.get() < 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return errno_error("find a free port on", "127.0.0.1", errno);
  }
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  const Socket socket;
  const sockaddr_in address = loopback(port);
  return socket.get() >= 0 &&
         ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Result<std::string> find_program() {
  for (const char* folder : {"/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"}) {
    const std::string candidate = std::string(folder) + "/mosquitto";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Error::make(Code::kUnavailable,
                     "the demo plant needs the Mosquitto broker: apt-get install mosquitto",
                     "演示工厂需要 Mosquitto 消息代理：apt-get install mosquitto");
}

/// Starts the program; between fork and exec only calls that are safe there.
pid_t spawn(const std::string& program, const std::string& configuration, int log_fd) {
  char* const arguments[] = {const_cast<char*>(program.c_str()), const_cast<char*>("-c"),
                             const_cast<char*>(configuration.c_str()), nullptr};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);  // the parent died before the line above
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(log_fd, STDOUT_FILENO);
  ::dup2(log_fd, STDERR_FILENO);
  ::syscall(SYS_close_range, 3u, ~0u, 0u);  // sockets and databases of ours are not the broker's
  ::execv(program.c_str(), arguments);
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<MosquittoProcess>> MosquittoProcess::start(const std::string& folder,
                                                                  LogSink log) {
  MW_ASSIGN(std::string program, find_program());
  MW_TRY(make_private_folder(folder));
  std::error_code problem;
  std::string absolute = std::filesystem::absolute(folder, problem).string();
  MW_ASSIGN(const int port, free_port());
  if (!log) log = no_log();
  std::unique_ptr<MosquittoProcess> broker(
      new MosquittoProcess(std::move(program), std::move(absolute), port, std::move(log)));
  MW_TRY(broker->write_configuration());
  broker->supervisor_ = std::thread([raw = broker.get()] { raw->run(); });
  if (!broker->wait_until_ready(kReadyMs)) {
    return Error::make(Code::kUnavailable,
                       "mosquitto did not come up on 127.0.0.1:" + std::to_string(port) +
                           " within 5 s; its log is " + broker->folder_ + "/mosquitto.log",
                       "mosquitto 未能在 5 秒内启动，日志见 " + broker->folder_ + "/mosquitto.log");
  }
  return broker;
}

MosquittoProcess::MosquittoProcess(std::string program, std::string folder, int port, LogSink log)
    : program_(std::move(program)), folder_(std::move(folder)), port_(port), log_(std::move(log)) {}

MosquittoProcess::~MosquittoProcess() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (pid_ > 0) ::kill(pid_, SIGTERM);
  }
  wake_.notify_all();
  if (supervisor_.joinable()) supervisor_.join();
}

std::string MosquittoProcess::address() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

pid_t MosquittoProcess::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

void MosquittoProcess::hold_down(bool down) {
  {
    const std::lock_guard lock(mutex_);
    held_down_ = down;
  }
  wake_.notify_all();
}

Result<void> MosquittoProcess::write_configuration() const {
  std::string text = "# Written by Millwright at each start; changes are lost.\n";
  text += "listener " + std::to_string(port_) + " 127.0.0.1\n";
  text += "allow_anonymous true\n";
  // As root Mosquitto would become another user, who may not write our folder.
  if (::geteuid() == 0) text += "user root\n";
  text += "persistence true\npersistence_location " + folder_ + "/\nautosave_interval 10\n";
  text += "max_queued_messages 200000\nmax_inflight_messages 200\nset_tcp_nodelay true\n";
  text += "log_dest stderr\nlog_type error\nlog_type warning\nconnection_messages false\n";
  return write_file_atomically(folder_ + "/mosquitto.conf", text);
}

void MosquittoProcess::run() {
  // One thread forks and waits, since the signal at our death is tied to the thread that forked.
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (held_down_) {
      wake_.wait(lock);
      continue;
    }
    const int log_fd = ::open((folder_ + "/mosquitto.log").c_str(),
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_ = spawn(program_, folder_ + "/mosquitto.conf", log_fd);
    const pid_t child = pid_;
    lock.unlock();
    int status = 0;
    if (child > 0) {
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
    }
    if (log_fd >= 0) ::close(log_fd);
    lock.lock();
    pid_ = 0;
    if (stopping_) break;
    log_(LogLevel::kWarning, "plant",
         "the demo broker ended (status " + std::to_string(status) + "); starting it again");
    wake_.wait_for(lock, std::chrono::milliseconds(kRestartMs), [&] { return stopping_; });
  }
}

bool MosquittoProcess::wait_until_ready(int timeout_ms) {
  const int64_t deadline_ns = steady_ns() + int64_t{timeout_ms} * kNsPerMs;
  while (steady_ns() < deadline_ns) {
    if (accepts(port_)) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}

}  // namespace mw::plant
