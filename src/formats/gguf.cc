#include "formats/gguf.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>

#include "core/checked.h"
#include "formats/internal/byte_reader.h"
#include "formats/internal/gguf_value.h"

namespace mw::formats {
namespace {

constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kMaxAlignment = 4096;
constexpr uint64_t kMaxKeys = 65536;
constexpr uint64_t kMaxTensors = 65536;
constexpr uint64_t kMaxKeyBytes = 65535;
constexpr uint64_t kMaxTensorNameBytes = 64;
constexpr uint32_t kMaxDimensions = 4;
// What an entry takes at least: a key of one byte with a one-byte value, a tensor of one dimension.
constexpr uint64_t kLeastKeyBytes = 8 + 1 + 4 + 1;
constexpr uint64_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

Error corrupt(const std::string& field, const std::string& problem) {
  return Error::make(Code::kCorrupt, field + ": " + problem, {}, field);
}

/// Names become parts of messages and look-ups: printable ASCII, not empty.
bool is_plain_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string shortened(std::string_view name) {
  return std::string(name.substr(0, 80)) + (name.size() > 80 ? "..." : "");
}

/// A tensor's description before its bytes are known to exist.
struct TensorInfo {
  GgufTensor tensor;
  uint64_t offset = 0;  // in the data section
  uint64_t bytes = 0;
};

std::optional<uint64_t> round_up(uint64_t value, uint64_t alignment) {
  const auto sum = checked_add(value, alignment - 1);
  if (!sum) return std::nullopt;
  return *sum & ~(alignment - 1);
}

}  // namespace

/// Reads a file front to back; each step relies on the checks of those before it.
class GgufParser {
 public:
  explicit GgufParser(std::span<const std::byte> bytes) : bytes_(bytes), reader_(bytes) {}

  Result<GgufFile> parse() {
    file_.file_bytes_ = bytes_.size();
    MW_TRY(read_header());
    MW_TRY(read_values());
    MW_TRY(read_alignment());
    MW_TRY(read_infos());
    MW_TRY(bind_data());
    return std::move(file_);
  }

 private:
  Result<void> read_header();
  Result<void> read_values();
  Result<void> read_alignment();
  Result<void> read_infos();
  Result<TensorInfo> read_info(uint64_t index);
  Result<void> measure(TensorInfo& info, const std::string& field, std::span<const uint64_t> dims);
  Result<void> bind_data();

