#pragma once

#include "core/clock.h"
#include "notify/channel.h"

namespace mw::notify {

struct EmailOptions {
  std::string server;           // "smtp://mail.plant:587", "smtps://mail.plant:465"
  bool require_tls = true;      // for smtp:// : STARTTLS or nothing
  std::string ca_file;          // PEM instead of the system's certificates
  std::string user, password;   // empty: none
  std::string from;             // "millwright@plant.example"
  std::vector<std::string> to;  // 1 to 50
};

/// Mail over SMTP. Errors: kInvalidArgument with the member that is wrong.
Result<std::unique_ptr<Channel>> make_email_channel(EmailOptions options, const Clock& clock);

}  // namespace mw::notify
