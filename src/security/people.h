#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "security/audit_event.h"
#include "security/rights.h"
#include "security/secrets.h"

namespace mw::security {

/// Who changes something, for the audit log.
struct Actor {
  std::string who;      // as AuditEvent::who
  std::string address;  // as AuditEvent::address
};

struct NewPerson {
  std::string name;
  std::string password;
  Grant grant;
  bool must_change = false;  // the password only serves to choose another
};

struct PersonInfo {
  std::string name;
  Grant grant;
  bool disabled = false;
  bool totp = false;  // a second factor is asked for
  TimeNs created_ns = 0;
  TimeNs locked_until_ns = 0;  // after failed logins; in the past: not
  bool must_change = false;    // logs in only to choose a password
  TimeNs login_ns = 0;         // the last one; 0: never
  int sessions = 0;            // that are open
  std::string issuer;          // of an identity provider that may log them in; empty: none
  std::string subject;         // who they are there
  bool managed = false;        // rights follow that provider at each login
  bool has_password = true;
  std::vector<std::string> groups;  // by name; what these give they have beside `grant`
};

struct GroupInfo {
  std::string name;
  Grant grant;
  std::vector<std::string> members;  // by name
  TimeNs created_ns = 0;
};

/// A second factor: shown once.
struct TotpSetup {
  std::string secret;                       // base32, to type into an app
  std::string uri;                          // the same for a QR code
  std::vector<std::string> recovery_codes;  // each counts once, in place of a code
};

struct NewKey {
  std::string name;
  Grant grant;
  std::vector<std::string> scopes;  // "models", "plant", "metrics", "*"
  TimeNs expires_ns = 0;            // 0: never
};

struct KeyInfo {
  std::string id;
  NewKey key;
  TimeNs created_ns = 0;
  TimeNs used_ns = 0;  // 0: never
  bool revoked = false;
};

struct LoginRequest {
  std::string name;
  std::string password;
  std::string code;  // of an app, or a recovery code; empty when none is asked for
  std::string address;
};

struct Login {
  std::string token;  // for the cookie; only a keyed hash of it is kept
  Identity who;
};

/// Whom an identity provider vouches for. `grant`: what its groups give; none: nothing.
struct ExternalLogin {
  std::string issuer;
  std::string subject;
  std::string name;  // for a person that is made now
  std::optional<Grant> grant;
  std::string address;
};

/// Somebody who is logged in shows with the password that it is still them.
struct Confirmation {
  std::string name;
  std::string password;
  std::string address;
};

struct KeyUse {
  Identity who;
  std::vector<std::string> scopes;
};

struct PeopleOptions {
  std::filesystem::path folder;  // holds people.db and people.key
  /// Absolute: where the key lies that seals second factors; empty: where it was, at first
  /// secret.key in the folder (ADR 0088).
  std::string key_file;
  std::shared_ptr<Audit> audit;
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  LogSink log = no_log();
  uint32_t password_memory_kib = 64 * 1024;  // ADR 0081
  uint32_t password_passes = 3;
  int64_t session_idle_ns = 60 * kNsPerMinute;  // without a request
  int64_t session_ns = 12 * kNsPerHour;         // in all
  /// When somebody logged in last, and from where keys came, is forgotten after so long; 0: never.
  int64_t keep_logins_ns = 0;
  /// Sessions that are over are taken away, and what requests did is written, by whoever serves:
  /// a command beside it does not know how long sessions last there.
  bool upkeep = true;
};

/// Where the new key lies, and where the old one did: not to be thrown away before the backups that
/// need it are.
struct KeyRotation {
  std::filesystem::path file;
  std::filesystem::path old_file;
};

/// Of a rotation: whether the key that is replaced still opens what is sealed.
enum class OldKey { kAtHand, kLost };

/// A password of 80 random bits that can be read out over a telephone: "abcd-efgh-ijkl-mnop".
Result<std::string> make_password();

/// People, service keys and sessions (people.db, ADR 0081, 0082). Each change is in the audit log
/// before it counts. Safe from any thread; other processes may change the same file.
class People {
 public:
  /// Makes the file where there is none. A lost key file is no error, but logged: who has no second
  /// factor does not need it. Errors: kConflict, kCorrupt, kUnsupported, kIo.
  static Result<std::unique_ptr<People>> open(PeopleOptions options);
  ~People();

