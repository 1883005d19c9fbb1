#pragma once

#include <optional>
#include <string_view>

namespace mw::certificates {

inline constexpr std::size_t kMostSmtpReplyBytes = 8 * 1024;

/// The status of an SMTP reply (RFC 5321 4.2) of one or more lines, once all of it has come:
/// "250-mail.plant\r\n250 STARTTLS\r\n" is 250. Nothing: more is to come; 0: that is none.
std::optional<int> smtp_status(std::string_view bytes);

}  // namespace mw::certificates
