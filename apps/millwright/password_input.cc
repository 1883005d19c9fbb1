#include "apps/millwright/password_input.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "apps/millwright/command_line.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

constexpr std::size_t kMostBytes = 4096;

/// The controlling terminal with its echo off, as it was again at the end.
class QuietTerminal {
 public:
  QuietTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
    struct termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ready_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (ready_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return ready_ ? fd_ : -1; }

 private:
  int fd_;
  struct termios before_ {};
  bool ready_ = false;
};

Result<std::string> read_line(int fd, const std::string& name) {
  std::string line;
  char c = 0;
  while (line.size() < kMostBytes) {
    const ssize_t got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", name, errno);
    if (got == 0 || c == '\n') break;
    line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Result<std::string> ask(int fd, const char* en, const char* zh) {
  const std::string prompt = terminal_language() == Language::kZh ? zh : en;
  if (::write(fd, prompt.data(), prompt.size()) < 0) return errno_error("write", "/dev/tty", errno);
  auto line = read_line(fd, "/dev/tty");
  if (::write(fd, "\n", 1) < 0) return errno_error("write", "/dev/tty", errno);
  return line;
}

}  // namespace

Result<std::string> read_password(const std::optional<std::string>& file, bool new_password) {
  if (file && *file == "-") return read_line(STDIN_FILENO, "standard input");
  if (file) return read_secret_line(*file, "password-file");
  const QuietTerminal terminal;
  if (terminal.fd() < 0) {
    return Error::make(
        Code::kInvalidArgument,
        "there is no terminal to type the password at: give --password-file FILE, or "
        "- for standard input",
        "没有可输入密码的终端：请用 --password-file 文件，或用 - 表示标准输入", "password-file");
  }
  MW_ASSIGN(const std::string first, ask(terminal.fd(), "Password: ", "密码："));
  if (!new_password) return first;
  MW_ASSIGN(const std::string second, ask(terminal.fd(), "The same again: ", "再次输入："));
  if (first == second) return first;
  return Error::make(Code::kInvalidArgument, "the two passwords differ", "两次输入的密码不一致",
                     "password");
}

}  // namespace mw::app
