#include "formats/gguf_writer.h"

#include <algorithm>
#include <set>
#include <type_traits>

#include "core/check.h"
#include "core/checked.h"
#include "core/file.h"
#include "formats/gguf.h"

namespace mw::formats {
namespace {

constexpr uint32_t kVersion = 3;

template <class T>
requires std::is_arithmetic_v<T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_string(std::string& out, std::string_view text) {
  append(out, uint64_t{text.size()});
  out += text;
}

void pad(std::string& out, std::size_t alignment) {
  while (out.size() % alignment != 0) out += '\0';
}

constexpr uint32_t id(GgufValueType type) { return static_cast<uint32_t>(type); }

uint64_t padding(uint64_t bytes, uint64_t alignment) {
  return (alignment - bytes % alignment) % alignment;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes of a tensor of that type and shape; nothing where there is no such tensor.
std::optional<uint64_t> bytes_of(GgmlType type, std::span<const int64_t> shape) {
  const auto layout = block_layout(type);
  if (!layout || shape.empty() || shape.back() % layout->elements != 0) return std::nullopt;
  std::optional<uint64_t> elements = 1;
  for (const int64_t dim : shape) {
    if (dim <= 0 || !elements) return std::nullopt;
    elements = checked_mul(*elements, static_cast<uint64_t>(dim));
  }
  if (!elements) return std::nullopt;
  return checked_mul(*elements / static_cast<uint64_t>(layout->elements),
                     static_cast<uint64_t>(layout->bytes));
}

}  // namespace

GgufWriter::GgufWriter(uint32_t alignment) : alignment_(alignment) {
  MW_CHECK(alignment > 0);
  if (alignment != 32) add_u32("general.alignment", alignment);
}

void GgufWriter::begin_key(std::string_view key, uint32_t type) {
  ++key_count_;
  append_string(keys_, key);
  append(keys_, type);
}

void GgufWriter::begin_array(std::string_view key, uint32_t element_type, std::size_t count) {
  begin_key(key, id(GgufValueType::kArray));
  append(keys_, element_type);
  append(keys_, uint64_t{count});
}

void GgufWriter::add_text(std::string_view key, std::string_view value) {
  begin_key(key, id(GgufValueType::kString));
  append_string(keys_, value);
}

void GgufWriter::add_u32(std::string_view key, uint32_t value) {
  begin_key(key, id(GgufValueType::kU32));
  append(keys_, value);
}

void GgufWriter::add_u64(std::string_view key, uint64_t value) {
  begin_key(key, id(GgufValueType::kU64));
  append(keys_, value);
}

void GgufWriter::add_f32(std::string_view key, float value) {
  begin_key(key, id(GgufValueType::kF32));
  append(keys_, value);
}

void GgufWriter::add_bool(std::string_view key, bool value) {
  begin_key(key, id(GgufValueType::kBool));
  append(keys_, static_cast<uint8_t>(value ? 1 : 0));
}

void GgufWriter::add_texts(std::string_view key, std::span<const std::string> values) {
  begin_array(key, id(GgufValueType::kString), values.size());
  for (const std::string& value : values) append_string(keys_, value);
}

void GgufWriter::add_i32s(std::string_view key, std::span<const int32_t> values) {
  begin_array(key, id(GgufValueType::kI32), values.size());
  for (const int32_t value : values) append(keys_, value);
}

void GgufWriter::add_f32s(std::string_view key, std::span<const float> values) {
  begin_array(key, id(GgufValueType::kF32), values.size());
  for (const float value : values) append(keys_, value);
}

void GgufWriter::add_value(std::string_view key, const GgufValue& value) {
  if (value.type == GgufValueType::kString) return add_text(key, as_text(value.bytes));
  if (value.type == GgufValueType::kArray) {
    begin_array(key, id(value.element_type), static_cast<std::size_t>(value.count));
  } else {
    begin_key(key, id(value.type));
  }
  keys_ += as_text(value.bytes);
}

void GgufWriter::add_tensor(std::string_view name, GgmlType type, std::span<const int64_t> shape,
                            std::span<const std::byte> bytes) {
  add_borrowed_tensor(name, type, shape, bytes);
  Tensor& added = tensors_.back();
  added.own.assign(bytes.begin(), bytes.end());
  added.bytes = added.own;
}

void GgufWriter::add_tensor(std::string_view name, std::span<const int64_t> shape,
                            std::span<const float> values) {
  add_tensor(name, GgmlType::kF32, shape, std::as_bytes(values));
}

void GgufWriter::add_borrowed_tensor(std::string_view name, GgmlType type,
                                     std::span<const int64_t> shape,
                                     std::span<const std::byte> bytes) {
  tensors_.push_back(
      {std::string(name), type, std::vector<int64_t>(shape.begin(), shape.end()), {}, bytes});
}

std::string GgufWriter::head() const {
  std::string head = "GGUF";
  append(head, kVersion);
  append(head, uint64_t{tensors_.size()});
  append(head, key_count_);
  head += keys_;
  uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    append_string(head, tensor.name);
    append(head, static_cast<uint32_t>(tensor.shape.size()));
    for (auto dim = tensor.shape.rbegin(); dim != tensor.shape.rend(); ++dim) {
      append(head, static_cast<uint64_t>(*dim));
    }
    append(head, static_cast<uint32_t>(tensor.type));
    append(head, offset);
    offset += tensor.bytes.size() + padding(tensor.bytes.size(), alignment_);
  }
  pad(head, alignment_);
  return head;
}

uint64_t GgufWriter::file_bytes() const {
  uint64_t bytes = head().size();
  for (const Tensor& tensor : tensors_) {
    bytes += tensor.bytes.size() + padding(tensor.bytes.size(), alignment_);
  }
  return bytes;
}

Result<std::string> GgufWriter::build() const {
  std::string file = head();
  for (const Tensor& tensor : tensors_) {
    file += as_text(tensor.bytes);
    pad(file, alignment_);
  }
  MW_ASSIGN(const GgufFile read_back, GgufFile::parse(std::as_bytes(std::span(file))));
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const std::size_t expected = read_back.tensors()[i].bytes.size();
    if (tensors_[i].bytes.size() == expected) continue;
    return Error::make(Code::kCorrupt, "tensor '" + tensors_[i].name + "': its shape takes " +
                                           std::to_string(expected) + " bytes, got " +
                                           std::to_string(tensors_[i].bytes.size()));
  }
  return file;
}

