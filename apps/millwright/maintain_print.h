#pragma once

#include <vector>

#include "core/language.h"
#include "maintenance/data_report.h"
#include "maintenance/failure_modes.h"
#include "maintenance/remaining_life.h"
#include "maintenance/score.h"

namespace mw::app {

// What `millwright maintain` says to a person, on stdout.
void print_report(const maintenance::DataReport& report, Language language);
void print_scores(const std::vector<maintenance::Score>& scores, Language language);
void print_modes(const maintenance::FailureModel& model, Language language);
void print_life(const maintenance::LifeAnswer& answer, bool with_reasons, Language language);

Json to_json(const maintenance::LifeAnswer& answer);
Json to_json(const maintenance::FailureAnswer& answer);
Json to_json(const std::vector<maintenance::Score>& scores);

}  // namespace mw::app
