#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "core/check.h"
#include "core/error.h"

namespace mw {

/// A value or the Error that explains its absence. Members are named as in std::expected (C++23),
/// so that it becomes an alias one day. An Error converts implicitly: `return Error::make(...)`.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & {
    MW_CHECK(has_value());
    return std::get<0>(state_);
  }
  const T& value() const& {
    MW_CHECK(has_value());
    return std::get<0>(state_);
  }
  T&& value() && {
    MW_CHECK(has_value());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    MW_CHECK(!has_value());
    return std::get<1>(state_);
  }
  T value_or(T other) const& { return has_value() ? std::get<0>(state_) : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    MW_CHECK(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace mw

#define MW_CONCAT_INNER(a, b) a##b
#define MW_CONCAT(a, b) MW_CONCAT_INNER(a, b)
/// Returns the error of a Result<void> expression from the enclosing function.
#define MW_TRY(expression)                            \
  do {                                                \
    auto mw_try_result = (expression);                \
    if (!mw_try_result) return mw_try_result.error(); \
  } while (false)
/// `MW_ASSIGN(auto file, open(path));` binds the value or returns the error.
#define MW_ASSIGN(declaration, expression)                                              \
  auto MW_CONCAT(mw_result_, __LINE__) = (expression);                                  \
  if (!MW_CONCAT(mw_result_, __LINE__)) return MW_CONCAT(mw_result_, __LINE__).error(); \
  declaration = std::move(MW_CONCAT(mw_result_, __LINE__)).value()
