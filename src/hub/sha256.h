#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::hub {

/// SHA-256 (FIPS 180-4) over bytes that arrive in parts; OpenSSL's implementation.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits of all bytes so far; updates may go on afterwards.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

/// Whether `text` is 64 lower-case hexadecimal digits, and so safe as a part of a file name.
bool is_sha256_hex(std::string_view text);

}  // namespace mw::hub
