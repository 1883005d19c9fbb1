#pragma once

#include "maintenance/vibration_archive.h"
#include "plant/plant.h"

namespace mw::maintenance {

/// Puts into `info`, whose time is known, what it does not say of its point and the plant
/// description does: the bearing, and the shaft's speed by a tag's value at that time (ADR 0154).
/// A bearing is of no use without a speed: it is left out then, and what is returned says why;
/// else that is empty.
Text complete_from_plant(const plant::Plant& plant, const Identity& who, const plant::Asset& asset,
                         VibrationInfo& info);

}  // namespace mw::maintenance
