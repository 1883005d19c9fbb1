#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "formats/gguf.h"
#include "formats/internal/byte_reader.h"

namespace mw::formats {

/// Strings in metadata: tokens are short, chat templates reach some 20 KB.
inline constexpr uint64_t kMaxStringBytes = 16U << 20;
/// Arrays of arrays are allowed by the format; nothing in the wild nests at all.
inline constexpr int kMaxArrayDepth = 4;

/// "u32"; "unknown" for an id that is none of the thirteen.
std::string_view value_type_name(GgufValueType type);

/// Bytes of a scalar of that type, 0 for strings, arrays and unknown ids.
int scalar_bytes(GgufValueType type);

/// Reads one string (u64 length, bytes), borrowed. `what` names it in the error.
Result<std::string_view> read_string(ByteReader& reader, std::string_view what, uint64_t max_bytes);

/// Reads a value type id and the value behind it, and checks all of it: element types, string
/// lengths, booleans, array counts against the bytes that are left.
Result<GgufValue> read_value(ByteReader& reader, std::string_view what);

/// Element `index` of an array of scalars, or the scalar itself; nothing for floats, strings and
/// unsigned values over INT64_MAX.
std::optional<int64_t> integer_at(GgufValueType type, const GgufValue& value, uint64_t index);
/// The same as a number, from floats too.
std::optional<double> number_at(GgufValueType type, const GgufValue& value, uint64_t index);

/// "u32", "string[49152]".
std::string describe_type(const GgufValue& value);
/// The value for people: at most some 200 bytes, control characters escaped.
std::string show_value(const GgufValue& value);

}  // namespace mw::formats
