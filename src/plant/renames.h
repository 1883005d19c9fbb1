#pragma once

#include <string>
#include <unordered_map>

#include "plant/catalogue.h"

namespace mw::plant {

/// Former identifiers of a plant's tags and machines, and what each is called now (`formerly` of
/// its description, ADR 0117).
class Renames {
 public:
  explicit Renames(const Catalogue& catalogue);

  bool empty() const { return tags_.empty(); }
  /// Today's identifier; the one given where it is no former one.
  const std::string& tag_now(const std::string& id) const;
  const std::string& asset_now(const std::string& id) const;
  /// Today's identifier of a tag of `asset` (by its name of before): one that went to another
  /// machine keeps its former one.
  const std::string& own_tag_now(const std::string& asset, const std::string& id) const;
  const std::unordered_map<std::string, std::string>& tags() const { return tags_; }

 private:
  std::unordered_map<std::string, std::string> tags_;
  std::unordered_map<std::string, std::string> assets_;
};

}  // namespace mw::plant
