#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "plant/internal/test_plant.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A store that the contract tests run over: a fresh database for each test, opened as often as it
/// likes.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  /// With `seal_samples` in the journal before they are packed into blocks.
  virtual Result<std::unique_ptr<SampleStore>> open(uint64_t seal_samples) = 0;
};

struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;  // null: not on this machine
};

/// What every SampleStore must do, whatever lies behind it.
class StoreContract : public testing::TestWithParam<StoreMaker> {
 protected:
  void SetUp() override {
    under_test_ = GetParam().make();
    if (under_test_ == nullptr) GTEST_SKIP() << GetParam().name << " is not on this machine";
  }
  std::unique_ptr<SampleStore> open(uint64_t seal_samples = 1000) {
    auto store = under_test_->open(seal_samples);
    EXPECT_TRUE(store) << store.error().message.en;
    return store ? std::move(store).value() : nullptr;
  }
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace mw::plant
