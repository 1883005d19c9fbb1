#pragma once

#include <string_view>

namespace mw::plant {

/// The description of the demo plant: src/plant/demo/line.json, embedded at build.
std::string_view demo_description();

}  // namespace mw::plant
