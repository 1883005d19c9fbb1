#include "formats/safetensors.h"

#include <algorithm>
#include <cstring>

#include "core/checked.h"
#include "core/json.h"

namespace mw::formats {
namespace {

constexpr uint64_t kMaxHeaderBytes = uint64_t{8} << 20;
constexpr std::size_t kMaxDimensions = 8;
constexpr std::size_t kMaxNameBytes = 256;
constexpr const char* kMetadata = "__metadata__";

constexpr SafetensorsType kTypes[] = {
    {"F32", 4, GgmlType::kF32}, {"F16", 2, GgmlType::kF16},   {"BF16", 2, GgmlType::kBF16},
    {"F64", 8, GgmlType::kF64}, {"I64", 8, GgmlType::kI64},   {"I32", 4, GgmlType::kI32},
    {"I16", 2, GgmlType::kI16}, {"I8", 1, GgmlType::kI8},     {"U8", 1, std::nullopt},
    {"BOOL", 1, std::nullopt},  {"U16", 2, std::nullopt},     {"U32", 4, std::nullopt},
    {"U64", 8, std::nullopt},   {"F8_E4M3", 1, std::nullopt}, {"F8_E5M2", 1, std::nullopt},
};

Error corrupt(const std::string& field, const std::string& problem) {
  return Error::make(Code::kCorrupt, field + ": " + problem, {}, field);
}

Result<uint64_t> count_at(const Json& value, const std::string& field) {
  if (!value.is_number_unsigned()) return corrupt(field, "expected a number that is not negative");
  return value.get<uint64_t>();
}

/// A tensor and where its bytes are said to lie in the data section.
struct Described {
  SafetensorsTensor tensor;
  uint64_t begin = 0;
  uint64_t end = 0;
};

Result<SafetensorsType> type_of(const std::string& name, const std::string& field) {
  for (const SafetensorsType& type : kTypes) {
    if (type.name == name) return type;
  }
  return Error::make(Code::kUnsupported, field + ": element type '" + name + "' is not known",
                     field + "：未知的元素类型“" + name + "”", field);
}

Result<Described> describe(const std::string& name, const Json& entry) {
  const std::string field = "tensor '" + name.substr(0, 80) + "'";
  const bool plain =
      !name.empty() && name.size() <= kMaxNameBytes &&
      std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain) return corrupt("tensor name", "expected 1 to 256 printable ASCII characters");
  if (!entry.is_object()) return corrupt(field, "expected an object");
  Described out;
  out.tensor.name = name;
  auto dtype = json_string(entry, "dtype");
  if (!dtype) return corrupt(field + " dtype", "expected a string");
  MW_ASSIGN(out.tensor.type, type_of(*dtype, field));
  const auto shape = entry.find("shape");
  if (shape == entry.end() || !shape->is_array() || shape->size() > kMaxDimensions) {
    return corrupt(field + " shape", "expected a list of at most 8 numbers");
  }
  auto bytes = std::optional<uint64_t>(static_cast<uint64_t>(out.tensor.type.bytes));
  for (const Json& each : *shape) {
    MW_ASSIGN(const uint64_t dim, count_at(each, field + " shape"));
    bytes = checked_mul(*bytes, dim);
    if (!bytes || *bytes > uint64_t{INT64_MAX} || dim > uint64_t{INT64_MAX}) {
      return corrupt(field + " shape", "the number of bytes overflows");
    }
    out.tensor.shape.push_back(static_cast<int64_t>(dim));
  }
  const auto offsets = entry.find("data_offsets");
  if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2) {
    return corrupt(field + " data_offsets", "expected [begin, end]");
  }
  MW_ASSIGN(out.begin, count_at((*offsets)[0], field + " data_offsets"));
  MW_ASSIGN(out.end, count_at((*offsets)[1], field + " data_offsets"));
  if (out.end < out.begin || out.end - out.begin != *bytes) {
    return corrupt(field + " data_offsets", "expected a span of " + std::to_string(*bytes) +
                                                " bytes, as its shape and type take");
  }
  return out;
}

