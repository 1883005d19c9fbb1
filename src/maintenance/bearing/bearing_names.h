#pragma once

#include "plant/bearing_frequencies.h"

namespace mw::maintenance {

// A plant description names bearings, too (plant/measuring_point.h): their geometry is its own.
using plant::bearing_orders;
using plant::BearingGeometry;
using plant::BearingOrders;

}  // namespace mw::maintenance
