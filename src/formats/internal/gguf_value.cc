#include "formats/internal/gguf_value.h"

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>

static_assert(std::endian::native == std::endian::little, "values are read in place");

namespace mw::formats {
namespace {

struct ValueTypeRow {
  std::string_view name;
  int bytes;
};
constexpr std::array<ValueTypeRow, 13> kValueTypes = {{{"u8", 1},
                                                       {"i8", 1},
                                                       {"u16", 2},
                                                       {"i16", 2},
                                                       {"u32", 4},
                                                       {"i32", 4},
                                                       {"f32", 4},
                                                       {"bool", 1},
                                                       {"string", 0},
                                                       {"array", 0},
                                                       {"u64", 8},
                                                       {"i64", 8},
                                                       {"f64", 8}}};

Error corrupt(std::string_view what, const std::string& problem) {
  return Error::make(Code::kCorrupt, std::string(what) + ": " + problem, {}, std::string(what));
}

Error cut_off(std::string_view what, const ByteReader& reader) {
  return corrupt(what, "the file ends after byte " + std::to_string(reader.position()));
}

Result<GgufValueType> read_type(ByteReader& reader, std::string_view what) {
  uint32_t id = 0;
  if (!reader.read(id)) return cut_off(what, reader);
  if (id >= kValueTypes.size()) {
    return corrupt(what, "value type " + std::to_string(id) + " is not one of 0..12");
  }
  return static_cast<GgufValueType>(id);
}

Result<void> check_booleans(std::span<const std::byte> bytes, std::string_view what) {
  for (const std::byte each : bytes) {
    if (std::to_integer<int>(each) > 1) {
      return corrupt(
          what, "a bool is " + std::to_string(std::to_integer<int>(each)) + ", expected 0 or 1");
    }
  }
  return {};
}

Result<void> read_body(ByteReader& reader, GgufValue& value, std::string_view what, int depth);

/// The smallest number of bytes that one element of the type takes in a file.
uint64_t least_element_bytes(GgufValueType type) {
  if (type == GgufValueType::kString) return 8;
  if (type == GgufValueType::kArray) return 12;
  return static_cast<uint64_t>(scalar_bytes(type));
}

Result<void> read_array(ByteReader& reader, GgufValue& value, std::string_view what, int depth) {
  if (depth >= kMaxArrayDepth) {
    return corrupt(what, "arrays nest deeper than " + std::to_string(kMaxArrayDepth));
  }
  MW_ASSIGN(value.element_type, read_type(reader, what));
  if (!reader.read(value.count)) return cut_off(what, reader);
  // Divided, not multiplied: no count can overflow here.
  const uint64_t element_bytes = least_element_bytes(value.element_type);
  if (value.count > reader.remaining() / element_bytes) {
    return corrupt(what, "array of " + std::to_string(value.count) + " elements, but only " +
                             std::to_string(reader.remaining()) + " bytes are left in the file");
  }
  ByteReader start = reader;
  if (scalar_bytes(value.element_type) != 0) {
    if (!reader.take(value.count * element_bytes, value.bytes)) return cut_off(what, reader);
    if (value.element_type == GgufValueType::kBool) return check_booleans(value.bytes, what);
    return {};
  }
  for (uint64_t i = 0; i < value.count; ++i) {
    GgufValue element;
    element.type = value.element_type;
    MW_TRY(read_body(reader, element, what, depth + 1));
  }
  if (!start.take(reader.position() - start.position(), value.bytes)) return cut_off(what, reader);
  return {};
}

Result<void> read_body(ByteReader& reader, GgufValue& value, std::string_view what, int depth) {
  if (value.type == GgufValueType::kArray) return read_array(reader, value, what, depth);
  if (value.type == GgufValueType::kString) {
    MW_ASSIGN(const std::string_view text, read_string(reader, what, kMaxStringBytes));
    value.bytes = std::as_bytes(std::span(text));
    return {};
  }
  if (!reader.take(static_cast<uint64_t>(scalar_bytes(value.type)), value.bytes)) {
    return cut_off(what, reader);
  }
  if (value.type == GgufValueType::kBool) return check_booleans(value.bytes, what);
  return {};
}

template <class T>
T load(const GgufValue& value, uint64_t index) {
  T loaded{};
  std::memcpy(&loaded, value.bytes.data() + index * sizeof(T), sizeof(T));
  return loaded;
}

}  // namespace

std::string_view value_type_name(GgufValueType type) {
  const auto id = static_cast<std::size_t>(type);
  return id < kValueTypes.size() ? kValueTypes[id].name : "unknown";
}

int scalar_bytes(GgufValueType type) {
  const auto id = static_cast<std::size_t>(type);
  return id < kValueTypes.size() ? kValueTypes[id].bytes : 0;
}

Result<std::string_view> read_string(ByteReader& reader, std::string_view what,
                                     uint64_t max_bytes) {
  uint64_t length = 0;
  if (!reader.read(length)) return cut_off(what, reader);
  if (length > max_bytes) {
    return corrupt(what, "string of " + std::to_string(length) + " bytes, at most " +
                             std::to_string(max_bytes) + " are allowed");
  }
  std::span<const std::byte> bytes;
  if (!reader.take(length, bytes)) {
    return corrupt(what, "string of " + std::to_string(length) + " bytes, but only " +
                             std::to_string(reader.remaining()) + " are left in the file");
  }
  return as_text(bytes);
}

Result<GgufValue> read_value(ByteReader& reader, std::string_view what) {
  GgufValue value;
  MW_ASSIGN(value.type, read_type(reader, what));
  MW_TRY(read_body(reader, value, what, 0));
  return value;
}

std::optional<int64_t> integer_at(GgufValueType type, const GgufValue& value, uint64_t index) {
  switch (type) {
    case GgufValueType::kU8:
      return load<uint8_t>(value, index);
    case GgufValueType::kI8:
      return load<int8_t>(value, index);
    case GgufValueType::kU16:
      return load<uint16_t>(value, index);
    case GgufValueType::kI16:
      return load<int16_t>(value, index);
    case GgufValueType::kU32:
      return load<uint32_t>(value, index);
    case GgufValueType::kI32:
      return load<int32_t>(value, index);
    case GgufValueType::kI64:
      return load<int64_t>(value, index);
    case GgufValueType::kU64: {
      const auto wide = load<uint64_t>(value, index);
      if (wide > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
      return static_cast<int64_t>(wide);
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> number_at(GgufValueType type, const GgufValue& value, uint64_t index) {
  if (type == GgufValueType::kF32) return static_cast<double>(load<float>(value, index));
  if (type == GgufValueType::kF64) return load<double>(value, index);
  const auto integer = integer_at(type, value, index);
  if (!integer) return std::nullopt;
  return static_cast<double>(*integer);
}

std::string describe_type(const GgufValue& value) {
  if (value.type != GgufValueType::kArray) return std::string(value_type_name(value.type));
  return std::string(value_type_name(value.element_type)) + "[" + std::to_string(value.count) + "]";
}

std::string show_value(const GgufValue& value) {
  constexpr std::size_t kShownBytes = 160;
  constexpr uint64_t kShownElements = 8;
  if (value.type == GgufValueType::kString) {
    std::string shown;
    for (const char c : as_text(value.bytes).substr(0, kShownBytes)) {
      if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
        shown += c;
      } else if (c == '\n') {
        shown += "\\n";
      } else {
        shown += '?';
      }
    }
    return value.bytes.size() > kShownBytes ? shown + "..." : shown;
  }
  const bool is_array = value.type == GgufValueType::kArray;
  const GgufValueType type = is_array ? value.element_type : value.type;
  if (type == GgufValueType::kString || type == GgufValueType::kArray) return {};
  std::string shown;
  for (uint64_t i = 0; i < value.count && i < kShownElements; ++i) {
    if (i > 0) shown += ", ";
    if (type == GgufValueType::kBool) {
      shown += load<uint8_t>(value, i) != 0 ? "true" : "false";
    } else if (const auto integer = integer_at(type, value, i)) {
      shown += std::to_string(*integer);
    } else if (const auto number = number_at(type, value, i)) {
      char text[32];
      std::snprintf(text, sizeof text, "%.9g", *number);
      shown += text;
    }
  }
  return value.count > kShownElements ? shown + ", ..." : shown;
}

}  // namespace mw::formats
