#include "maintenance/mat/mat_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "core/checked.h"
#include "core/file.h"
#include "maintenance/mat/mat_cursor.h"
#include "maintenance/mat/mat_inflate.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kHeader = 128;
constexpr uint32_t kInt8 = 1;
constexpr uint32_t kInt32 = 5;
constexpr uint32_t kUint32 = 6;
constexpr uint32_t kMatrix = 14;
constexpr uint32_t kCompressed = 15;
// Classes of arrays: doubles to 64-bit integers are numbers; one structure has some as its fields;
// all else is left out.
constexpr uint32_t kStructure = 2;
constexpr uint32_t kFirstNumber = 6;
constexpr uint32_t kLastNumber = 15;
constexpr uint32_t kComplexFlag = 0x0800;
constexpr std::size_t kMostDimensions = 32;
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kMostFields = 10'000;

Error corrupt(std::size_t at, const std::string& en, const std::string& zh) {
  return Error::make(Code::kCorrupt,
                     "at byte " + std::to_string(at) + " of the .mat file: " + en +
                         ". Write it again with save -v7, or export CSV",
                     ".mat 文件第 " + std::to_string(at) + " 字节处：" + zh +
                         "。请用 save -v7 重新保存，或导出为 CSV");
}

/// Bytes a value of a storage type, or 0 for one that holds no numbers.
std::size_t width_of(uint32_t type) {
  constexpr std::array<uint8_t, 14> kWidths = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};
  return type < kWidths.size() ? kWidths[type] : 0;
}

template <class T>
double read_as(const std::byte* from, bool swapped) {
  std::array<std::byte, sizeof(T)> bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = from[swapped ? sizeof(T) - 1 - i : i];
  }
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return static_cast<double>(value);
}

double value_at(const std::byte* from, uint32_t type, bool swapped) {
  switch (type) {
    case 1:
      return read_as<int8_t>(from, swapped);
    case 2:
      return read_as<uint8_t>(from, swapped);
    case 3:
      return read_as<int16_t>(from, swapped);
    case 4:
      return read_as<uint16_t>(from, swapped);
    case 5:
      return read_as<int32_t>(from, swapped);
    case 6:
      return read_as<uint32_t>(from, swapped);
    case 7:
      return read_as<float>(from, swapped);
    case 9:
      return read_as<double>(from, swapped);
    case 12:
      return read_as<int64_t>(from, swapped);
    default:
      return read_as<uint64_t>(from, swapped);
  }
}

Text kind_text(uint32_t kind, bool is_complex) {
  if (is_complex) return {"complex", "复数"};
  switch (kind) {
    case 1:
      return {"a cell array", "元胞数组"};
    case kStructure:
      return {"an array of structures, or a structure within one", "结构数组或嵌套结构"};
    case 4:
      return {"text", "文本"};
    case 5:
      return {"sparse", "稀疏矩阵"};
    default:
      return {"an object such as a table: save it with table2struct(t, 'ToScalar', true)",
              "对象（例如 table）：请用 table2struct(t, 'ToScalar', true) 转换后保存"};
  }
}

/// What an array begins with.
struct Head {
  uint32_t kind = 0;
  bool is_complex = false;
  MatElement dimensions;
  std::string name;
};

class Reader {
 public:
  Reader(const MatLimits& limits, bool swapped) : limits_(limits), swapped_(swapped) {}

  Result<void> variable(std::span<const std::byte> data, std::size_t at) {
    MatCursor cursor(data, swapped_);
    MW_ASSIGN(Head head, head_of(cursor, at));
    ++variables_;
    if (is_number(head)) {
      MW_ASSIGN(MatArray array, numbers(cursor, std::move(head), at));
      file_.arrays.push_back(std::move(array));
      return {};
    }
    if (head.kind == kStructure) {
      MW_ASSIGN(const MatArray shape, shape_of(head, at));
      if (std::ranges::all_of(shape.dimensions, [](uint64_t each) { return each == 1; })) {
        return structure(cursor, std::move(head.name), at);
      }
    }
    file_.left_out.push_back({std::move(head.name), kind_text(head.kind, head.is_complex)});
    return {};
  }

  MatFile take() { return std::move(file_); }
  std::size_t variables() const { return variables_; }

 private:
  static bool is_number(const Head& head) {
    return head.kind >= kFirstNumber && head.kind <= kLastNumber && !head.is_complex;
  }

