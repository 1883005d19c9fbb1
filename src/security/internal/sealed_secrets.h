#pragma once

#include <mutex>

#include "security/internal/people_database.h"
#include "security/internal/vault.h"
#include "security/secrets.h"

namespace mw::security {

/// The rows of table `secret`. What it is given belongs to whoever has it, and outlives it.
class SealedSecrets final : public Secrets {
 public:
  SealedSecrets(std::mutex& mutex, PeopleDatabase& database, Vault& vault)
      : mutex_(mutex), database_(database), vault_(vault) {}

  Result<void> keep(std::string_view name, std::string_view text) override;
  Result<std::string> read(std::string_view name) override;
  Result<void> forget(std::string_view name) override;
  Result<std::vector<std::string>> names() override;

 private:
  std::mutex& mutex_;  // of the database's connection
  PeopleDatabase& database_;
  Vault& vault_;
};

}  // namespace mw::security
