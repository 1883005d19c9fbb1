#pragma once

#include <cstdint>
#include <span>

#include "plant/internal/byte_coding.h"

namespace mw::plant {

/// Integers as (zero, run length) or the value itself: regular sampling costs a few bytes a block.
class RunWriter {
 public:
  explicit RunWriter(ByteWriter& out) : out_(out) {}
  void put(int64_t value) {
    if (value == 0) {
      ++zeros_;
      return;
    }
    flush();
    out_.signed_varint(value);
  }
  void flush() {
    if (zeros_ == 0) return;
    out_.varint(0);
    out_.varint(zeros_);
    zeros_ = 0;
  }

 private:
  ByteWriter& out_;
  uint64_t zeros_ = 0;
};

class RunReader {
 public:
  explicit RunReader(ByteReader& in) : in_(in) {}
  int64_t get() {
    if (zeros_ == 0) {
      const int64_t value = in_.signed_varint();
      if (value != 0) return value;
      zeros_ = in_.varint();
      if (zeros_ == 0) in_.fail();
    }
    if (!in_.ok()) return 0;
    --zeros_;
    return 0;
  }
  bool finished() const { return zeros_ == 0; }

 private:
  ByteReader& in_;
  uint64_t zeros_ = 0;
};

/// Groups of 64 integers, each with as many bits as the widest distance from the group's least one
/// needs: small numbers that jump about, which runs do not catch.
void put_packed(ByteWriter& out, std::span<const int64_t> values);
/// False when the bytes are not what put_packed makes of so many integers.
bool get_packed(ByteReader& in, std::span<int64_t> values);

/// A packing byte, then the values: as scaled decimals (exact, checked for each) or as XOR of
/// successive doubles (docs/formats/plant_block.md).
void put_doubles(ByteWriter& out, std::span<const double> values);
/// False when the bytes are not what put_doubles makes of so many values.
bool get_doubles(ByteReader& in, std::span<double> values);

}  // namespace mw::plant
