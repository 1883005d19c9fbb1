#pragma once

// Numeric arrays of MATLAB's level 5 files (versions 5 to 7.2), as test benches write them.
// Goals: every real numeric array by name, compressed or not, in either byte order, and those that
// are fields of a structure; nothing allocated that the file's own length does not justify.
// Left out on purpose: cells, structures in arrays or in one another, text, sparse and complex
// arrays (told in `left_out`), and version 7.3, which is HDF5.
// docs/formats/mat_file.md

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/language.h"
#include "core/result.h"

namespace mw::maintenance {

/// One real array, its values column by column as the file has them.
struct MatArray {
  std::string name;
  std::vector<uint64_t> dimensions;  // two or more
  std::vector<double> values;
};

/// What was passed over, and what it is.
struct MatLeftOut {
  std::string name;
  Text kind;  // "text", "a cell array"
};

/// One structure (1 x 1): its fields that are real numeric arrays, in their order.
struct MatStruct {
  std::string name;
  std::vector<MatArray> fields;
  std::vector<MatLeftOut> left_out;  // fields that are none
};

struct MatFile {
  std::vector<MatArray> arrays;
  std::vector<MatStruct> structs;
  std::vector<MatLeftOut> left_out;  // what is neither

  /// The array of this name, or nullptr.
  const MatArray* find(std::string_view name) const;
  /// The only array whose name ends so ("DE_time"), or nullptr when there is none or several.
  const MatArray* find_ending(std::string_view ending) const;
};

struct MatLimits {
  uint64_t most_bytes = uint64_t{1} << 30;  // of all arrays as doubles, and of one inflated element
  std::size_t most_variables = 10'000;
};

/// Errors   corrupt: not what the format promises, with the byte; unsupported: version 7.3 or 4;
///          too_large: over `limits`.
Result<MatFile> parse_mat(std::span<const std::byte> bytes, const MatLimits& limits = {});
/// The same of a file. Errors also: io.
Result<MatFile> read_mat_file(const std::filesystem::path& path, const MatLimits& limits = {});

}  // namespace mw::maintenance
