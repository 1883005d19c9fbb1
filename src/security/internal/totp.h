#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace mw::security {

inline constexpr int kTotpDigits = 6;

/// RFC 6238 with what every app knows: HMAC-SHA-1, 30 s, six digits (or another number, for the
/// RFC's test vectors).
std::string totp_code(std::string_view secret, int64_t step, int digits = kTotpDigits);
int64_t totp_step(TimeNs now_ns);

/// The step whose code this is, of the current one and its two neighbours (a clock may be off by
/// 30 s), if it is later than `last_step`: a code counts once.
std::optional<int64_t> match_totp(std::string_view secret, std::string_view code, TimeNs now_ns,
                                  int64_t last_step);

/// "otpauth://totp/Millwright:NAME?secret=...": what an app reads from a QR code.
std::string totp_uri(std::string_view name, std::string_view secret);

}  // namespace mw::security
