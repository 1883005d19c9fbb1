#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/internal/store_tables.h"

namespace mw::plant {

/// The store's tag table beside a description.
struct TagNumbers {
  std::vector<uint32_t> ids;          // by TagIndex, of Catalogue::stored_tags()
  std::vector<std::string> unlisted;  // with a history that no tag of the description has
};

/// Numbers each tag of the description: new ones are added, those with a former identifier keep
/// their history, and the unit that a history is in is written down. Inside a write.
/// `name`  of the store, for messages.
/// Errors  kConflict: simulated and real samples, or values in two units, would be mixed.
Result<TagNumbers> number_tags(StoreTables& tables, const std::string& name,
                               const Catalogue& catalogue);

}  // namespace mw::plant
