// Scope: what is kept, when it is believed and what it decides. Measuring is calibrate_test's.
#include "apps/millwright/engine_choice.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/clock.h"
#include "core/file.h"
#include "core/usable_cores.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;

class EngineChoice : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(flags_.data);
    ::unsetenv("MILLWRIGHT_FORCE_ISA");
  }
  void TearDown() override {
    fs::remove_all(flags_.data);
    ::unsetenv("MILLWRIGHT_FORCE_ISA");
  }
  /// Changes a member of the kept limits.
  void change(const std::string& name, const Json& value) {
    const fs::path file = flags_.data / "machine.json";
    Json root = *parse_json(*read_file(file, 1 << 20));
    root["limits"][name] = value;
    ASSERT_TRUE(write_file_atomically(file, to_text(root)));
  }

  EngineFlags flags_{fs::path(::testing::TempDir()) / "mw_engine_choice_test", 0};
};

TEST_F(EngineChoice, NothingIsWrittenWhereThereIsNoDataFolder) {
  const auto known = choose_engine(flags_, Calibrate::kNever);
  ASSERT_TRUE(known);
  EXPECT_FALSE(known->limits);
  EXPECT_TRUE(known->not_read);
  EXPECT_EQ(known->threads, usable_cores());
  const auto measured = choose_engine(flags_, Calibrate::kWhenMissing);
  ASSERT_TRUE(measured);
  EXPECT_TRUE(measured->measured_now);
  EXPECT_TRUE(measured->not_kept);
  EXPECT_FALSE(fs::exists(flags_.data));
}

TEST_F(EngineChoice, OneStartMeasuresAndTheNextOnesRead) {
  const auto first = choose_engine(flags_, Calibrate::kAnew);
  ASSERT_TRUE(first) << first.error().message.en;
  EXPECT_FALSE(first->not_kept);
  const auto next = choose_engine(flags_, Calibrate::kWhenMissing);
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->measured_now);
  EXPECT_EQ(next->limits->took_ms, first->limits->took_ms);
  EXPECT_EQ(next->isa, first->limits->isa);
  EXPECT_EQ(next->threads, tensor::choose_threads(*first->limits).threads);
  EXPECT_LE(next->threads, usable_cores());
}

TEST_F(EngineChoice, ABrokenFileIsMeasuredAnew) {
  ASSERT_TRUE(choose_engine(flags_, Calibrate::kAnew));
  change("rates", "none");
  const auto known = choose_engine(flags_, Calibrate::kNever);
  ASSERT_TRUE(known);
  EXPECT_FALSE(known->limits);
  EXPECT_EQ(known->not_read->code, Code::kCorrupt);
  const auto mended = choose_engine(flags_, Calibrate::kForThreads);
  ASSERT_TRUE(mended);
  EXPECT_TRUE(mended->measured_now);
  EXPECT_FALSE(mended->not_kept);
  EXPECT_TRUE(choose_engine(flags_, Calibrate::kNever)->limits);
}

TEST_F(EngineChoice, GivenThreadsAreTakenAndNeedNoMeasuring) {
  flags_.threads = 7;
  const auto engine = choose_engine(flags_, Calibrate::kForThreads);
  ASSERT_TRUE(engine);
  EXPECT_EQ(engine->threads, 7);
  EXPECT_FALSE(engine->limits);
}

TEST_F(EngineChoice, WhatABusyMachineGaveHoldsForTenMinutes) {
  ASSERT_TRUE(choose_engine(flags_, Calibrate::kAnew));
  const int64_t now_s = SystemClock().now_ns() / kNsPerSecond;
  change("busy", true);
  change("measured_at_s", now_s - 500);
  EXPECT_FALSE(choose_engine(flags_, Calibrate::kWhenMissing)->measured_now);
  change("measured_at_s", now_s - 700);
  EXPECT_TRUE(choose_engine(flags_, Calibrate::kNever)->limits);
  EXPECT_TRUE(choose_engine(flags_, Calibrate::kWhenMissing)->measured_now);
}

TEST_F(EngineChoice, AForcedInstructionSetHasAFileOfItsOwn) {
  ::setenv("MILLWRIGHT_FORCE_ISA", "scalar", 1);
  const auto known = choose_engine(flags_, Calibrate::kNever);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->isa, tensor::Isa::kScalar);
  EXPECT_EQ(known->file.filename(), "machine-scalar.json");
  ::setenv("MILLWRIGHT_FORCE_ISA", "abacus", 1);
  EXPECT_FALSE(choose_engine(flags_, Calibrate::kNever));
}

}  // namespace
}  // namespace mw::app
