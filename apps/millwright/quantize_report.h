#pragma once

#include <string>

#include "core/json.h"
#include "core/language.h"

namespace mw::app {

/// The report of `millwright quantize` for people, from its JSON (docs/guide/quantising.md): a page
/// of Markdown with what was made, how far it is from the source, and each matrix's type and share.
std::string quantize_markdown(const Json& report, Language language);

/// The few lines that the terminal shows.
std::string quantize_summary(const Json& report, Language language);

}  // namespace mw::app
