#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace mw::plant {

/// Since when samples of a tag may be missing, for those whose past is still to be fetched. It lies
/// on disk because the store cannot tell: once a newer sample is stored, what is missing before it
/// looks like any other pause.
using OpcuaHoles = std::map<std::string, TimeNs, std::less<>>;

/// A line that names the format, then one a tag: nanoseconds since 1970 and the tag.
std::string write_opcua_holes(const OpcuaHoles& holes);
/// Errors: kCorrupt for whatever write_opcua_holes does not write.
Result<OpcuaHoles> parse_opcua_holes(std::string_view text);

}  // namespace mw::plant
