#pragma once

#include <string>
#include <string_view>

namespace mw::security {

/// `text` with each byte that is no part of well-formed UTF-8 as U+FFFD, cut at a character so that
/// it has at most `max_bytes`. Applied again it changes nothing.
std::string clean_utf8(std::string_view text, std::size_t max_bytes);

}  // namespace mw::security
