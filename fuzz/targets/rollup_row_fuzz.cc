// Any bytes as the two parts of a row of aggregates, under right checksums, and as a whole row:
// what is accepted encodes to something that decodes to the same, and can be added up.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/check.h"
#include "plant/internal/byte_coding.h"
#include "plant/internal/rollup_codec.h"
#include "plant/internal/rollup_fold.h"

namespace {

using namespace mw;         // NOLINT: a program of one file
using namespace mw::plant;  // NOLINT

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

bool same_bits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

void check_row(std::span<const std::byte> bytes) {
  const auto chart = decode_rollups(bytes, RollupParts::kChart);
  const auto row = decode_rollups(bytes, RollupParts::kAll);
  if (!row) return;
  MW_CHECK(chart.has_value() && chart->size() == row->size());
  const auto again = decode_rollups(bytes_of(encode_rollups(*row)), RollupParts::kAll);
  MW_CHECK(again.has_value() && again->size() == row->size());
  for (std::size_t i = 0; i < row->size(); ++i) {
    const Rollup& a = (*row)[i];
    const Rollup& b = (*again)[i];
    MW_CHECK(a.start_ns == b.start_ns && a.count == b.count && a.bad_count == b.bad_count);
    MW_CHECK(a.first_ns == b.first_ns && a.last_ns == b.last_ns && a.usable_ns == b.usable_ns);
    MW_CHECK(same_bits(a.mean, b.mean) && same_bits(a.max.value, b.max.value));
    MW_CHECK(same_bits(a.times_values, b.times_values) && a.resets == b.resets);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  check_row(std::as_bytes(std::span(data, size)));
  if (size < 3) return 0;
  // data[0]: how many, data[1]: where the first part ends, in 1/255 of the rest.
  const std::size_t rest = size - 2;
  const std::size_t chart = rest * data[1] / 255;
  ByteWriter row;
  row.byte(1);
  row.varint(data[0]);
  row.varint(static_cast<uint64_t>(kNsPerHour));
  row.varint(chart);
  for (std::size_t i = 0; i < chart; ++i) row.byte(data[2 + i]);
  row.word32(crc32(bytes_of(row.bytes())));
  for (std::size_t i = chart; i < rest; ++i) row.byte(data[2 + i]);
  row.word32(crc32(std::as_bytes(std::span(data + 2 + chart, rest - chart))));
  check_row(bytes_of(row.bytes()));
  return 0;
}
