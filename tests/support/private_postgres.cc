#include "tests/support/private_postgres.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "postgres/postgres_connection.h"

namespace mw::testing_support {
namespace {

pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t child = -1;
  const int problem =
      ::posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return problem == 0 ? child : -1;
}

bool ended_well(pid_t child) {
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

std::filesystem::path find_programs() {
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::filesystem::path programs = version.path() / "bin";
    if (std::filesystem::exists(programs / "initdb", ignored)) return programs;
  }
  return {};
}

}  // namespace

std::vector<std::string> PrivatePostgres::as_server_user(std::vector<std::string> command) const {
  if (::geteuid() != 0) return command;
  std::vector<std::string> whole = {"setpriv", "--reuid=postgres", "--regid=postgres",
                                    "--clear-groups"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

std::unique_ptr<PrivatePostgres> PrivatePostgres::start() {
  std::unique_ptr<PrivatePostgres> server(new PrivatePostgres());
  server->programs_ = find_programs();
  if (server->programs_.empty()) return nullptr;
  const std::filesystem::path& folder = server->folder_.path();
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) return nullptr;
  }
  const std::vector<std::string> make = server->as_server_user(
      {(server->programs_ / "initdb").string(), "-D", (folder / "data").string(), "-A", "trust",
       "-U", "millwright", "-E", "UTF8", "--no-locale", "--no-sync"});
  if (!ended_well(spawn(make, folder / "initdb.log"))) return nullptr;
  return server->start_again() ? std::move(server) : nullptr;
}

bool PrivatePostgres::start_again() {
  const std::filesystem::path& folder = folder_.path();
  std::error_code ignored;
  // What an immediate stop may leave behind.
  std::filesystem::remove(folder / "data" / "postmaster.pid", ignored);
  server_ =
      spawn(as_server_user({(programs_ / "postgres").string(), "-D", (folder / "data").string(),
                            "-k", folder.string(), "-c", "listen_addresses=", "-c",
                            "shared_buffers=32MB", "-c", "max_connections=40"}),
            folder / "server.log");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < deadline) {
    if (postgres::Connection::open({url("postgres"), ""})) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

void PrivatePostgres::kill() {
  if (server_ <= 0) return;
  // An immediate shutdown: nothing is written any more, the next start recovers from the log.
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

PrivatePostgres::~PrivatePostgres() { kill(); }

std::string PrivatePostgres::url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + folder_.path().string() + "&user=millwright";
}

std::string PrivatePostgres::make_database() {
  const std::string name = "plant" + std::to_string(++databases_);
  const auto connection = postgres::Connection::open({url("postgres"), ""});
  EXPECT_TRUE(connection) << connection.error().message.en;
  if (connection) {
    const auto made = (*connection)->execute("CREATE DATABASE " + name);
    EXPECT_TRUE(made) << made.error().message.en;
  }
  return name;
}

}  // namespace mw::testing_support
