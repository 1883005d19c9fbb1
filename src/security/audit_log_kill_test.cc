// A child process records and writes the number of each acknowledged record to a pipe; it is killed
// with SIGKILL at a random moment. All that it acknowledged must be there, and the log must hold.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "security/audit_check.h"
#include "security/audit_log.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

[[noreturn]] void record_for_ever(const std::filesystem::path& folder, int64_t first, int pipe) {
  AuditLogOptions options;
  options.folder = folder;
  options.segment_bytes = 20'000;
  const auto log = AuditLog::open(options);
  if (!log) _exit(3);
  for (int64_t number = first;; ++number) {
    if (!(*log)->record({"test", "", "did", std::to_string(number)})) _exit(4);
    if (::write(pipe, &number, sizeof number) != sizeof number) _exit(5);
  }
}

TEST(AuditLogKill, LosesNothingAcknowledgedWhenKilledAtAnyMoment) {
  const testing_support::TemporaryFolder temporary;
  const auto folder = temporary.path() / "audit";
  std::mt19937 random(17);
  int64_t next = 0;
  int64_t acknowledged = -1;
  for (int round = 0; round < 20; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      record_for_ever(folder, next, pipe[1]);
    }
    ::close(pipe[1]);
    int64_t number = 0;
    ASSERT_EQ(::read(pipe[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
    acknowledged = number;
    ::usleep(static_cast<useconds_t>(random() % 40'000));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    while (::read(pipe[0], &number, sizeof number) == sizeof number) acknowledged = number;
    ::close(pipe[0]);

    int64_t seen = -1;
    AuditCheckOptions options;
    options.on_record = [&](const AuditRecord& record) {
      if (record.event.action != "did") return true;
      EXPECT_EQ(record.event.object, std::to_string(seen + 1)) << "round " << round;
      ++seen;
      return true;
    };
    const auto report = check_audit(folder, options);
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->intact()) << report->broken->what.en;
    ASSERT_GE(seen, acknowledged) << "round " << round;
    next = seen + 1;
  }
  EXPECT_GT(acknowledged, 20);
}

}  // namespace
}  // namespace mw::security
