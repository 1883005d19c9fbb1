#include "security/internal/sealed_record.h"

#include <gtest/gtest.h>

namespace mw::security {
namespace {

TEST(SealedRecord, OpensUnderItsKeyForWhatItIsBoundToAndInOnePieceOnly) {
  const AeadKey key{1, 2, 3};
  const std::string record = *seal_record(key, "totp of person 1", "secret");
  EXPECT_NE(record, *seal_record(key, "totp of person 1", "secret")) << "another nonce each time";
  EXPECT_EQ(open_record(key, "totp of person 1", record), "secret");
  EXPECT_FALSE(open_record(key, "totp of person 2", record));
  EXPECT_FALSE(open_record({}, "totp of person 1", record));
  for (std::size_t i = 0; i < record.size(); ++i) {
    EXPECT_FALSE(open_record(key, "totp of person 1", record.substr(0, i))) << i;
    std::string broken = record;
    broken[i] = static_cast<char>(broken[i] ^ 0x80);
    EXPECT_FALSE(open_record(key, "totp of person 1", broken)) << i;
  }
  EXPECT_FALSE(open_record(key, "totp of person 1", record + "x"));
}

}  // namespace
}  // namespace mw::security
