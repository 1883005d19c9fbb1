#include "models/requantise.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/check.h"
#include "formats/dequantize.h"
#include "formats/quantize.h"

namespace mw::models {
namespace {

using formats::GgmlType;
using formats::StoredTensor;

/// Rounds the rows at `indices`; their bytes go to `out` where it is not empty.
Result<double> round_rows(const StoredTensor& source, GgmlType type,
                          const std::vector<int64_t>& indices, std::span<std::byte> out,
                          const tensor::ExecContext& ctx) {
  const std::string name(formats::type_name(source.type));
  if (!formats::can_dequantize(source.type)) {
    return Error::make(Code::kUnsupported, "tensor " + source.name + ": no reader for type " + name,
                       "张量 " + source.name + "：无法读取类型 " + name, source.name);
  }
  const auto width = static_cast<std::size_t>(source.shape.back());
  const std::size_t from_bytes = source.bytes.size() / static_cast<std::size_t>(source.shape[0]);
  const std::size_t to_bytes = bytes_in(source, type) / static_cast<std::size_t>(source.shape[0]);
  std::vector<std::optional<Error>> problems(indices.size());
  std::vector<double> errors(indices.size());
  tensor::parallel_for(ctx, static_cast<int>(indices.size()), 1, [&](int begin, int end) {
    std::vector<float> values(width);
    std::vector<std::byte> row(to_bytes);
    for (int i = begin; i < end; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const auto at = static_cast<std::size_t>(indices[index]);
      formats::dequantize(source.type, source.bytes.subspan(at * from_bytes, from_bytes), values);
      const auto rounded = formats::quantize(type, values, row);
      if (!rounded) {
        problems[index] = rounded.error();
        continue;
      }
      errors[index] = *rounded;
      if (!out.empty())
        std::copy(row.begin(), row.end(), out.begin() + static_cast<std::ptrdiff_t>(at * to_bytes));
    }
  });
  double sum = 0;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (problems[i]) {
      Error error = problems[i]->within("tensor " + source.name);
      error.param = source.name;
      return error;
    }
    sum += errors[i];
  }
  return sum;
}

/// llama.cpp's number for "mostly this type".
uint32_t file_type_of(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return 0;
    case GgmlType::kF16:
      return 1;
    case GgmlType::kQ4_0:
      return 2;
    case GgmlType::kQ4_1:
      return 3;
    case GgmlType::kQ8_0:
      return 7;
    case GgmlType::kQ5_0:
      return 8;
    case GgmlType::kQ5_1:
      return 9;
    case GgmlType::kQ4_K:
      return 15;
    case GgmlType::kQ5_K:
      return 17;
    case GgmlType::kQ6_K:
      return 18;
    case GgmlType::kBF16:
      return 32;
    default:
      return 1024;  // "guessed"
  }
}

}  // namespace

bool row_fits(const StoredTensor& source, GgmlType type) {
  const auto layout = formats::block_layout(type);
  return layout && source.shape.size() == 2 && source.shape[1] % layout->elements == 0;
}

uint64_t bytes_in(const StoredTensor& source, GgmlType type) {
  MW_CHECK(row_fits(source, type));
  const formats::BlockLayout layout = *formats::block_layout(type);
  return static_cast<uint64_t>(source.elements() / layout.elements * layout.bytes);
}

Result<Requantised> requantise(const StoredTensor& source, GgmlType type,
                               const tensor::ExecContext& ctx) {
  Requantised out;
  out.bytes.resize(static_cast<std::size_t>(bytes_in(source, type)));
  std::vector<int64_t> rows(static_cast<std::size_t>(source.shape[0]));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
  MW_ASSIGN(out.squared_error, round_rows(source, type, rows, out.bytes, ctx));
  return out;
}

Result<double> sampled_error(const StoredTensor& source, GgmlType type, int most_rows,
                             const tensor::ExecContext& ctx) {
  const int64_t all = source.shape[0];
  const int64_t count = std::min<int64_t>(all, most_rows);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i) rows.push_back(i * all / count);
  MW_ASSIGN(const double error, round_rows(source, type, rows, {}, ctx));
  return error * static_cast<double>(all) / static_cast<double>(count);
}

std::vector<std::string> quantisable_tensors(const formats::GgufFile& file, const Model& model) {
  std::set<std::string> multiplied = {"token_embd.weight"};  // looked up, where it is not tied
  for (const NamedMatrix& each : model.matrices()) {
    multiplied.insert(each.name.substr(0, each.name.find('#')));  // parts are stored as one
  }
  std::vector<std::string> names;
  for (const formats::GgufTensor& each : file.tensors()) {
    if (each.shape.size() == 2 && multiplied.contains(each.name)) names.push_back(each.name);
  }
  return names;
}

formats::GgufWriter writer_of(const formats::GgufFile& source, const ReplacedTensors& replaced) {
  constexpr uint32_t kQuantizationVersion = 2;  // of ggml's block layouts
  formats::GgufWriter writer;
  for (const formats::GgufEntry& entry : source.entries()) {
    if (entry.key == "general.alignment" || entry.key == "general.file_type" ||
        entry.key == "general.quantization_version") {
      continue;
    }
    writer.add_value(entry.key, *source.value(entry.key));
  }
  std::map<GgmlType, uint64_t> bytes;
  for (const formats::GgufTensor& each : source.tensors()) {
    const auto found = replaced.find(each.name);
    const StoredTensor& tensor = found == replaced.end() ? each : found->second;
    bytes[tensor.type] += tensor.bytes.size();
    writer.add_borrowed_tensor(tensor.name, tensor.type, tensor.shape, tensor.bytes);
  }
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  writer.add_u32("general.file_type", most == bytes.end() ? 0 : file_type_of(most->first));
  writer.add_u32("general.quantization_version", kQuantizationVersion);
  return writer;
}

}  // namespace mw::models
