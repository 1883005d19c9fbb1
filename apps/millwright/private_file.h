#pragma once

#include <string>

#include "core/result.h"

namespace mw::app {

/// A file with secrets, at most 1 MiB. Errors: kPermissionDenied when others than its owner may
/// read it; they carry `param`.
Result<std::string> read_private_file(const std::string& path, const std::string& param);

}  // namespace mw::app
