#include "maintenance/vibration/vibration_file.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/sha256.h"
#include "core/testing.h"

namespace mw::maintenance {
namespace {

VibrationInfo info_of_pump() {
  VibrationInfo info;
  info.number = 1'800'000'000'123;
  info.asset = "pump-1";
  info.point = "drive end, radial";
  info.ts_ns = 1'800'000'000'000'000'007;
  info.rate_hz = 12'000;
  info.rpm = 1797;
  info.bearing = BearingGeometry{9, 0.3126, 1.537, 0};
  info.group = MachineGroup::kMediumRigid;
  info.source = "105.mat";
  info.channel = "X105_DE_time";
  info.by = "li";
  info.added_ns = info.ts_ns + 5;
  info.samples = 3;
  info.found = {2.5, 1.25, 5.4, Severity::kShortTerm, true, BearingPart::kInnerRace};
  return info;
}

/// The digest made right again after a change, so that what lies behind it is looked at.
std::string with_digest(std::string bytes) {
  Sha256 sum;
  sum.update(std::string_view(bytes).substr(40));
  const Sha256Digest digest = sum.digest();
  std::memcpy(bytes.data() + 8, digest.data(), digest.size());
  return bytes;
}

TEST(VibrationFile, ReadsBackWhatWasWritten) {
  VibrationInfo info = info_of_pump();
  const std::vector<double> samples = {0.5, -1.25, 1e-3f};
  const std::string bytes = vibration_bytes(info, samples);
  auto read = parse_vibration_file(bytes);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->samples, samples);
  EXPECT_EQ(to_text(to_json(read->info)), to_text(to_json(info)));
  info.bearing.reset();
  info.orders = BearingOrders{3.585, 5.415, 2.357, 0.398};
  info.group.reset();
  info.found = {};
  read = parse_vibration_file(vibration_bytes(info, samples));
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(to_text(to_json(read->info)), to_text(to_json(info)));
}

TEST(VibrationFile, RefusesEachCutAndEachFlippedByte) {
  const std::string bytes = vibration_bytes(info_of_pump(), std::vector<double>{0.5, -1.25, 2});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(parse_vibration_file(std::string_view(bytes).substr(0, length))) << length;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x41);
    const auto read = parse_vibration_file(changed);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
  }
  EXPECT_FALSE(parse_vibration_file(bytes + "1234"));
}

TEST(VibrationFile, RefusesADescriptionThatCannotBe) {
  const std::vector<double> samples = {1, 2, 3};
  const auto refused = [&](auto change) {
    VibrationInfo info = info_of_pump();
    change(info);
    return !parse_vibration_head(vibration_bytes(info, samples));
  };
  EXPECT_FALSE(refused([](VibrationInfo&) {}));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.asset.clear(); }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.point = "a\nb"; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.rate_hz = 0; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.rpm = -5; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.rpm.reset(); })) << "a bearing needs it";
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.bearing->elements = 2; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.orders = BearingOrders{1, 1, 1, 1}; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.samples = 4; }));
  EXPECT_TRUE(refused([](VibrationInfo& info) { info.number = 0; }));
}

TEST(VibrationFile, RefusesASampleThatIsNoNumber) {
  std::string bytes = vibration_bytes(info_of_pump(), std::vector<double>{1, 2, 3});
  const float infinite = std::numeric_limits<float>::infinity();
  std::memcpy(bytes.data() + bytes.size() - 4, &infinite, 4);
  EXPECT_FALSE(parse_vibration_file(with_digest(bytes)));
}

}  // namespace
}  // namespace mw::maintenance
