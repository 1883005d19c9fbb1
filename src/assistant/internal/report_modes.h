#pragma once

#include <vector>

#include "assistant/internal/tokens.h"
#include "assistant/report_reader.h"
#include "plant/catalogue.h"

namespace mw::assistant {

/// The failure modes of `assets` whose names stand in the report, by word and by Chinese character,
/// the best first. Where none does, those whose signals are among `tags`, which the report names.
std::vector<ReportMode> report_modes(const std::vector<const plant::Asset*>& assets,
                                     const Tokens& tokens,
                                     const std::vector<std::pair<std::string, ReportQuote>>& tags);

}  // namespace mw::assistant