  std::span<const std::byte> bytes_;
  ByteReader reader_;
  GgufFile file_;
  uint64_t tensor_count_ = 0;
  uint64_t key_count_ = 0;
  uint64_t alignment_ = kDefaultAlignment;
  std::vector<TensorInfo> infos_;
};

Result<void> GgufParser::read_header() {
  uint32_t magic = 0;
  if (!reader_.read(magic) || magic != kMagic) {
    return corrupt("magic", "the file does not begin with \"GGUF\"; is it a GGUF model?");
  }
  if (!reader_.read(file_.version_)) return corrupt("version", "the file ends here");
  if ((file_.version_ & 0xffff) == 0) {
    return Error::make(Code::kUnsupported,
                       "version: big-endian GGUF files are not read; convert the model again",
                       "version：不支持大端 GGUF 文件，请重新转换模型", "version");
  }
  if (file_.version_ != 2 && file_.version_ != 3) {
    return Error::make(
        Code::kUnsupported,
        "version: expected GGUF version 2 or 3, got " + std::to_string(file_.version_),
        "version：应为 GGUF 版本 2 或 3，实际为 " + std::to_string(file_.version_), "version");
  }
  if (!reader_.read(tensor_count_)) return corrupt("tensor_count", "the file ends here");
  if (!reader_.read(key_count_)) return corrupt("kv_count", "the file ends here");
  const uint64_t room = reader_.remaining();
  if (key_count_ > std::min(kMaxKeys, room / kLeastKeyBytes)) {
    return corrupt("kv_count", std::to_string(key_count_) + " keys do not fit the " +
                                   std::to_string(room) + " bytes that follow (limit " +
                                   std::to_string(kMaxKeys) + ")");
  }
  if (tensor_count_ > std::min(kMaxTensors, room / kLeastTensorBytes)) {
    return corrupt("tensor_count", std::to_string(tensor_count_) + " tensors do not fit the " +
                                       std::to_string(room) + " bytes that follow (limit " +
                                       std::to_string(kMaxTensors) + ")");
  }
  return {};
}

Result<void> GgufParser::read_values() {
  for (uint64_t i = 0; i < key_count_; ++i) {
    const std::string position = "key[" + std::to_string(i) + "]";
    MW_ASSIGN(const std::string_view key, read_string(reader_, position, kMaxKeyBytes));
    if (!is_plain_name(key)) return corrupt(position, "expected a name of printable ASCII");
    const std::string field = "key '" + shortened(key) + "'";
    MW_ASSIGN(const GgufValue value, read_value(reader_, field));
    if (!file_.value_index_.emplace(key, file_.values_.size()).second) {
      return corrupt(field, "the key occurs twice");
    }
    file_.values_.emplace_back(key, value);
  }
  return {};
}

Result<void> GgufParser::read_alignment() {
  constexpr const char* kKey = "general.alignment";
  if (!file_.has(kKey)) return {};
  MW_ASSIGN(alignment_, file_.integer(kKey));
  if (!std::has_single_bit(alignment_) || alignment_ < 8 || alignment_ > kMaxAlignment) {
    return corrupt(kKey, "expected a power of two from 8 to " + std::to_string(kMaxAlignment) +
                             ", got " + std::to_string(alignment_));
  }
  return {};
}

Result<void> GgufParser::read_infos() {
  // Again, now that the keys have been read: fewer bytes are left than at the header.
  if (tensor_count_ > reader_.remaining() / kLeastTensorBytes) {
    return corrupt("tensor_count", std::to_string(tensor_count_) + " tensors do not fit the " +
                                       std::to_string(reader_.remaining()) +
                                       " bytes after the keys");
  }
  infos_.reserve(static_cast<std::size_t>(tensor_count_));
  for (uint64_t i = 0; i < tensor_count_; ++i) {
    MW_ASSIGN(TensorInfo info, read_info(i));
    if (!file_.tensor_index_.emplace(info.tensor.name, infos_.size()).second) {
      return corrupt("tensor '" + info.tensor.name + "'", "the name occurs twice");
    }
    infos_.push_back(std::move(info));
  }
  return {};
}

Result<TensorInfo> GgufParser::read_info(uint64_t index) {
  const std::string position = "tensor[" + std::to_string(index) + "]";
  TensorInfo info;
  MW_ASSIGN(const std::string_view name,
            read_string(reader_, position + ".name", kMaxTensorNameBytes));
  if (!is_plain_name(name)) {
    return corrupt(position + ".name", "expected a name of printable ASCII");
  }
  info.tensor.name = name;
  const std::string field = "tensor '" + info.tensor.name + "'";
  uint32_t dimensions = 0;
  if (!reader_.read(dimensions)) return corrupt(field + " n_dims", "the file ends here");
  if (dimensions == 0 || dimensions > kMaxDimensions) {
    return corrupt(field + " n_dims", "expected 1 to 4, got " + std::to_string(dimensions));
  }
  uint64_t dims[kMaxDimensions] = {};
  for (uint32_t d = 0; d < dimensions; ++d) {
    if (!reader_.read(dims[d])) return corrupt(field + " dims", "the file ends here");
  }
  uint32_t type = 0;
  if (!reader_.read(type)) return corrupt(field + " type", "the file ends here");
  info.tensor.type = static_cast<GgmlType>(type);
  if (!reader_.read(info.offset)) return corrupt(field + " offset", "the file ends here");
  MW_TRY(measure(info, field, std::span(dims, dimensions)));
  return info;
}

/// Checks the shape and computes the tensor's size in bytes.
Result<void> GgufParser::measure(TensorInfo& info, const std::string& field,
                                 std::span<const uint64_t> dims) {
  const auto layout = block_layout(info.tensor.type);
  if (!layout) {
    Error error = layout.error().within(field);
    error.param = field + " type";
    return error;
  }
  uint64_t elements = 1;
  for (const uint64_t dim : dims) {
    if (dim == 0) return corrupt(field + " dims", "a dimension is 0");
    const auto product = checked_mul(elements, dim);
    // Every later size is a signed 64-bit number of bytes; blocks hold at most 8 bytes an element.
    if (!product || *product > static_cast<uint64_t>(INT64_MAX) / 8) {
      return corrupt(field + " dims", "the number of elements overflows");
    }
    elements = *product;
  }
  const auto block_elements = static_cast<uint64_t>(layout->elements);
  if (dims[0] % block_elements != 0) {
    return corrupt(field + " dims", "rows of " + std::to_string(dims[0]) +
                                        " elements are not a multiple of the " +
                                        std::to_string(block_elements) + " of a " +
                                        std::string(type_name(info.tensor.type)) + " block");
  }
  const auto bytes = checked_mul(elements / block_elements, static_cast<uint64_t>(layout->bytes));
  if (!bytes || *bytes > bytes_.size()) {
    return corrupt(field + " dims", "its data alone would be larger than the file of " +
                                        std::to_string(bytes_.size()) + " bytes");
  }
  info.bytes = *bytes;
  for (auto dim = dims.rbegin(); dim != dims.rend(); ++dim) {
    info.tensor.shape.push_back(static_cast<int64_t>(*dim));
  }
  return {};
}

Result<void> GgufParser::bind_data() {
  if (infos_.empty()) return {};  // a vocabulary-only file has no data section
  const auto start = round_up(reader_.position(), alignment_);
  if (!start || *start > bytes_.size()) {
    return corrupt("data section", "the file ends before it begins");
  }
  const std::span<const std::byte> data = bytes_.subspan(static_cast<std::size_t>(*start));
  for (TensorInfo& info : infos_) {
    const std::string field = "tensor '" + info.tensor.name + "' offset";
    if (info.offset % alignment_ != 0) {
      return corrupt(field, std::to_string(info.offset) + " is not a multiple of the alignment " +
                                std::to_string(alignment_));
    }
    const auto end = checked_add(info.offset, info.bytes);
    if (!end || *end > data.size()) {
      return corrupt(field, std::to_string(info.offset) + " plus " + std::to_string(info.bytes) +
                                " bytes is outside the data section of " +
                                std::to_string(data.size()) + " bytes");
    }
    info.tensor.bytes =
        data.subspan(static_cast<std::size_t>(info.offset), static_cast<std::size_t>(info.bytes));
  }
  std::vector<const TensorInfo*> by_offset;
  by_offset.reserve(infos_.size());
  for (const TensorInfo& info : infos_) by_offset.push_back(&info);
  std::sort(by_offset.begin(), by_offset.end(),
            [](const TensorInfo* a, const TensorInfo* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < by_offset.size(); ++i) {
    const TensorInfo& before = *by_offset[i - 1];
    if (by_offset[i]->offset < before.offset + before.bytes) {
      return corrupt("tensor '" + by_offset[i]->tensor.name + "' offset",
                     "its bytes overlap those of '" + before.tensor.name + "'");
    }
  }
  const TensorInfo& last = *by_offset.back();
  const auto padded_end = round_up(last.offset + last.bytes, alignment_);
  if (!padded_end || data.size() > *padded_end) {
    return corrupt("data section", std::to_string(data.size() - (last.offset + last.bytes)) +
                                       " bytes follow the last tensor, more than padding");
  }
  file_.tensors_.reserve(infos_.size());
  for (TensorInfo& info : infos_) file_.tensors_.push_back(std::move(info.tensor));
  return {};
}

Result<GgufFile> GgufFile::open(const std::filesystem::path& path) {
  MW_ASSIGN(MappedFile mapping, MappedFile::open(path));
  auto parsed = parse(mapping.bytes());
  if (!parsed) return parsed.error().within(path.string());
  GgufFile file = std::move(parsed).value();
  file.mapping_ = std::move(mapping);
  return file;
}

Result<GgufFile> GgufFile::parse(std::span<const std::byte> bytes) {
  return GgufParser(bytes).parse();
}

const GgufTensor* GgufFile::tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

}  // namespace mw::formats
