// Logging in: what is checked in which order, so that neither time nor words tell a stranger more
// than "no".
#include <openssl/crypto.h>

#include "core/hex.h"
#include "security/internal/people_impl.h"
#include "security/internal/people_rules.h"
#include "security/internal/totp.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr int kMostLogins = 6;  // that wait or are checked; more would take threads from others

Error wrong() {
  return Error::make(Code::kUnauthenticated, "name, password or code is wrong",
                     "用户名、密码或验证码错误");
}

Error crowded() {
  return Error::make(Code::kResourceExhausted, "too many logins at once: try again in a moment",
                     "同时登录的人过多，请稍后重试");
}

std::string address_subject(const LoginRequest& request) {
  const std::string address = throttled_address(request.address);
  return address.empty() ? std::string() : "address:" + address;
}

/// Gives back on destruction what was taken.
template <class Function>
class AtEnd {
 public:
  explicit AtEnd(Function function) : function_(std::move(function)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { function_(); }

 private:
  Function function_;
};

}  // namespace

/// The person of the name, as the database has it.
struct People::Impl::Candidate {
  int64_t id = 0;
  std::string name;
  std::string password;
  bool disabled = false;
  std::string totp;  // sealed; empty: none
  int64_t totp_step = 0;
  bool must_change = false;
};

Result<Failures> People::Impl::failures(PeopleDatabase& database, const std::string& subject) {
  Failures found;
  if (subject.empty()) return found;
  MW_TRY(database.query(
      "SELECT count, last_ns, locked_until_ns FROM failure WHERE subject = ?",
      [&](const Row& row) {
        found = {static_cast<int>(row.integer(0)), row.integer(1), row.integer(2)};
      },
      std::string_view(subject)));
  return found;
}

std::vector<People::Impl::Counter> People::Impl::login_counters(const LoginRequest& request) const {
  return {{name_subject(request.name), kFreeFailuresOfName},
          {address_subject(request), kFreeFailuresOfAddress}};
}

/// Of its own: strangers at the login page must not lock a logged-in person out of it, and lifting
/// the lock of a login must not lift this one.
std::vector<People::Impl::Counter> People::Impl::confirm_counters(std::string_view name) const {
  return {{"confirm:" + name_subject(name), kFreeFailuresOfName}};
}

Result<void> People::Impl::check_locks(const std::vector<Counter>& counters) {
  const std::lock_guard lock(mutex_);
  for (const auto& [subject, free] : counters) {
    MW_ASSIGN(const Failures found, failures(database_, subject));
    const TimeNs left_ns = found.locked_until_ns - now_ns();
    if (left_ns <= 0) continue;
    const std::string seconds = std::to_string(left_ns / kNsPerSecond + 1);
    return Error::make(Code::kResourceExhausted,
                       "too many wrong passwords: try again in " + seconds + " s",
                       "密码错误次数过多，请在 " + seconds + " 秒后重试");
  }
  return {};
}

Result<std::optional<People::Impl::Candidate>> People::Impl::candidate(
    const LoginRequest& request) {
  const std::lock_guard lock(mutex_);
  std::optional<Candidate> found;
  MW_TRY(database_.query(
      "SELECT id, name, password, disabled, totp, totp_step, must_change "
      "FROM person WHERE name = ?",
      [&](const Row& row) {
        found = Candidate{row.integer(0), row.bytes(1),   row.bytes(2),       row.integer(3) != 0,
                          row.bytes(4),   row.integer(5), row.integer(6) != 0};
      },
      std::string_view(request.name)));
  return found;
}

