#pragma once

#include <string>

#include "assistant/internal/lexicon.h"
#include "assistant/report_reader.h"
#include "assistant/time_expression.h"

namespace mw::assistant {

/// What the words of a report tell, without a model. Errors   as ReportReader::read.
/// Threads  pure.
Result<MaintenanceReport> read_report_words(const std::string& text, const Lexicon& lexicon,
                                            const Calendar& calendar, TimeNs now_ns);

}  // namespace mw::assistant
