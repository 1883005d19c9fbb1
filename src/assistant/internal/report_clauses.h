#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assistant/report_reader.h"
#include "runtime/model_host.h"

namespace mw::assistant {

/// What the words of a clause tell; kOther where none decides.
ReportRole role_by_words(std::string_view clause);

/// The clauses of a report, each with what its words tell. A stretch after a comma that tells
/// nothing by itself belongs to the one before it ("replaced the belt, both pulleys and the
/// guard").
std::vector<ReportClause> report_clauses(std::string_view text);

/// What the model finds clearly likelier that the clause tells; nothing where it does not.
std::optional<ReportRole> likelier_role(const runtime::ServedModel& model,
                                        const std::string& clause, Language language);

}  // namespace mw::assistant
