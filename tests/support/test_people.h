#pragma once

#include <gtest/gtest.h>

#include <mutex>

#include "security/people.h"
#include "tests/support/temporary_folder.h"

namespace mw::security {

/// Remembers events, or fails when told to.
class FakeAudit final : public Audit {
 public:
  Result<void> record(const AuditEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (broken_ || left_ == 0) return Error::make(Code::kIo, "the disk is gone");
    --left_;
    events_.push_back(event);
    return {};
  }
  void break_it(bool broken) {
    const std::lock_guard lock(mutex_);
    broken_ = broken;
  }
  /// Takes so many more, and then fails.
  void fail_after(int records) {
    const std::lock_guard lock(mutex_);
    left_ = records;
  }
  std::vector<AuditEvent> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  AuditEvent last() const {
    const auto all = events();
    return all.empty() ? AuditEvent{} : all.back();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<AuditEvent> events_;
  bool broken_ = false;
  int left_ = -1;  // below zero: as many as come
};

inline const Actor kAdmin{"person:root", "10.0.0.1"};
inline constexpr const char* kPassword = "correct horse battery";

class PeopleFixture : public ::testing::Test {
 protected:
  PeopleFixture() { reopen(); }
  void reopen() {
    people_.reset();
    auto opened = People::open(options());
    ASSERT_TRUE(opened) << opened.error().message.en;
    people_ = std::move(*opened);
  }
  PeopleOptions options() const {
    PeopleOptions options;
    options.folder = folder_.path();
    options.audit = audit_;
    options.clock = clock_;
    options.password_memory_kib = 64;
    options.password_passes = 1;
    return options;
  }
  void add(const std::string& name, Grant grant = {Role::kViewer, {"line-1"}, {}}) {
    const auto added = people_->add_person(kAdmin, {name, kPassword, std::move(grant)});
    ASSERT_TRUE(added) << added.error().message.en;
  }
  Result<Login> login(const std::string& name, const std::string& password = kPassword,
                      const std::string& code = {}, const std::string& address = "10.0.0.7") {
    return people_->login({name, password, code, address});
  }
  void pass(int64_t ns) { clock_->set(clock_->now_ns() + ns); }

  testing_support::TemporaryFolder folder_;
  std::shared_ptr<FakeAudit> audit_ = std::make_shared<FakeAudit>();
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(1'760'000'000 * kNsPerSecond);
  std::unique_ptr<People> people_;
};

}  // namespace mw::security
