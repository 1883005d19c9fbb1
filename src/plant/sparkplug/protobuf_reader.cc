#include "plant/sparkplug/protobuf_reader.h"

#include <bit>

namespace mw::plant {

uint64_t ProtobufReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  ok_ = false;
  return 0;
}

uint64_t ProtobufReader::word(std::size_t size) {
  if (rest_.size() < size) {
    ok_ = false;
    return 0;
  }
  uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(rest_[i])) << (8 * i);
  }
  rest_.remove_prefix(size);
  return value;
}

bool ProtobufReader::next() {
  if (!ok_ || rest_.empty()) return false;
  const uint64_t key = varint();
  bytes_ = {};
  bits_ = 0;
  field_ = static_cast<uint32_t>(key >> 3);
  // Field numbers have 29 bits, and 0 is none.
  if (key >> 32 != 0 || field_ == 0) ok_ = false;
  kind_ = static_cast<Kind>(key & 7);
  switch (kind_) {
    case Kind::kVarint:
      bits_ = varint();
      break;
    case Kind::kWord64:
      bits_ = word(8);
      break;
    case Kind::kWord32:
      bits_ = word(4);
      break;
    case Kind::kBytes: {
      const uint64_t size = varint();
      if (size > rest_.size()) {
        ok_ = false;
        break;
      }
      bytes_ = rest_.substr(0, static_cast<std::size_t>(size));
      rest_.remove_prefix(bytes_.size());
      break;
    }
    default:
      ok_ = false;
  }
  return ok_;
}

double ProtobufReader::real(bool wide) {
  if (kind_ != (wide ? Kind::kWord64 : Kind::kWord32)) {
    ok_ = false;
    return 0;
  }
  if (wide) return std::bit_cast<double>(bits_);
  return static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits_)));
}

}  // namespace mw::plant
