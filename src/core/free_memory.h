#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mw {

/// Bytes that this process may still take without anything being swapped or killed: what the
/// machine has available, and no more than its control group and those above it have left. Pages of
/// files that can be read again count as free. Nothing where the system does not say. `root` is "/"
/// but for tests.
std::optional<uint64_t> free_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace mw
