#include "plant/internal/place_reader.h"

#include <unordered_set>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostPlaces = 10'000;  // of one level

/// Reads a list of places: what all have, then `more` for what is of this level alone.
template <class Place, class More>
Result<std::vector<Place>> read_places(const Json& json, const char* key, const More& more) {
  std::vector<Place> places;
  std::unordered_set<std::string> ids;
  const auto take = [&](const Json& item, const std::string& where) -> Result<void> {
    Place place;
    MW_ASSIGN(place.id, read_id(item, where));
    MW_ASSIGN(place.name, read_name(item, where, place.id));
    MW_ASSIGN(place.synonyms, read_texts(item, "synonyms", where));
    MW_TRY(more(item, where, place));
    if (!ids.insert(place.id).second) {
      return wrong(where + ".id", "'" + place.id + "' is there twice");
    }
    if (places.size() >= kMostPlaces) {
      return wrong(key, "more than " + std::to_string(kMostPlaces));
    }
    places.push_back(std::move(place));
    return {};
  };
  MW_TRY(for_each(json, key, "", take));
  return places;
}

template <class Place>
std::unordered_set<std::string> ids_of(const std::vector<Place>& places) {
  std::unordered_set<std::string> ids;
  for (const Place& place : places) ids.insert(place.id);
  return ids;
}

}  // namespace

Result<Enterprise> read_enterprise(const Json& json) {
  Enterprise enterprise;
  const Json* found = find_member(json, "enterprise");
  if (found == nullptr) return enterprise;
  if (!found->is_object()) return wrong("enterprise", "expected an object");
  MW_ASSIGN(enterprise.id, read_id(*found, "enterprise"));
  MW_ASSIGN(enterprise.name, read_name(*found, "enterprise", enterprise.id));
  return enterprise;
}

Result<std::vector<Area>> read_areas(const Json& json) {
  return read_places<Area>(
      json, "areas", [](const Json&, const std::string&, Area&) -> Result<void> { return {}; });
}

Result<std::vector<Line>> read_lines(const Json& json, const std::vector<Area>& areas) {
  const auto known = ids_of(areas);
  const auto more = [&](const Json& item, const std::string& where, Line& line) -> Result<void> {
    MW_ASSIGN(line.area, read_text(item, "area", where));
    if (line.area.empty() || known.count(line.area) > 0) return {};
    return wrong(where + ".area", "'" + line.area + "' is none of areas[].id");
  };
  return read_places<Line>(json, "lines", more);
}

Result<std::vector<Cell>> read_cells(const Json& json, const std::vector<Line>& lines) {
  const auto known = ids_of(lines);
  const auto more = [&](const Json& item, const std::string& where, Cell& cell) -> Result<void> {
    MW_ASSIGN(cell.line, read_text(item, "line", where));
    if (known.count(cell.line) > 0) return {};
    return wrong(where + ".line", "'" + cell.line + "' is none of lines[].id");
  };
  return read_places<Cell>(json, "cells", more);
}

}  // namespace mw::plant