  Result<Head> head_of(MatCursor& cursor, std::size_t at) const {
    const auto flags = cursor.next();
    if (!flags || flags->type != kUint32 || flags->data.size() != 8) {
      return corrupt(at, "an array does not begin with its flags", "数组缺少标志");
    }
    uint32_t word = 0;
    std::memcpy(&word, flags->data.data(), 4);
    if (swapped_) word = __builtin_bswap32(word);
    const auto dimensions = cursor.next();
    if (!dimensions || dimensions->type != kInt32 || dimensions->data.size() % 4 != 0 ||
        dimensions->data.size() < 8 || dimensions->data.size() > 4 * kMostDimensions) {
      return corrupt(at, "an array has 2 to 32 dimensions", "数组应有 2 到 32 个维度");
    }
    const auto name = cursor.next();
    if (!name || name->type != kInt8 || name->data.size() > kLongestName) {
      return corrupt(at, "an array has a name of at most 255 bytes", "数组名最长 255 字节");
    }
    Head head{word & 0xff, (word & kComplexFlag) != 0, *dimensions, {}};
    MW_ASSIGN(head.name, plain_name(name->data, at));
    return head;
  }

  static Result<std::string> plain_name(std::span<const std::byte> bytes, std::size_t at) {
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const char c : text) {
      if (c < 0x20 || c > 0x7e) return corrupt(at, "a name is no plain text", "数组名不是纯文本");
    }
    return text;
  }

  /// Its name and sizes, without values.
  Result<MatArray> shape_of(const Head& head, std::size_t at) const {
    MatArray array;
    uint64_t count = 1;
    for (std::size_t i = 0; i < head.dimensions.data.size(); i += 4) {
      const double size = value_at(head.dimensions.data.data() + i, kInt32, swapped_);
      const auto more = size < 0 ? std::nullopt : checked_mul(count, static_cast<uint64_t>(size));
      if (!more) return corrupt(at, "an array's size is negative or too large", "数组大小无效");
      count = *more;
      array.dimensions.push_back(static_cast<uint64_t>(size));
    }
    return array;
  }

  Result<MatArray> numbers(MatCursor& cursor, Head head, std::size_t at) {
    MW_ASSIGN(MatArray array, shape_of(head, at));
    array.name = std::move(head.name);
    uint64_t count = 1;
    for (const uint64_t each : array.dimensions) count *= each;
    const auto data = cursor.next();
    const std::size_t width = data ? width_of(data->type) : 0;
    // What the bytes hold says how many values there are, before room is made for them.
    if (width == 0 || data->data.size() % width != 0 || data->data.size() / width != count) {
      return corrupt(at, "an array's data is not as long as its dimensions say",
                     "数组数据长度与维度不符");
    }
    const auto total = checked_add(total_bytes_, count * sizeof(double));
    if (!total || *total > limits_.most_bytes) {
      return Error::make(
          Code::kTooLarge,
          "the arrays of the .mat file take more than " + std::to_string(limits_.most_bytes) +
              " bytes: split the file",
          ".mat 文件的数组超过 " + std::to_string(limits_.most_bytes) + " 字节：请拆分该文件");
    }
    total_bytes_ = *total;
    array.values.reserve(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      array.values.push_back(value_at(data->data.data() + i * width, data->type, swapped_));
    }
    return array;
  }

  /// The names of its fields, each in a place of one length, then their arrays.
  Result<void> structure(MatCursor& cursor, std::string name, std::size_t at) {
    const auto length = cursor.next();
    const auto names = cursor.next();
    const double each = length && length->type == kInt32 && length->data.size() == 4
                            ? value_at(length->data.data(), kInt32, swapped_)
                            : 0;
    const auto place = each > 0 && each <= kLongestName ? static_cast<std::size_t>(each) : 0;
    if (place == 0 || !names || names->type != kInt8 || names->data.size() % place != 0 ||
        names->data.size() / place > kMostFields) {
      return corrupt(at, "a structure does not say what its fields are", "结构缺少字段名");
    }
    MatStruct out{std::move(name), {}, {}};
    for (std::size_t i = 0; i < names->data.size(); i += place) {
      auto bytes = names->data.subspan(i, place);
      const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
      MW_ASSIGN(std::string field,
                plain_name(bytes.first(static_cast<std::size_t>(end - bytes.begin())), at));
      const auto array = cursor.next();
      if (!array || array->type != kMatrix) {
        return corrupt(at, "a structure has fewer arrays than fields", "结构的数组少于字段");
      }
      MW_TRY(add_field(out, std::move(field), array->data, at));
    }
    file_.structs.push_back(std::move(out));
    return {};
  }

  Result<void> add_field(MatStruct& out, std::string field, std::span<const std::byte> data,
                         std::size_t at) {
    if (data.empty()) {  // how MATLAB writes []
      out.left_out.push_back({std::move(field), {"empty", "空"}});
      return {};
    }
    MatCursor cursor(data, swapped_);
    MW_ASSIGN(Head head, head_of(cursor, at));
    head.name = std::move(field);
    if (!is_number(head)) {
      out.left_out.push_back({std::move(head.name), kind_text(head.kind, head.is_complex)});
      return {};
    }
    MW_ASSIGN(MatArray array, numbers(cursor, std::move(head), at));
    out.fields.push_back(std::move(array));
    return {};
  }

  const MatLimits& limits_;
  bool swapped_;
  MatFile file_;
  uint64_t total_bytes_ = 0;
  std::size_t variables_ = 0;
};

}  // namespace

