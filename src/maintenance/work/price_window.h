#pragma once

#include "maintenance/work/work_order.h"

namespace mw::maintenance {

/// What one window of a draft costs, line by line: the standstill by the hour's cost at that time
/// (nothing in a planned stop, in which the line stands anyway), labour by the hour's rate, spread
/// evenly over the window, and parts.
void price_window(const WorkOrderDraft& draft, const plant::Catalogue& catalogue,
                  const TimeZone& zone, const plant::Asset& asset, WorkWindow& window);

/// Says which windows can be compared, and returns the cheapest that is not shut. What is missing
/// of every window counts for none of them; without the cost of a standstill nothing is compared.
std::optional<std::size_t> compare_windows(std::vector<WorkWindow>& windows);

/// To a hundredth, so that the lines shown add up to the sum shown.
double money(double amount);

}  // namespace mw::maintenance
