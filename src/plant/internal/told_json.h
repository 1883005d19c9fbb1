#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"

namespace mw::plant {

/// Reads what somebody tells of a machine or a line: an object of a few texts and times.
class ToldJson {
 public:
  /// `what` names it in errors: {"batch", "批次"}. Errors  kTooLarge over 64 KiB; no JSON object;
  /// a member that is not `known`.
  static Result<ToldJson> parse(std::string_view body, Text what,
                                std::initializer_list<std::string_view> known);

  /// Whether it has the member, null or not.
  bool has(const char* key) const { return json_.contains(key); }
  bool is_null(const char* key) const { return has(key) && json_.at(key).is_null(); }
  /// Of at most 200 bytes without control characters; empty where it is absent.
  Result<std::string> line_of_text(const char* key) const;
  /// Of at most `most` bytes, with line breaks and tabulators.
  Result<std::string> text(const char* key, std::size_t most) const;
  /// Absent or null: nothing.
  Result<std::optional<TimeNs>> time(const char* key) const;
  Error wrong(const std::string& where, const std::string& en, const std::string& zh) const;

 private:
  ToldJson(Json json, Text what) : json_(std::move(json)), what_(std::move(what)) {}
  Json json_;
  Text what_;
};

/// A time that was told must lie between 2000 and now, as far as clocks agree.
/// Errors  kInvalidArgument on `key`.
Result<void> check_told_time(const Text& what, const char* key, const std::optional<TimeNs>& ts_ns,
                             TimeNs now_ns);

/// Where the store keeps what is told of a machine or a line: the `place` of its records.
std::string asset_place(const std::string& asset);
std::string line_place(const std::string& line);

}  // namespace mw::plant
