#pragma once

#include <string>
#include <string_view>

namespace mw::app {

/// Foreign text inside HTML or a quoted attribute. Marks of direction, which could show a text in
/// another order than it has, and control characters but line feed and tab appear by their number.
std::string html_text(std::string_view text);

}  // namespace mw::app
