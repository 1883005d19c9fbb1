// A child process records and writes the number of each acknowledged record to a pipe; it is killed
// with SIGKILL at a random moment. All that it acknowledged must be there, and the log must hold.
#include <gtest/gtest.h>

#include <random>

#include "security/audit_check.h"
#include "security/audit_log.h"
#include "tests/support/killed_child.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

void record_for_ever(const std::filesystem::path& folder, int64_t first,
                     const std::function<void(int64_t)>& acknowledge) {
  AuditLogOptions options;
  options.folder = folder;
  options.segment_bytes = 20'000;
  const auto log = AuditLog::open(options);
  if (!log) return;
  for (int64_t number = first;; ++number) {
    if (!(*log)->record({"test", "", "did", std::to_string(number)})) return;
    acknowledge(number);
  }
}

TEST(AuditLogKill, LosesNothingAcknowledgedWhenKilledAtAnyMoment) {
  const testing_support::TemporaryFolder temporary;
  const auto folder = temporary.path() / "audit";
  std::mt19937 random(17);
  int64_t next = 0;
  int64_t acknowledged = -1;
  for (int round = 0; round < 20; ++round) {
    acknowledged = testing_support::kill_while_working(
        static_cast<useconds_t>(random() % 40'000),
        [&](const auto& acknowledge) { record_for_ever(folder, next, acknowledge); });
    ASSERT_GE(acknowledged, 0);

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
