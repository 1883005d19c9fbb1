#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace mw::tokenizers {

/// A part of tokenizer.json and its path, for errors that name it.
class JsonNode {
 public:
  JsonNode(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  const Json& json() const { return json_; }
  const std::string& path() const { return path_; }
  bool has(std::string_view key) const;
  /// `key` has to be there.
  JsonNode member(std::string_view key) const;
  JsonNode element(std::size_t index) const;

  /// kUnsupported, with this path: "...: `what` is not supported".
  Error unsupported(const std::string& what) const;
  Error broken(const std::string& problem) const;

  /// kUnsupported when there is a member that is not in `known`, naming it.
  Result<void> only(std::initializer_list<std::string_view> known) const;

  // A member of a type; a missing or null one is `fallback`.
  Result<std::string> text(std::string_view key, std::string_view fallback = {}) const;
  Result<bool> flag(std::string_view key, bool fallback) const;
  Result<int64_t> integer(std::string_view key, int64_t fallback) const;
  /// The array under `key`; an error where there is none.
  Result<std::size_t> array_size(std::string_view key) const;

 private:
  const Json& json_;
  std::string path_;
};

}  // namespace mw::tokenizers
