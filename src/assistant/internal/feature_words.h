#pragma once

#include <span>
#include <string_view>

#include "assistant/internal/features.h"

namespace mw::assistant {

struct FeatureWords {
  Feature feature;
  std::span<const std::string_view> phrases;  // folded spelling, as match_phrase takes it
};

/// The words of both languages, by feature.
std::span<const FeatureWords> feature_words();

}  // namespace mw::assistant