const MatArray* MatFile::find(std::string_view name) const {
  for (const MatArray& each : arrays) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

const MatArray* MatFile::find_ending(std::string_view ending) const {
  const MatArray* found = nullptr;
  for (const MatArray& each : arrays) {
    if (!each.name.ends_with(ending)) continue;
    if (found != nullptr) return nullptr;
    found = &each;
  }
  return found;
}

Result<MatFile> parse_mat(std::span<const std::byte> bytes, const MatLimits& limits) {
  const auto byte = [&](std::size_t at) { return std::to_integer<char>(bytes[at]); };
  if (bytes.size() < kHeader) {
    return corrupt(bytes.size(), "the header of 128 bytes is cut off", "128 字节的文件头不完整");
  }
  const bool little = byte(126) == 'I' && byte(127) == 'M';
  const bool big = byte(126) == 'M' && byte(127) == 'I';
  if (!little && !big) {
    return Error::make(Code::kUnsupported,
                       "this is no MATLAB file of version 5 to 7.2: write it with save -v7",
                       "这不是 MATLAB 5 到 7.2 版的文件：请用 save -v7 保存");
  }
  const auto version = std::to_integer<int>(bytes[little ? 125 : 124]);
  if (version != 1) {
    return Error::make(Code::kUnsupported,
                       "a .mat file of version 7.3 is HDF5, which is not read: write it with "
                       "save -v7",
                       "7.3 版 .mat 文件为 HDF5 格式，暂不支持：请用 save -v7 保存");
  }
  const bool swapped = big;  // this machine is little-endian
  static_assert(std::endian::native == std::endian::little);
  Reader reader(limits, swapped);
  MatCursor cursor(bytes.subspan(kHeader), swapped);
  while (!cursor.at_end()) {
    const std::size_t at = kHeader + cursor.position();
    const auto element = cursor.next();
    if (!element) return corrupt(at, "an element reaches beyond the end", "元素超出文件末尾");
    if (element->type == kCompressed) {
      MW_ASSIGN(const auto inflated, inflate_bytes(element->data, limits.most_bytes));
      MatCursor inner(inflated, swapped);
      const auto array = inner.next();
      if (!array || array->type != kMatrix) {
        return corrupt(at, "a compressed element holds no array", "压缩元素中没有数组");
      }
      MW_TRY(reader.variable(array->data, at));
    } else if (element->type == kMatrix) {
      MW_TRY(reader.variable(element->data, at));
    } else {
      return corrupt(at, "an element at the top is no array", "顶层元素不是数组");
    }
    if (reader.variables() > limits.most_variables) {
      return Error::make(
          Code::kTooLarge,
          "the .mat file has more than " + std::to_string(limits.most_variables) +
              " variables: split it",
          ".mat 文件的变量超过 " + std::to_string(limits.most_variables) + " 个：请拆分");
    }
  }
  return reader.take();
}

Result<MatFile> read_mat_file(const std::filesystem::path& path, const MatLimits& limits) {
  MW_ASSIGN(const MappedFile file, MappedFile::open(path));
  auto out = parse_mat(file.bytes(), limits);
  if (!out) return out.error().within("reading " + path.filename().string());
  return out;
}

}  // namespace mw::maintenance
