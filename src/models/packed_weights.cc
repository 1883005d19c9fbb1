#include "models/packed_weights.h"

#include <algorithm>
#include <numeric>

#include "core/file.h"
#include "models/internal/packed_index.h"
#include "models/internal/trusted_file.h"
#include "models/internal/xxh64.h"

namespace mw::models {
namespace {

/// Read and checked at once, so that checking finds the bytes in the second-level cache.
constexpr std::size_t kPiece = std::size_t{256} << 10;

Result<void> read_verified(const TrustedFile& file, const PackedEntry& entry,
                           std::span<std::byte> into) {
  Xxh64 checksum;
  for (std::size_t at = 0; at < into.size(); at += kPiece) {
    const auto piece = into.subspan(at, std::min(kPiece, into.size() - at));
    MW_TRY(file.read(entry.offset + at, piece));
    checksum.update(piece);
  }
  if (checksum.digest() == entry.checksum) return {};
  return Error::make(Code::kCorrupt, entry.name + ": the checksum does not fit its bytes", {},
                     entry.name);
}

/// Indices of `entries`, the largest first: the last one that a thread takes is then a small one.
std::vector<std::size_t> by_size(const std::vector<PackedEntry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return entries[a].bytes() > entries[b].bytes();
  });
  return order;
}

}  // namespace

Result<PackedWeights> PackedWeights::read(const std::filesystem::path& path,
                                          std::string_view model_sha256, ThreadPool& pool) {
  const TrustedFile file(path);
  MW_ASSIGN(const uint64_t size, file.size());
  std::vector<std::byte> head(std::min<uint64_t>(size, kPackedHeaderBytes));
  MW_TRY(file.read(0, head));
  MW_ASSIGN(const uint64_t head_bytes, packed_head_bytes(head, size));
  head.resize(head_bytes);
  MW_TRY(file.read(0, head));
  MW_ASSIGN(const auto entries, parse_packed_head(head, size, model_sha256));

  const auto memory = std::make_shared<tensor::Buffer>(size - head_bytes);
  const std::span<std::byte> data(memory->data(), memory->size());
  std::vector<std::optional<Error>> errors(entries.size());
  const std::vector<std::size_t> order = by_size(entries);
  pool.run(static_cast<int>(order.size()), [&](int chunk) {
    const std::size_t index = order[static_cast<std::size_t>(chunk)];
    const PackedEntry& entry = entries[index];
    const auto into = data.subspan(entry.offset - head_bytes, entry.extent());
    if (const auto done = read_verified(file, entry, into); !done) errors[index] = done.error();
  });
  PackedWeights weights;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (errors[i]) return *errors[i];
    const PackedEntry& entry = entries[i];
    const auto bytes = data.subspan(entry.offset - head_bytes, entry.bytes());
    weights.places_[entry.name] = {entry.format, entry.rows, entry.width, bytes};
  }
  weights.memory_ = memory;
  return weights;
}

PackedWeights PackedWeights::shared_with(std::shared_ptr<const Model> model,
                                         const ReplacedTensors& replaced) {
  PackedWeights weights;
  for (const NamedMatrix& each : model->matrices()) {
    // "blk.0.attn_qkv.weight#1" is a part of the tensor before the '#'.
    if (replaced.contains(std::string_view(each.name).substr(0, each.name.find('#')))) continue;
    const tensor::PackedMatrix& matrix = *each.matrix;
    weights.places_[each.name] = {matrix.format(), matrix.rows(), matrix.width(),
                                  std::as_bytes(std::span(matrix.data(), matrix.bytes()))};
  }
  weights.memory_ = std::move(model);
  return weights;
}

std::optional<tensor::PackedMatrix> PackedWeights::matrix(std::string_view name,
                                                          tensor::WeightFormat format, int64_t rows,
                                                          int64_t width) const {
  const auto found = places_.find(name);
  if (found == places_.end()) return std::nullopt;
  const Place& place = found->second;
  if (place.format != format || place.rows != rows || place.width != width) return std::nullopt;
  return tensor::PackedMatrix(format, place.rows, place.width, place.bytes, memory_);
}

Result<void> write_packed_weights(const std::filesystem::path& path, std::string_view model_sha256,
                                  std::span<const NamedMatrix> matrices) {
  static constexpr char kZeros[kPackedAlignment] = {};
  std::vector<PackedEntry> entries;
  std::vector<std::string_view> parts(1);  // the head, known last
  for (const NamedMatrix& each : matrices) {
    const tensor::PackedMatrix& matrix = *each.matrix;
    PackedEntry& entry = entries.emplace_back();
    entry.name = each.name;
    entry.format = matrix.format();
    entry.rows = matrix.rows();
    entry.width = matrix.width();
    parts.emplace_back(reinterpret_cast<const char*>(matrix.data()), matrix.bytes());
    parts.emplace_back(kZeros, entry.extent() - entry.bytes());
    Xxh64 checksum;  // panels are of 32-byte groups, so that both parts are whole stripes
    checksum.update(std::as_bytes(std::span(parts[parts.size() - 2])));
    checksum.update(std::as_bytes(std::span(parts.back())));
    entry.checksum = checksum.digest();
  }
  const std::string head = build_packed_head(entries, model_sha256);
  parts[0] = head;
  return write_file_atomically(path, parts);
}

}  // namespace mw::models