Result<std::map<std::string, std::string>> read_metadata(const Json& entry) {
  if (!entry.is_object()) return corrupt(kMetadata, "expected an object of strings");
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string()) return corrupt(kMetadata, "expected an object of strings");
    out[key] = value.get<std::string>();
  }
  return out;
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  MW_ASSIGN(MappedFile mapping, MappedFile::open(path));
  auto parsed = parse(mapping.bytes());
  if (!parsed) return parsed.error().within(path.string());
  SafetensorsFile file = std::move(parsed).value();
  file.mapping_ = std::move(mapping);
  return file;
}

Result<SafetensorsFile> SafetensorsFile::parse(std::span<const std::byte> bytes) {
  uint64_t header_bytes = 0;  // little-endian, as every machine we run on
  if (bytes.size() < sizeof header_bytes) {
    return corrupt("header length", "the file ends here; is it a safetensors file?");
  }
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  if (header_bytes > bytes.size() - sizeof header_bytes) {
    return corrupt("header length",
                   std::to_string(header_bytes) + " bytes do not fit the file of " +
                       std::to_string(bytes.size()) + "; is it a safetensors file?");
  }
  if (header_bytes > kMaxHeaderBytes) {
    return Error::make(Code::kTooLarge,
                       "header length: expected at most " + std::to_string(kMaxHeaderBytes) +
                           " bytes, got " + std::to_string(header_bytes),
                       "文件头过大", "header length");
  }
  const auto at = static_cast<std::size_t>(header_bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + sizeof header_bytes,
                              at);
  const std::span<const std::byte> data = bytes.subspan(sizeof header_bytes + at);
  auto header = parse_json(text, 4);
  if (!header) return corrupt("header", header.error().message.en);
  if (!header->is_object()) return corrupt("header", "expected a JSON object");

  SafetensorsFile file;
  file.file_bytes_ = bytes.size();
  std::vector<Described> all;
  for (const auto& [name, entry] : header->items()) {
    if (name == kMetadata) {
      MW_ASSIGN(file.metadata_, read_metadata(entry));
      continue;
    }
    MW_ASSIGN(Described described, describe(name, entry));
    all.push_back(std::move(described));
  }
  std::sort(all.begin(), all.end(), [](const Described& a, const Described& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  uint64_t expected = 0;
  for (Described& each : all) {
    if (each.begin != expected || each.end > data.size()) {
      return corrupt("tensor '" + each.tensor.name + "' data_offsets",
                     "expected its bytes to begin at " + std::to_string(expected) + " and end by " +
                         std::to_string(data.size()) + ", got " + std::to_string(each.begin) +
                         " to " + std::to_string(each.end));
    }
    expected = each.end;
    each.tensor.bytes = data.subspan(static_cast<std::size_t>(each.begin),
                                     static_cast<std::size_t>(each.end - each.begin));
    file.index_.emplace(each.tensor.name, file.tensors_.size());
    file.tensors_.push_back(std::move(each.tensor));
  }
  // A name that occurs twice leaves such a gap too: the later description replaced the first.
  if (expected != data.size()) {
    return corrupt("data section", std::to_string(data.size() - expected) +
                                       " bytes belong to no tensor; is the file complete?");
  }
  return file;
}

const SafetensorsTensor* SafetensorsFile::tensor(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

Result<StoredTensor> stored_tensor(const SafetensorsTensor& tensor) {
  if (!tensor.type.ggml) {
    return Error::make(Code::kUnsupported,
                       "tensor " + tensor.name + ": weights of type " +
                           std::string(tensor.type.name) +
                           " are not read; convert the model to BF16, F16 or F32",
                       "张量 " + tensor.name + "：不支持的权重类型 " +
                           std::string(tensor.type.name) + "，请转换为 BF16、F16 或 F32",
                       tensor.name);
  }
  return StoredTensor{tensor.name, *tensor.type.ggml, tensor.shape, tensor.bytes};
}

}  // namespace mw::formats
