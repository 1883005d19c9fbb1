#pragma once

// GGUF, the file format of quantised models: a header, typed key/value metadata, tensor
// descriptions, tensor bytes. Versions 2 and 3, little-endian.
// Goals: a hostile file can neither crash us nor make us allocate more than a small multiple of its
// size; tensors are used in place, straight from the mapping.
// Not here: what the keys mean (models/), shards, big-endian files.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/file.h"
#include "core/result.h"
#include "formats/ggml_type.h"
#include "formats/stored_tensor.h"

namespace mw::formats {

/// The shape is the reverse of the file's order.
using GgufTensor = StoredTensor;

/// Ids of metadata value types, as stored.
enum class GgufValueType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

/// A metadata value where it lies in the file; checked once when the file was opened.
struct GgufValue {
  GgufValueType type = GgufValueType::kU8;
  GgufValueType element_type = GgufValueType::kU8;  // of an array
  uint64_t count = 1;                               // elements of an array, else 1
  std::span<const std::byte> bytes;  // the scalar, the string without its length, or all elements
};

/// A metadata key as `millwright inspect` lists it.
struct GgufEntry {
  std::string key;
  std::string type;   // "u32", "string", "string[49152]"
  std::string shown;  // the value, shortened, control characters escaped
};

/// An opened and completely checked GGUF file.
///
/// Errors   open/parse: kIo, kUnsupported (version, element type), kCorrupt with the field named.
///          Look-ups: kNotFound for a missing key, kCorrupt for a value of another type or out of
///          the asked range; the message names the key.
/// Memory   one string a tensor and key; arrays are decoded when asked for. Bytes of tensors stay
///          valid while this object (or what it was moved into) lives.
/// Threads  const members from any thread.
class GgufFile {
 public:
  static Result<GgufFile> open(const std::filesystem::path& path);
  /// The same over bytes that the caller keeps alive.
  static Result<GgufFile> parse(std::span<const std::byte> bytes);

  const std::vector<GgufTensor>& tensors() const { return tensors_; }
  /// nullptr when there is none of that name.
  const GgufTensor* tensor(std::string_view name) const;

  uint32_t version() const { return version_; }
  uint64_t file_bytes() const { return file_bytes_; }

  bool has(std::string_view key) const { return value(key) != nullptr; }
  /// The value as it lies in the file; nullptr when the key is missing.
  const GgufValue* value(std::string_view key) const;
  Result<std::string> text(std::string_view key) const;
  /// Any integer type whose value is not negative.
  Result<uint64_t> integer(std::string_view key) const;
  /// f32, f64 or any integer type.
  Result<double> number(std::string_view key) const;
  /// `fallback` when the key is missing.
  Result<bool> flag(std::string_view key, bool fallback) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  /// An array of any integer type whose values fit 32 signed bits.
  Result<std::vector<int32_t>> integers(std::string_view key) const;
  Result<std::vector<float>> numbers(std::string_view key) const;

  /// All keys in the file's order.
  std::vector<GgufEntry> entries() const;

 private:
  friend class GgufParser;
  GgufFile() = default;
  Result<const GgufValue*> value_of_type(std::string_view key, GgufValueType type) const;

  std::optional<MappedFile> mapping_;
  uint32_t version_ = 0;
  uint64_t file_bytes_ = 0;
  std::vector<std::pair<std::string, GgufValue>> values_;
  std::vector<GgufTensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> value_index_;
  std::map<std::string, std::size_t, std::less<>> tensor_index_;
};

}  // namespace mw::formats
