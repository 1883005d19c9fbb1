#pragma once

#include <filesystem>
#include <vector>

#include "security/aead.h"

namespace mw::security {

/// A file (mode 600) of keys that seal data keys: 64 hexadecimal digits a line. One key, or two
/// while the second is being replaced by the first.
///
/// Errors  kNotFound, kPermissionDenied when others may read it, kCorrupt; param "key_file".
Result<std::vector<AeadKey>> read_key_file(const std::filesystem::path& path);
/// Replaces it, or makes it; mode 600.
Result<void> write_key_file(const std::filesystem::path& path, const std::vector<AeadKey>& keys);

Result<AeadKey> random_key();

}  // namespace mw::security