Result<void> GgufWriter::check_tensors() const {
  constexpr std::size_t kMostNameBytes = 64;
  constexpr std::size_t kMostDimensions = 4;
  std::set<std::string_view> names;
  for (const Tensor& tensor : tensors_) {
    const std::string field = "tensor '" + tensor.name + "'";
    if (tensor.name.empty() || tensor.name.size() > kMostNameBytes ||
        tensor.shape.size() > kMostDimensions || !names.insert(tensor.name).second) {
      return Error::make(Code::kCorrupt,
                         field + ": expected a name of 1 to 64 bytes, once, and 1 to 4 dimensions",
                         {}, tensor.name);
    }
    const auto expected = bytes_of(tensor.type, tensor.shape);
    if (!expected || *expected != tensor.bytes.size()) {
      return Error::make(Code::kCorrupt,
                         field + ": its shape takes " +
                             (expected ? std::to_string(*expected) : "no whole number of") +
                             " bytes of " + std::string(type_name(tensor.type)) + ", got " +
                             std::to_string(tensor.bytes.size()),
                         {}, tensor.name);
    }
  }
  return {};
}

Result<void> GgufWriter::write(const std::filesystem::path& path) const {
  MW_TRY(check_tensors());
  const std::string beginning = head();
  const std::string zeros(alignment_, '\0');
  std::vector<std::string_view> parts = {beginning};
  for (const Tensor& tensor : tensors_) {
    parts.push_back(as_text(tensor.bytes));
    const uint64_t rest = padding(tensor.bytes.size(), alignment_);
    parts.push_back(std::string_view(zeros).substr(0, static_cast<std::size_t>(rest)));
  }
  return write_file_atomically(path, parts);
}

}  // namespace mw::formats
