#pragma once

#include "core/result.h"
#include "sqlite/database.h"

namespace mw::plant {

/// What plant.db holds; stands in PRAGMA user_version.
inline constexpr int kSchemaVersion = 3;

/// Makes the tables of an empty file, brings an older one up to this version; checks that it is
/// ours and not from a newer one.
///   tag(id, name, simulated)             every tag that ever had a sample; ids are small and dense
///   text(id, text)                       texts of states and text tags
///   block(tag, start_ns, end_ns, count, body)  sealed samples; blocks of a tag never overlap
///   damaged_block(...)                   blocks that did not decode, set aside
///   journal(seq, count, body)            committed samples that are not in a block yet
///   rollup(tag, width_ns, start_ns, body)  aggregates of minutes and hours
///   due(tag, hour_ns)                    hours whose aggregate is to be made
///   thinned(tag, ...)                    from where on a tag is kept how (struct Thinned)
///   record(kind, place, start_ns, name, end_ns, body)  batches and events (struct PlantRecord)
Result<void> prepare_schema(sqlite::Database& database);

}  // namespace mw::plant
