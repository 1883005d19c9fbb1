#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/log.h"
#include "security/aead.h"
#include "security/internal/people_database.h"

namespace mw::security {

/// Secrets of people.db that have to be read again (of second factors, and those kept by name),
/// sealed under a data key, which lies in the database sealed under the key of a file (ADR 0088).
/// Where that file is missing or another, everything else goes on, and whoever needs a secret is
/// told.
///
/// Used under the lock of its database's connection. What another process changed is seen.
class Vault {
 public:
  explicit Vault(std::filesystem::path folder, LogSink log)
      : folder_(std::move(folder)), log_(std::move(log)) {}
  Vault(Vault&& other) noexcept;
  ~Vault();

  /// Once for each start, under people.lock: makes the keys of a file that has none and seals what
  /// it kept in clear; notes where the key file lies now. `key_file`: as configured; empty: where
  /// it was. Errors: of the database, of a key file that could not be made, and kConflict where
  /// another file than the configured one holds the key. A key that is lost is no error here.
  Result<void> settle(PeopleDatabase& database, const std::string& key_file);
  /// `bound` says what the secret is and whose: it opens for nothing else.
  /// Errors: kUnavailable with param "key_file" and what to do.
  Result<std::string> seal(PeopleDatabase& database, std::string_view bound, std::string_view text);
  Result<std::string> open(PeopleDatabase& database, std::string_view bound,
                           std::string_view sealed);
  /// A row of table `secret`. Errors: why not, and nothing of second factors: as Secrets::read.
  Result<std::string> open_kept(PeopleDatabase& database, std::string_view name,
                                std::string_view sealed);
  /// Whether secrets can be read now. Errors: as open.
  Result<void> check(PeopleDatabase& database);

  /// What a rotation has to know: another data key and another key over it.
  struct Rotation {
    Rotation() = default;
    Rotation(const Rotation&) = default;  // each copy forgets its keys
    Rotation& operator=(const Rotation&) = default;
    ~Rotation();

    std::filesystem::path file;  // where the new key lies
    AeadKey key{};
    AeadKey data_key{};
    bool same_file = false;  // and the old one too, until finish_rotation
    bool lost = false;       // there is no old one
  };
  /// Puts the new key on disk before anything needs it. `key_file` empty: where the old one is.
  Result<Rotation> begin_rotation(PeopleDatabase& database, const std::string& key_file);
  /// The same where the old key is gone for good; what only it opens is given up. A key that lies
  /// in the file is taken, not replaced. Errors: kConflict where the old key opens what is sealed.
  Result<Rotation> begin_without_old(PeopleDatabase& database, const std::string& key_file);
  /// In the transaction: seals every secret anew. Without the old key those that are kept by name
  /// go; second factors stay as they are until they are taken away (recovery codes still count).
  Result<void> rotate(PeopleDatabase& database, const Rotation& rotation);
  /// After it: the old key is forgotten.
  Result<void> finish_rotation(PeopleDatabase& database, const Rotation& rotation);

  /// Where the key lies.
  Result<std::filesystem::path> file(PeopleDatabase& database) const;

 private:
  Result<void> seal_for_the_first_time(PeopleDatabase& database, const std::string& key_file);
  Result<void> find_key(PeopleDatabase& database, const std::string& key_file);
  Result<void> reseal(PeopleDatabase& database, const Rotation& rotation);
  /// The data key, read anew where the database holds another than is known. Errors: why not.
  Result<void> refresh(PeopleDatabase& database);
  Result<void> unwrap(const std::filesystem::path& path, const std::string& wrapped);

  std::filesystem::path folder_;
  LogSink log_;
  std::string wrapped_;  // what `data_key_` was read from; empty: not known
  AeadKey data_key_{};
  AeadKey key_{};  // that opened it
};

/// What the secret of a second factor is bound to, and one that is kept by name.
std::string totp_bound(int64_t person);
std::string secret_bound(std::string_view name);

}  // namespace mw::security
