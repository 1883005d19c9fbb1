#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"

namespace mw::notify {

/// One exchange over libcurl. Certificates and host names are verified; redirects are not followed.
struct Transfer {
  std::string url;
  std::string body;
  std::string user;  // empty: none is given
  std::string password;
  std::string ca_file;                  // PEM instead of the system's certificates; empty: those
  std::string from;                     // SMTP
  std::vector<std::string> recipients;  // SMTP: each must be taken, or none is
  bool require_tls = true;              // SMTP: STARTTLS or nothing
  std::vector<std::string> headers;     // HTTP: "name: value"
  int timeout_s = 60;                   // of all of it
};

/// Sends `transfer.body`. An HTTP status over 299 is an error. Errors: as Channel::send, with
/// `what` in front.
Result<void> perform(const Transfer& transfer, const std::string& what, std::stop_token stop);

}  // namespace mw::notify