Result<Login> People::Impl::refuse(const LoginRequest& request, const std::string& known_name,
                                   std::string why, const char* action,
                                   const std::vector<Counter>& counters) {
  // Not the name of nobody: it may be a password that was typed into the wrong field.
  const std::string who = "person:" + (known_name.empty() ? "?" : known_name);
  const AuditEvent event{who, request.address, action, who, AuditOutcome::kRefused, std::move(why)};
  const auto counted = change(event, [&](PeopleDatabase& database) -> Result<void> {
    for (const auto& [subject, free] : counters) {
      if (subject.empty()) continue;
      MW_ASSIGN(const Failures before, failures(database, subject));
      const Failures after = after_failure(before, now_ns(), free);
      MW_TRY(database.run(
          "INSERT INTO failure VALUES(?, ?, ?, ?) ON CONFLICT(subject) DO UPDATE SET "
          "count = excluded.count, last_ns = excluded.last_ns, "
          "locked_until_ns = excluded.locked_until_ns",
          std::string_view(subject), int64_t{after.count}, after.last_ns, after.locked_until_ns));
    }
    return {};
  });
  return counted ? wrong() : counted.error();
}

Result<Login> People::Impl::refuse_login(const LoginRequest& request, const std::string& known_name,
                                         std::string why) {
  return refuse(request, known_name, std::move(why), "session.login", login_counters(request));
}

/// Whether the code counts; one that does is used up. A recovery code needs no key file.
Result<bool> People::Impl::take_code(PeopleDatabase& database, const Candidate& candidate,
                                     const std::string& code) {
  // As it is now: it may have been sealed anew since the password was looked at.
  std::string sealed;
  int64_t last_step = candidate.totp_step;
  MW_TRY(database.query(
      "SELECT totp, totp_step FROM person WHERE id = ?",
      [&](const Row& row) {
        sealed = row.bytes(0);
        last_step = row.integer(1);
      },
      candidate.id));
  auto secret = vault_.open(database, totp_bound(candidate.id), sealed);
  const auto step = secret ? match_totp(*secret, code, now_ns(), last_step) : std::nullopt;
  if (secret) OPENSSL_cleanse(secret->data(), secret->size());
  if (step) {
    MW_TRY(database.run("UPDATE person SET totp_step = ? WHERE id = ? AND totp_step < ?", *step,
                        candidate.id, *step));
    return database.changes() == 1;  // not: the same code won in another login meanwhile
  }
  MW_TRY(database.run("DELETE FROM recovery WHERE person = ? AND hash = ?", candidate.id,
                      Blob{as_bytes(hash_.of("recovery", code))}));
  if (database.changes() == 1) return true;
  if (!secret) return secret.error();
  return false;
}

Result<Login> People::Impl::begin_session(const LoginRequest& request, const Candidate& candidate) {
  MW_ASSIGN(const std::string token, random_bytes(kTokenBytes));
  Login login;
  login.token = hex_of({reinterpret_cast<const uint8_t*>(token.data()), token.size()});
  login.who = newcomer(candidate.name);
  std::string renewed;
  if (is_outdated(candidate.password, cost_)) {
    MW_ASSIGN(renewed, hash_password(request.password, cost_));
  }
  bool code_counts = true;
  const AuditEvent event{audit_name(login.who), request.address,     "session.login",
                         audit_name(login.who), AuditOutcome::kDone, ""};
  const Result<void> begun = change(event, [&](PeopleDatabase& database) -> Result<void> {
    if (!candidate.totp.empty()) {
      MW_ASSIGN(code_counts, take_code(database, candidate, request.code));
      if (!code_counts) return wrong();
    }
    // The password that was checked is still the person's, who may still log in, and no second
    // factor came meanwhile.
    MW_TRY(database.run(
        "UPDATE person SET password = ?, login_ns = ? WHERE id = ? AND password = ? "
        "AND disabled = 0 AND (totp IS NOT NULL) = ?",
        std::string_view(renewed.empty() ? candidate.password : renewed), now_ns(), candidate.id,
        std::string_view(candidate.password), int64_t{!candidate.totp.empty()}));
    if (database.changes() != 1) return wrong();
    MW_TRY(database.run("DELETE FROM failure WHERE subject = ?",
                        std::string_view(name_subject(request.name))));
    if (!candidate.must_change) {
      MW_ASSIGN(login.who.grants, grants_of(database, candidate.id));
    }
    return database.run("INSERT INTO session VALUES(?, ?, ?, ?, ?)",
                        Blob{as_bytes(hash_.of(kSessionPurpose, login.token))}, candidate.id,
                        now_ns(), now_ns(), std::string_view(request.address));
  });
  if (!code_counts) return refuse_login(request, candidate.name, "wrong code");
  if (!begun && begun.error().param == "key_file") {
    // Said to who knows the password; no failure of theirs, but guesses at recovery codes are.
    const auto counted = refuse_login(request, candidate.name, "second factors cannot be checked");
    return counted.error().code == Code::kUnauthenticated ? begun.error() : counted.error();
  }
  if (!begun) return begun.error();
  return login;
}

