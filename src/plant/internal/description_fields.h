#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::plant {

/// Fields of a plant description. `where` is the path of the object ("assets[2]"), and stands in
/// front of the member in every error.
Error wrong(const std::string& where, const std::string& what);
/// nullptr when absent or null.
const Json* find_member(const Json& object, std::string_view key);
/// [a-z0-9_-]{1,64}
bool is_id(std::string_view text);

Result<std::string> read_id(const Json& object, const std::string& where);
/// {"en": ..., "zh": ...}; the id when absent.
Result<Text> read_name(const Json& object, const std::string& where, const std::string& id);
Result<Text> read_name_member(const Json& object, const char* key, const std::string& where,
                              const std::string& id);
/// Empty when absent; at most 200 bytes, no control characters.
Result<std::string> read_text(const Json& object, const char* key, const std::string& where);
Result<std::vector<std::string>> read_texts(const Json& object, const char* key,
                                            const std::string& where);
Result<double> read_number(const Json& object, const char* key, const std::string& where,
                           double fallback, double low, double high);
Result<bool> read_flag(const Json& object, const char* key, const std::string& where);
/// Another member is refused: what stands under a misspelt name would be missed in silence.
Result<void> only_members(const Json& object, const std::string& where,
                          std::initializer_list<const char*> known);
/// Nothing when absent.
Result<std::optional<double>> read_maybe(const Json& object, const char* key,
                                         const std::string& where, double low, double high);
/// Refused when absent.
Result<double> read_needed(const Json& object, const char* key, const std::string& where,
                           double low, double high);
/// "06:30" as minutes after midnight.
Result<int> read_minute(const Json& object, const char* key, const std::string& where);
/// Each object of an array, with its path; nothing when the array is absent.
Result<void> for_each(const Json& object, const char* key, const std::string& where,
                      const std::function<Result<void>(const Json&, const std::string&)>& take);

/// Texts that are each the id of one of `items`, which stand in the description's list `list`.
template <class Item>
Result<std::vector<std::string>> read_known_ids(const Json& object, const char* key,
                                                const std::string& where,
                                                const std::vector<Item>& items, const char* list) {
  MW_ASSIGN(std::vector<std::string> ids, read_texts(object, key, where));
  for (const std::string& id : ids) {
    const auto same = [&](const Item& item) { return item.id == id; };
    if (std::none_of(items.begin(), items.end(), same)) {
      return wrong(where + "." + key, "'" + id + "' is none of " + list + "[].id");
    }
  }
  return ids;
}

}  // namespace mw::plant
