#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <thread>

#include "security/internal/access_table.h"
#include "security/internal/keyed_hash.h"
#include "security/internal/password_hash.h"
#include "security/internal/people_database.h"
#include "security/internal/sealed_secrets.h"
#include "security/internal/throttle.h"
#include "security/internal/vault.h"
#include "security/people.h"

namespace mw::security {

class People::Impl {
 public:
  Impl(PeopleOptions options, PeopleDatabase database, PeopleDatabase reader, KeyedHash hash,
       Vault vault);
  ~Impl();

  using Change = std::function<Result<void>(PeopleDatabase&)>;
  /// One transaction that commits only after the audit log has the event; what fails changes
  /// nothing.
  Result<void> change(const AuditEvent& event, const Change& body);
  /// The same with several events, which `body` may still add to. What was recorded and then not
  /// stored is recorded as failed.
  Result<void> change_all(const std::vector<AuditEvent>& events, const Change& body);
  /// The same for a person that must exist.
  Result<void> change_person(const Actor& actor, std::string_view name, AuditEvent event,
                             const std::function<Result<void>(PeopleDatabase&, int64_t id)>& body);
  /// The same; `body` may change the event.
  Result<void> change_person(
      const Actor& actor, std::string_view name, AuditEvent event,
      const std::function<Result<void>(PeopleDatabase&, int64_t id, AuditEvent&)>& body);
  /// For a group that must exist; an administrator has to be left.
  Result<void> change_group(const Actor& actor, std::string_view name, AuditEvent event,
                            const std::function<Result<void>(PeopleDatabase&, int64_t id)>& body);

  /// Under what failed logins with this name are counted: a keyed hash, since somebody may type a
  /// password there.
  std::string name_subject(std::string_view name) const;

  Result<Login> login(const LoginRequest& request);
  Result<Login> login_external(const ExternalLogin& login);
  /// The hash that is stored of the password, as it was when it fitted.
  Result<std::string> confirm(const Confirmation& who);
  Result<void> erase(const Actor& actor, std::string_view name);
  Result<KeyRotation> rotate_key(const Actor& actor, const std::string& key_file, OldKey old_key);
  Result<void> secrets_readable();
  Result<std::filesystem::path> key_file();
  Result<std::vector<PersonInfo>> people();
  Result<std::vector<GroupInfo>> groups();
  Result<std::vector<KeyInfo>> keys();

  /// Second factors that were offered and not confirmed yet, by person.
  struct Offer {
    std::string secret;
    std::vector<std::string> recovery_codes;
    TimeNs until_ns = 0;
  };
  std::map<std::string, Offer, std::less<>>& offers() { return offers_; }
  std::mutex& offers_mutex() { return offers_mutex_; }

  const PasswordCost& cost() const { return cost_; }
  const KeyedHash& hash() const { return hash_; }
  Vault& vault() { return vault_; }  // within a change only
  Secrets& secrets() { return secrets_; }
  TimeNs now_ns() const { return options_.clock->now_ns(); }
  const PeopleOptions& options() const { return options_; }
  AccessTable& table() { return table_; }
  /// Wakes the thread that writes what the table noticed.
  void wake() { upkeep_wanted_.notify_one(); }

 private:
  struct Candidate;
  struct Linked;
  Result<std::optional<Linked>> linked(PeopleDatabase& database, const ExternalLogin& login);
  Result<Linked> add_linked(PeopleDatabase& database, const ExternalLogin& login);
  Result<void> follow(PeopleDatabase& database, const ExternalLogin& login, const Linked& person,
                      std::vector<AuditEvent>& events);
  Result<Identity> admit(PeopleDatabase& database, const ExternalLogin& login,
                         const std::string& token, std::vector<AuditEvent>& events);
  /// Where failures are counted, and how many of them are free.
  struct Counter {
    std::string subject;  // empty: nowhere
    int free = 0;
  };
  std::vector<Counter> login_counters(const LoginRequest& request) const;
  std::vector<Counter> confirm_counters(std::string_view name) const;
  Result<void> check_locks(const std::vector<Counter>& counters);
  Result<std::optional<Candidate>> candidate(const LoginRequest& request);
  /// `known_name`: as stored; empty where there is no such person.
  Result<Login> refuse(const LoginRequest& request, const std::string& known_name, std::string why,
                       const char* action, const std::vector<Counter>& counters);
  Result<Login> refuse_login(const LoginRequest& request, const std::string& known_name,
                             std::string why);
  Result<Login> begin_session(const LoginRequest& request, const Candidate& candidate);
  Result<bool> take_code(PeopleDatabase& database, const Candidate& candidate,
                         const std::string& code);
  Result<Failures> failures(PeopleDatabase& database, const std::string& subject);

  void upkeep(std::stop_token stop);
  Result<void> write_news();
  Result<void> audit_news(AccessTable::News& news);
  Result<void> store_news(const AccessTable::News& news);

  const PeopleOptions options_;
  const PasswordCost cost_;
  const KeyedHash hash_;
  std::once_flag stranger_made_;
  std::string stranger_password_hash_;  // checked for names that do not exist
  std::mutex mutex_;
  PeopleDatabase database_;
  Vault vault_;
  SealedSecrets secrets_;
  AccessTable table_;
  std::counting_semaphore<2> hashing_{2};  // 64 MiB each
  std::atomic<int> logins_{0};
  std::mutex offers_mutex_;
  std::map<std::string, Offer, std::less<>> offers_;
  std::mutex upkeep_mutex_;
  std::condition_variable_any upkeep_wanted_;
  std::jthread upkeep_thread_;
};

AuditEvent event_of(const Actor& actor, std::string action, std::string object,
                    std::string detail = {});
std::string lower_ascii(std::string text);

}  // namespace mw::security
