#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::maintenance {

/// Lists out of a stored model, checked: kCorrupt names the key where the list is missing, longer
/// than `most`, holds something else, or a number that is not finite.
Result<std::vector<double>> json_numbers(const Json& object, const char* key, std::size_t most);
Result<std::vector<std::string>> json_strings(const Json& object, const char* key,
                                              std::size_t most);
/// Rows of `width` numbers each.
Result<std::vector<std::vector<double>>> json_matrix(const Json& object, const char* key,
                                                     std::size_t most_rows, std::size_t width);
/// An object under `key`.
Result<const Json*> json_member(const Json& object, const char* key);

Error damaged_model(const std::string& what);

}  // namespace mw::maintenance
