#pragma once

#include <cstdint>
#include <string_view>

namespace mw::plant {

/// Walks over the fields of one message in the wire format of Protocol Buffers, which may be any
/// bytes: next() is false at its end and at what fits no field; then ok() tells them apart. Groups
/// (wire types 3 and 4, withdrawn long ago) are refused.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view bytes) : rest_(bytes) {}

  bool next();
  bool ok() const { return ok_; }
  /// Of the field that next() came to.
  uint32_t field() const { return field_; }
  // The value, whatever width it was sent in: 0 and empty for one of another kind.
  bool is_number() const { return kind_ == Kind::kVarint; }
  bool is_bytes() const { return kind_ == Kind::kBytes; }
  uint64_t number() const { return is_number() ? bits_ : 0; }
  std::string_view bytes() const { return bytes_; }
  /// A float or double; what is neither makes the message wrong.
  double real(bool wide);

 private:
  enum class Kind { kVarint = 0, kWord64 = 1, kBytes = 2, kWord32 = 5 };
  uint64_t varint();
  uint64_t word(std::size_t size);

  std::string_view rest_;
  std::string_view bytes_;
  uint64_t bits_ = 0;
  uint32_t field_ = 0;
  Kind kind_ = Kind::kVarint;
  bool ok_ = true;
};

}  // namespace mw::plant
