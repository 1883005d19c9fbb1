// Typed look-ups of GgufFile. Values are decoded here, again through bounded reads: a file that
// changes under its mapping yields errors, not reads past the end.

#include <cmath>
#include <limits>

#include "formats/gguf.h"
#include "formats/internal/byte_reader.h"
#include "formats/internal/gguf_value.h"

namespace mw::formats {
namespace {

Error missing(std::string_view key) {
  const std::string name(key);
  return Error::make(Code::kNotFound, "the file has no key '" + name + "'",
                     "文件中没有键 “" + name + "”", name);
}

Error wrong_type(std::string_view key, std::string_view expected, const GgufValue& actual) {
  const std::string name(key);
  return Error::make(
      Code::kCorrupt,
      "key '" + name + "': expected " + std::string(expected) + ", got " + describe_type(actual),
      "键 “" + name + "”：应为 " + std::string(expected) + "，实际为 " + describe_type(actual),
      name);
}

}  // namespace

const GgufValue* GgufFile::value(std::string_view key) const {
  const auto found = value_index_.find(key);
  return found == value_index_.end() ? nullptr : &values_[found->second].second;
}

Result<const GgufValue*> GgufFile::value_of_type(std::string_view key, GgufValueType type) const {
  const GgufValue* found = value(key);
  if (found == nullptr) return missing(key);
  if (found->type != type) return wrong_type(key, value_type_name(type), *found);
  return found;
}

Result<std::string> GgufFile::text(std::string_view key) const {
  MW_ASSIGN(const GgufValue* found, value_of_type(key, GgufValueType::kString));
  return std::string(as_text(found->bytes));
}

Result<uint64_t> GgufFile::integer(std::string_view key) const {
  const GgufValue* found = value(key);
  if (found == nullptr) return missing(key);
  if (found->type == GgufValueType::kArray) return wrong_type(key, "an integer", *found);
  const auto integer = integer_at(found->type, *found, 0);
  if (!integer || *integer < 0) return wrong_type(key, "an integer from 0 to 2^63 - 1", *found);
  return static_cast<uint64_t>(*integer);
}

Result<double> GgufFile::number(std::string_view key) const {
  const GgufValue* found = value(key);
  if (found == nullptr) return missing(key);
  if (found->type == GgufValueType::kArray) return wrong_type(key, "a number", *found);
  const auto number = number_at(found->type, *found, 0);
  if (!number || !std::isfinite(*number)) return wrong_type(key, "a finite number", *found);
  return *number;
}

Result<bool> GgufFile::flag(std::string_view key, bool fallback) const {
  const GgufValue* found = value(key);
  if (found == nullptr) return fallback;
  if (found->type != GgufValueType::kBool) return wrong_type(key, "bool", *found);
  return found->bytes[0] != std::byte{0};
}

Result<std::vector<std::string>> GgufFile::texts(std::string_view key) const {
  MW_ASSIGN(const GgufValue* found, value_of_type(key, GgufValueType::kArray));
  if (found->element_type != GgufValueType::kString) {
    return wrong_type(key, "an array of strings", *found);
  }
  std::vector<std::string> result;
  result.reserve(static_cast<std::size_t>(found->count));  // checked: 8 bytes of file an element
  ByteReader reader(found->bytes);
  for (uint64_t i = 0; i < found->count; ++i) {
    MW_ASSIGN(const std::string_view text, read_string(reader, key, kMaxStringBytes));
    result.emplace_back(text);
  }
  return result;
}

Result<std::vector<int32_t>> GgufFile::integers(std::string_view key) const {
  MW_ASSIGN(const GgufValue* found, value_of_type(key, GgufValueType::kArray));
  std::vector<int32_t> result;
  result.reserve(static_cast<std::size_t>(found->count));
  for (uint64_t i = 0; i < found->count; ++i) {
    const auto integer = integer_at(found->element_type, *found, i);
    if (!integer || *integer < INT32_MIN || *integer > INT32_MAX) {
      return wrong_type(key, "an array of 32-bit integers", *found);
    }
    result.push_back(static_cast<int32_t>(*integer));
  }
  return result;
}

Result<std::vector<float>> GgufFile::numbers(std::string_view key) const {
  MW_ASSIGN(const GgufValue* found, value_of_type(key, GgufValueType::kArray));
  std::vector<float> result;
  result.reserve(static_cast<std::size_t>(found->count));
  for (uint64_t i = 0; i < found->count; ++i) {
    const auto number = number_at(found->element_type, *found, i);
    if (!number) return wrong_type(key, "an array of numbers", *found);
    result.push_back(static_cast<float>(*number));
  }
  return result;
}

std::vector<GgufEntry> GgufFile::entries() const {
  std::vector<GgufEntry> result;
  result.reserve(values_.size());
  for (const auto& [key, value] : values_) {
    result.push_back({key, describe_type(value), show_value(value)});
  }
  return result;
}

}  // namespace mw::formats
