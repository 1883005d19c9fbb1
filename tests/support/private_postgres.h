#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace mw::testing_support {

/// A PostgreSQL server of the test's own: on a socket in a temporary folder, no port, no password
/// (trust). Runs as the user postgres when the test is root, which the server refuses to be.
class PrivatePostgres {
 public:
  /// Null where there is no PostgreSQL server on this machine, or no user to run it as.
  static std::unique_ptr<PrivatePostgres> start();
  ~PrivatePostgres();

  /// "postgresql:///DATABASE?host=...&user=millwright"
  std::string url(const std::string& database) const;
  /// A new, empty database; its name.
  std::string make_database();

  /// An immediate stop: its processes end without a checkpoint, and nobody answers.
  void kill();
  /// Starts it again over the same files; false when it does not answer within a minute.
  bool start_again();

 private:
  PrivatePostgres() = default;
  std::vector<std::string> as_server_user(std::vector<std::string> command) const;

  TemporaryFolder folder_;
  std::filesystem::path programs_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace mw::testing_support
