#pragma once

#include <atomic>
#include <string>

#include "hub/remote_url.h"
#include "oidc/internal/token_error.h"

namespace mw::oidc {

/// For the provider: the other threads serve everybody else.
inline constexpr int kMostWaiting = 4;

inline Error unavailable(const std::string& en, const std::string& zh) {
  return Error::make(Code::kUnavailable,
                     "the identity provider " + en + ". Log in with a password, or try again later",
                     "身份提供方" + zh + "。请使用密码登录，或稍后重试");
}

inline Error crowded() {
  return Error::make(Code::kResourceExhausted, "too many logins at once: try again in a moment",
                     "同时登录的人过多，请稍后重试");
}

/// Of what the browser brought.
inline Error code_error(const std::string& en, const std::string& zh) {
  Error error = token_error(en, zh);
  error.param = "code";
  return error;
}

inline bool is_loopback(const hub::Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host == "127.0.0.1";
}

/// Gives back on destruction what was taken.
class Seat {
 public:
  explicit Seat(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { --taken_; }
  bool too_many() const { return number_ > kMostWaiting; }

 private:
  std::atomic<int>& taken_;
  const int number_;
};

}  // namespace mw::oidc
