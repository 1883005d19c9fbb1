#include "formats/gguf_writer.h"

#include <algorithm>
#include <type_traits>

#include "core/check.h"
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

void GgufWriter::add_tensor(std::string_view name, GgmlType type, std::span<const int64_t> shape,
                            std::span<const std::byte> bytes) {
  tensors_.push_back({std::string(name), type, std::vector<int64_t>(shape.begin(), shape.end()),
                      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
}

void GgufWriter::add_tensor(std::string_view name, std::span<const int64_t> shape,
                            std::span<const float> values) {
  add_tensor(name, GgmlType::kF32, shape, std::as_bytes(values));
}

Result<std::string> GgufWriter::build() const {
  std::string file = "GGUF";
  append(file, kVersion);
  append(file, uint64_t{tensors_.size()});
  append(file, key_count_);
  file += keys_;
  uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    append_string(file, tensor.name);
    append(file, static_cast<uint32_t>(tensor.shape.size()));
    for (auto dim = tensor.shape.rbegin(); dim != tensor.shape.rend(); ++dim) {
      append(file, static_cast<uint64_t>(*dim));
    }
    append(file, static_cast<uint32_t>(tensor.type));
    append(file, offset);
    offset += tensor.bytes.size();
    offset += (alignment_ - offset % alignment_) % alignment_;
  }
  for (const Tensor& tensor : tensors_) {
    pad(file, alignment_);
    file += tensor.bytes;
  }
  pad(file, alignment_);
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

}  // namespace mw::formats
