#include "hub/internal/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

extern char** environ;

namespace mw::hub {
namespace {

/// posix_spawn's file actions, freed at the end of their scope.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

std::vector<std::string> merged_environment(
    const std::vector<std::pair<std::string, std::string>>& own) {
  std::vector<std::string> merged;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : own) replaced |= text.starts_with(name + "=");
    if (!replaced) merged.push_back(text);
  }
  for (const auto& [name, value] : own) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<int> run_child(const ChildProcess& child, std::stop_token stop,
                      const std::function<void()>& while_running) {
  std::vector<std::string> arguments = child.arguments;
  std::vector<std::string> environment = merged_environment(child.environment);
  FileActions actions;
  ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, child.output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(actions.get(), STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int problem = ::posix_spawnp(&pid, arguments[0].c_str(), actions.get(), nullptr,
                                     pointers(arguments).data(), pointers(environment).data());
  if (problem != 0) return errno_error("run", arguments[0], problem);
  using Clock = std::chrono::steady_clock;
  Clock::time_point kill_at = Clock::time_point::max();
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) return errno_error("wait for", arguments[0], errno);
    if (ended == pid) {
      if (stop.stop_requested()) return Error::make(Code::kCancelled, "cancelled", "已取消");
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (stop.stop_requested() && kill_at == Clock::time_point::max()) {
      ::kill(pid, SIGTERM);
      kill_at = Clock::now() + std::chrono::seconds(2);
    } else if (Clock::now() > kill_at) {
      ::kill(pid, SIGKILL);
    }
    if (while_running) while_running();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace mw::hub
