#pragma once

#include <memory>
#include <string_view>

#include "core/result.h"
#include "runtime/internal/template_syntax.h"

namespace mw::runtime {

/// Parses a template. Errors: kCorrupt for broken syntax, kUnsupported for what is Jinja but not in
/// our subset (statements, filters, tests, methods and functions are all known by name here, so
/// that a template fails when a model is loaded and not in the middle of a conversation); kTooLarge
/// over a limit.
Result<std::unique_ptr<TemplateSyntax>> parse_template(std::string_view source);

}  // namespace mw::runtime
