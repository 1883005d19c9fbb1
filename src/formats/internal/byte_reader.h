#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace mw::formats {

/// Reads little-endian values from the front of foreign bytes; nothing is read past the end.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  /// False when fewer than sizeof(T) bytes are left; `value` is then untouched.
  template <class T>
  requires std::is_arithmetic_v<T>
  [[nodiscard]] bool read(T& value) {
    if (remaining() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    return true;
  }

  /// The next `count` bytes, borrowed.
  [[nodiscard]] bool take(uint64_t count, std::span<const std::byte>& taken) {
    if (count > remaining()) return false;
    taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return true;
  }

  [[nodiscard]] bool skip(uint64_t count) {
    std::span<const std::byte> ignored;
    return take(count, ignored);
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace mw::formats