Result<Login> People::Impl::login(const LoginRequest& request) {
  const AtEnd one_less([this] { --logins_; });
  if (++logins_ > kMostLogins) return crowded();
  hashing_.acquire();
  const AtEnd done([this] { hashing_.release(); });
  std::call_once(stranger_made_, [this] {  // of no password: where it fails, nothing fits it
    stranger_password_hash_ = hash_password(as_bytes(hash_.of("stranger", "")), cost_).value_or("");
  });
  MW_TRY(check_locks(login_counters(request)));  // here, so that guesses side by side count as well
  MW_ASSIGN(const std::optional<Candidate> found, candidate(request));
  // Who has no password (but a provider) costs the same time as nobody.
  const bool hashed = found && !found->password.empty();
  const bool fits =
      password_fits(request.password, hashed ? found->password : stranger_password_hash_) && hashed;
  if (!found || !fits)
    return refuse_login(request, found ? found->name : "", "wrong name or password");
  if (found->disabled) return refuse_login(request, found->name, "disabled");
  if (!found->totp.empty() && request.code.empty()) {
    Error missing = wrong();
    missing.message = {"a code of your app, or a recovery code, is needed too",
                       "还需要验证器应用的验证码或恢复码"};
    missing.param = "code";
    // A right password alone is worth knowing of; without the log there is no such answer either.
    const std::string who = "person:" + found->name;
    MW_TRY(options_.audit->record(
        {who, request.address, "session.login", who, AuditOutcome::kRefused, "code missing"}));
    return missing;
  }
  return begin_session(request, *found);
}

Result<std::string> People::Impl::confirm(const Confirmation& who) {
  const AtEnd one_less([this] { --logins_; });
  if (++logins_ > kMostLogins) return crowded();
  hashing_.acquire();
  const AtEnd done([this] { hashing_.release(); });
  const LoginRequest request{who.name, who.password, "", who.address};
  const std::vector<Counter> counters = confirm_counters(who.name);
  MW_TRY(check_locks(counters));
  MW_ASSIGN(const std::optional<Candidate> found, candidate(request));
  if (found && found->password.empty()) {
    return Error::make(
        Code::kPermissionDenied,
        "you sign in with an identity provider and have no password here, which this "
        "needs: another administrator can give you one (millwright user passwd)",
        "您通过身份提供方登录，在此没有密码，而此操作需要密码：可请其他管理员设置（"
        "millwright user passwd）",
        "own_password");
  }
  if (found && !found->disabled && password_fits(who.password, found->password)) {
    const std::lock_guard lock(mutex_);
    MW_ASSIGN(const Failures before, failures(database_, counters.front().subject));
    if (before.count > 0) {
      MW_TRY(database_.run("DELETE FROM failure WHERE subject = ?",
                           std::string_view(counters.front().subject)));
    }
    return found->password;
  }
  const auto refused =
      refuse(request, found ? found->name : "", "wrong password", "session.confirm", counters);
  if (refused.error().code != Code::kUnauthenticated) return refused.error();
  return Error::make(Code::kPermissionDenied, "your own password is wrong", "您本人的密码错误",
                     "own_password");
}

}  // namespace mw::security