  // People. Errors: kInvalidArgument, kNotFound, kConflict (the name is taken; nobody would be left
  // who may manage people), and those of the audit log.
  Result<void> add_person(const Actor& actor, const NewPerson& person);
  Result<std::vector<PersonInfo>> people() const;
  /// Ends the person's sessions and lock too. `must_change`: as in NewPerson.
  Result<void> set_password(const Actor& actor, std::string_view name, std::string_view password,
                            bool must_change = false);
  Result<void> set_grant(const Actor& actor, std::string_view name, const Grant& grant);
  Result<void> set_disabled(const Actor& actor, std::string_view name, bool disabled);
  Result<void> remove_person(const Actor& actor, std::string_view name);
  /// Removes the person and what tells who they were: failed logins, and the name behind the audit
  /// log's references. May be repeated. What they wrote elsewhere is the caller's to erase.
  Result<void> erase_person(const Actor& actor, std::string_view name);
  Result<TotpSetup> enable_totp(const Actor& actor, std::string_view name);
  Result<void> disable_totp(const Actor& actor, std::string_view name);
  /// Failed logins of the name are forgotten; the lock of an address stays.
  Result<void> unlock(const Actor& actor, std::string_view name);
  Result<void> end_sessions(const Actor& actor, std::string_view name);

  // Groups: everybody in one has its grant beside their own. Errors: as above, param "group".
  Result<void> add_group(const Actor& actor, const std::string& name, const Grant& grant);
  Result<void> set_group_grant(const Actor& actor, std::string_view name, const Grant& grant);
  Result<void> remove_group(const Actor& actor, std::string_view name);
  Result<void> set_member(const Actor& actor, std::string_view group, std::string_view name,
                          bool member);
  Result<std::vector<GroupInfo>> groups() const;

  /// Seals what is sealed under new keys, the outer one in `key_file` (absolute; empty: where it
  /// is). At any moment of it the files fit each other. Where the old key is lost, secrets() are
  /// gone, and second factors have to be taken away. Errors: as secrets_readable; kConflict where
  /// it is not lost.
  Result<KeyRotation> rotate_key(const Actor& actor, const std::string& key_file,
                                 OldKey old_key = OldKey::kAtHand);
  /// Errors: kUnavailable with param "key_file" and what to do.
  Result<void> secrets_readable();
  /// Secrets that are kept by name, sealed under the same key; lives as long as this.
  Secrets& secrets();
  /// Where the key lies that seals second factors.
  Result<std::filesystem::path> key_file();

  // What a person does for themselves, logged in.
  /// A wrong password counts and locks as at a login, but by itself: neither locks the other.
  /// Errors: kPermissionDenied with param "own_password",
  /// kResourceExhausted.
  Result<void> confirm(const Confirmation& who);
  /// Ends the person's other sessions than that of `token`. Errors: those of confirm.
  Result<void> change_password(const Actor& actor, const Confirmation& who, std::string_view token,
                               std::string_view password);
  /// A second factor that counts once confirm_totp() gets a code of it, within ten minutes.
  Result<TotpSetup> offer_totp(std::string_view name);
  /// Errors: kConflict (nothing was offered, or too long ago), kInvalidArgument with param "code".
  Result<void> confirm_totp(const Actor& actor, std::string_view name, std::string_view code);

  // Service keys.
  /// Returns "mw_<id>.<secret>", which nobody can read again.
  Result<std::string> add_key(const Actor& actor, const NewKey& key);
  Result<std::vector<KeyInfo>> keys() const;
  Result<void> revoke_key(const Actor& actor, std::string_view id);

  // Access.
  /// Takes 0.1 s on purpose. Errors: kUnauthenticated (with param "code" when only that is
  /// missing), kResourceExhausted while the name or address is locked.
  Result<Login> login(const LoginRequest& request);
  /// By an identity provider, whose word was checked. Who is known by issuer and subject is that
  /// person; who is not is made with `grant`. A person who was there before is nobody else's: an
  /// administrator links them. Errors: kPermissionDenied (param "disabled", "grant" or "name"),
  /// kResourceExhausted while the name or address is locked.
  Result<Login> login_external(const ExternalLogin& login);
  /// From now on the provider logs this person in, with the rights that they have here.
  Result<void> link(const Actor& actor, std::string_view name, const std::string& issuer,
                    const std::string& subject);
  /// Ends the person's sessions too.
  Result<void> unlink(const Actor& actor, std::string_view name);
  Result<void> logout(const Actor& actor, std::string_view token);
  /// Everybody's: after a restore, tokens of back then would hold again.
  Result<void> end_all_sessions(const Actor& actor);
  /// The three below read memory and one page of the file's index: fit for the io thread.
  /// Errors: kUnauthenticated.
  Result<Identity> session(std::string_view token);
  Result<KeyUse> key(std::string_view presented, const std::string& address);
  /// Whether `who`, let in earlier with this token or a key, would be let in as the same now: for
  /// streams that stay open. Does not count as activity.
  bool still_holds(const Identity& who, std::string_view token);
  /// Another number than before when anything of this file may have changed, here or in another
  /// process: whoever tells a stream looks at it first and asks still_holds() anew where it is.
  uint64_t generation();
  /// Whether there ever was a person or a service key: taking the last one away opens nothing.
  bool anyone();

 private:
  class Impl;
  explicit People(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mw::security
