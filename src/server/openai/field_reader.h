#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::server::openai {

/// Reads the members of a JSON object by name, type and range, and remembers which were asked for:
/// the rest are fields that we do not know. Null counts as absent, as OpenAI's clients send it.
/// Errors: kInvalidArgument with the member's full path as param ("messages[2].content").
class FieldReader {
 public:
  /// `object` must outlive the reader. `path` is put in front of names ("messages[2].").
  explicit FieldReader(const Json& object, std::string path = {})
      : object_(object), path_(std::move(path)) {}

  /// nullptr when absent or null.
  const Json* take(std::string_view name);
  Result<std::optional<bool>> boolean(std::string_view name);
  Result<std::optional<int64_t>> integer(std::string_view name, int64_t low, int64_t high);
  Result<std::optional<double>> number(std::string_view name, double low, double high);
  Result<std::optional<std::string>> text(std::string_view name, std::size_t max_bytes);

  /// An error about a member of this object.
  Error wrong(std::string_view name, const std::string& expected, const std::string& expected_zh,
              const Json& actual) const;
  /// kUnsupported: the field is known to OpenAI's description but does nothing here.
  Error unsupported(std::string_view name, const std::string& what,
                    const std::string& what_zh) const;
  std::string full_name(std::string_view name) const { return path_ + std::string(name); }

  /// Members that nobody took, with their full names.
  std::vector<std::string> unknown() const;

 private:
  const Json& object_;
  const std::string path_;
  std::set<std::string, std::less<>> known_;
};

/// A value as an error message shows it: short, and its type when it is long.
std::string describe(const Json& value);

}  // namespace mw::server::openai
