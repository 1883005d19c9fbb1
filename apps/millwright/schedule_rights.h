#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/identity.h"
#include "security/people.h"

namespace mw::app {

/// Whether somebody who set something up may still do it as an engineer of a line, by what people,
/// groups and keys are now. Whoever set it at this machine's command line may: the disk is theirs.
/// `key_names`: those of the configuration, which may all.
std::function<bool(const Identity& who, const std::string& line)> engineers_of_today(
    std::shared_ptr<security::People> people, std::vector<std::string> key_names);

}  // namespace mw::app
