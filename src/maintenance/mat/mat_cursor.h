#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace mw::maintenance {

/// One tagged element of a MAT-file: its type and the bytes of its data.
struct MatElement {
  uint32_t type = 0;
  std::span<const std::byte> data;
  std::size_t at = 0;  // byte of the tag within what is read
};

/// Walks the elements of a stretch of bytes.
class MatCursor {
 public:
  MatCursor(std::span<const std::byte> bytes, bool swapped) : bytes_(bytes), swapped_(swapped) {}

  bool at_end() const { return position_ >= bytes_.size(); }
  std::size_t position() const { return position_; }

  /// The next element; nothing when the bytes do not hold what its tag says. Data is
  /// followed by padding to 8 bytes, but for compressed elements.
  std::optional<MatElement> next() {
    const std::size_t at = position_;
    if (bytes_.size() - position_ < 8) return std::nullopt;
    const uint32_t first = number(position_);
    if (first >> 16 != 0) {  // small: size and type share a word, data in the next
      const std::size_t size = first >> 16;
      if (size > 4) return std::nullopt;
      position_ += 8;
      return MatElement{first & 0xffff, bytes_.subspan(at + 4, size), at};
    }
    const uint64_t size = number(position_ + 4);
    if (size > bytes_.size() - position_ - 8) return std::nullopt;
    constexpr uint32_t kCompressed = 15;
    const std::size_t length = static_cast<std::size_t>(size);
    const std::size_t step = first == kCompressed ? length : (length + 7) / 8 * 8;
    // The last element's padding may be cut off.
    position_ = step > bytes_.size() - at - 8 ? bytes_.size() : at + 8 + step;
    return MatElement{first, bytes_.subspan(at + 8, length), at};
  }

  uint32_t number(std::size_t at) const {
    uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + at, 4);
    return swapped_ ? __builtin_bswap32(value) : value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool swapped_;
  std::size_t position_ = 0;
};

}  // namespace mw::maintenance
