#include "security/audit_root.h"

#include <gtest/gtest.h>

#include "security/audit_log.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {
namespace {

AuditRoot root_of_a_log() {
  const testing_support::TemporaryFolder folder;
  AuditLogOptions options;
  options.folder = folder.path() / "audit";
  const auto log = AuditLog::open(std::move(options));
  EXPECT_TRUE(log) << log.error().message.en;
  return (*log)->root();
}

TEST(AuditRoot, IsReadBackAsItWasWritten) {
  const AuditRoot root = root_of_a_log();
  const auto again = parse_audit_root(audit_root_text(root));
  ASSERT_TRUE(again) << again.error().message.en;
  EXPECT_EQ(audit_root_text(*again), audit_root_text(root));
  EXPECT_EQ(key_fingerprint(again->key), key_fingerprint(root.key));
}

TEST(AuditRoot, OfAnythingElseIsRefusedInBothLanguages) {
  for (const char* broken :
       {"", "[]", "{}", "{\"log\":1}",
        R"({"log":"00","seq":1,"ts_ns":0,"hash":"","key":"","signature":""})"}) {
    const auto root = parse_audit_root(broken);
    ASSERT_FALSE(root) << broken;
    EXPECT_FALSE(root.error().message.en.empty());
  }
}

TEST(AuditRoot, WithAnyPartChangedIsNotOfItsKey) {
  const AuditRoot root = root_of_a_log();
  for (int part = 0; part < 6; ++part) {
    AuditRoot changed = root;
    if (part == 0) ++changed.seq;
    if (part == 1) ++changed.ts_ns;
    if (part == 2) changed.log[0] ^= 1;
    if (part == 3) changed.hash[31] ^= 1;
    if (part == 4) changed.key[0] ^= 1;
    if (part == 5) changed.signature[63] ^= 1;
    const auto read = parse_audit_root(audit_root_text(changed));
    ASSERT_FALSE(read) << part;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
  }
}

}  // namespace
}  // namespace mw::security
