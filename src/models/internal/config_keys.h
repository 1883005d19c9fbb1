#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "formats/gguf.h"

namespace mw::models {

/// The keys by which a file describes its model, from GGUF metadata or config.json alike. Remembers
/// which were asked for: what nobody asked about is not understood.
///
/// Errors   kCorrupt for a value of another type or out of range, kUnsupported for one that we do
///          not do; each names the key as its file spells it.
class ConfigKeys {
 public:
  /// Keys of the architecture, without its name in front ("llama.").
  static ConfigKeys of_gguf(const formats::GgufFile& file, std::string_view architecture);
  /// `values` is the object of a config.json, or one inside it under `path`.
  static ConfigKeys of_json(Json values, std::string_view path = {});
  /// The object of an adapter_config.json.
  static ConfigKeys of_adapter(Json values);

  /// There, and not null.
  bool has(std::string_view key) const;
  /// Without a fallback the key has to be there.
  Result<int> integer(std::string_view key, int least, int most,
                      std::optional<int> fallback = std::nullopt) const;
  Result<double> number(std::string_view key, double least, double most,
                        std::optional<double> fallback = std::nullopt) const;
  Result<bool> flag(std::string_view key, bool fallback) const;
  Result<std::string> text(std::string_view key, std::string_view fallback) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  Result<std::vector<float>> numbers(std::string_view key) const;
  Result<ConfigKeys> object(std::string_view key) const;

  Error unsupported(std::string_view key, std::string_view problem) const;
  Error corrupt(std::string_view key, std::string_view problem) const;
  /// kUnsupported for the first of `keys` that is there and not 0, false, null or empty.
  Result<void> refuse(std::initializer_list<std::string_view> keys) const;
  /// The same for every key that nobody has asked for.
  Result<void> refuse_unread() const;

 private:
  ConfigKeys(Json values, std::string label) : values_(std::move(values)), label_(label) {}
  const Json* find(std::string_view key) const;
  std::string named(std::string_view key) const { return label_ + std::string(key); }

  Json values_;
  std::string label_;  // "GGUF key llama.", "config.json key "
  mutable std::set<std::string, std::less<>> asked_;
};

}  // namespace mw::models
