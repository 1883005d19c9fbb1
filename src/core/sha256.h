#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mw {

using Sha256Digest = std::array<uint8_t, 32>;

/// SHA-256 (FIPS 180-4) over bytes that arrive in parts; OpenSSL's implementation.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// Of all bytes so far; updates may go on afterwards.
  Sha256Digest digest() const;
  /// The same as 64 lower-case hexadecimal digits.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
std::string to_hex(const Sha256Digest& digest);

/// Whether `text` is 64 lower-case hexadecimal digits, and so safe as a part of a file name.
bool is_sha256_hex(std::string_view text);

}  // namespace mw
