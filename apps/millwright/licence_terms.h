#pragma once

#include <string_view>

#include "core/language.h"

namespace mw::app {

/// What a licence that models come with allows, in a sentence or two. A summary for orientation:
/// the licence's text decides. Its own words where we know nothing about it.
Text licence_terms(std::string_view licence);

}  // namespace mw::app
