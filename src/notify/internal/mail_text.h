#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace mw::notify {

/// Whether `address` may stand in a mail's header and in SMTP: one '@', printable ASCII without
/// spaces and <>,;: "plant@example.com".
bool is_mail_address(std::string_view address);

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string subject;  // UTF-8
  std::string text;     // UTF-8, lines with '\n'
  std::string id;       // of the Message-ID, before the '@': the same mail again has the same
  TimeNs date_ns = 0;
};

/// The mail as SMTP takes it (RFC 5322, 2045, 2047): subject and text in base64, so that no line
/// of either can become a header.
std::string mail_text(const Mail& mail);

}  // namespace mw::notify
