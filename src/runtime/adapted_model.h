#pragma once

#include <memory>
#include <string>

#include "runtime/model_host.h"

namespace mw::runtime {

/// A served model as "MODEL:NAME", whose requests run with an adapter: over the same scheduler, in
/// the same batches, with prompts shared among themselves only.
///
/// Errors   kUnsupported for a model that is not run here, or runs with an adapter already.
Result<std::shared_ptr<ServedModel>> serve_adapter(const ServedModel& base, const std::string& name,
                                                   std::shared_ptr<const models::Adapter> adapter);

}  // namespace mw::runtime
