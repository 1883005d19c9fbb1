#pragma once

#include <string>
#include <vector>

#include "apps/millwright/kept_passwords.h"
#include "core/json.h"
#include "core/result.h"

namespace mw::app {

/// A setup whose typed passwords ("password") are kept elsewhere, by name ("password_file").
struct KeptSetup {
  Json json;
  std::vector<std::string> added;  // to be forgotten when the setup is not taken
};

/// Keeps the passwords of `setup`, sealed. One that is kept already (its name in "password_file")
/// goes on only with the address and user that it was typed for in `before`: else a change of the
/// address would hand it to somebody else.
/// Errors  kInvalidArgument with a JSON pointer, or why nothing can be kept; then nothing is.
Result<KeptSetup> keep_passwords(const Json& setup, const Json& before,
                                 const KeptPasswords& passwords);

/// Forgets the kept passwords that the setup does not name.
void sweep_passwords(const Json& setup, const KeptPasswords& passwords);

/// A connection for looking, whose password is typed or was kept for the same address and user.
Result<std::string> password_for_look(const Json& what, const Json& setup,
                                      const KeptPasswords& passwords);

}  // namespace mw::app
