#include "maintenance/model_cards.h"

#include <algorithm>

#include "core/file.h"
#include "maintenance/data/json_lists.h"
#include "maintenance/model_card.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostCards = 200;
constexpr uint64_t kMostListedBytes = 16u << 20;
constexpr std::size_t kMostLines = 1000;
constexpr std::size_t kMostScores = 1000;

Error of_another_form(const char* member) {
  return Error::make(Code::kCorrupt,
                     std::string("card.json: '") + member + "' is not as it was written",
                     std::string("card.json：“") + member + "”已损坏", member);
}

Result<void> check_text(const Json& card, const char* name) {
  MW_ASSIGN(const Json* text, json_member(card, name));
  MW_TRY(json_string(*text, "en"));
  MW_TRY(json_string(*text, "zh"));
  return {};
}

}  // namespace

bool may_with_lines(const Identity& who, Role least, const std::vector<std::string>& lines) {
  if (lines.empty()) return who.may(least, "*");
  return std::all_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return who.may(least, line); });
}

Result<void> check_card(const Json& card) {
  for (const char* name : {"kind", "trained_at"}) MW_TRY(json_string(card, name));
  MW_ASSIGN(const Json* data, json_member(card, "data"));
  MW_TRY(json_string(*data, "file"));
  MW_TRY(json_string(*data, "sha256"));
  MW_TRY(check_text(card, "limits"));
  MW_TRY(json_member(card, "report"));
  const auto scores = card.find("scores");
  if (scores == card.end() || !scores->is_array() || scores->size() > kMostScores) {
    return of_another_form("scores");
  }
  for (const Json& each : *scores) {
    MW_TRY(json_string(each, "metric"));
    MW_TRY(json_string(each, "split"));
    MW_TRY(json_number(each, "value", 0));
  }
  return {};
}

std::vector<ListedCard> list_cards(const std::filesystem::path& folder, const Identity& who) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    std::error_code problem;
    if (std::filesystem::exists(entry.path() / "card.json", problem)) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<ListedCard> out;
  for (const std::string& name : names) {
    if (out.size() >= kMostCards) break;
    ListedCard one{name, {}, {}};
    std::vector<std::string> lines;
    const auto read = [&]() -> Result<Json> {
      MW_ASSIGN(const std::string text, read_file(folder / name / "card.json", kMostListedBytes));
      MW_ASSIGN(Json card, parse_json(text));
      if (card.is_object() && card.contains("lines")) {
        MW_ASSIGN(lines, json_strings(card, "lines", kMostLines));
      }
      MW_TRY(check_card(card));
      return card;
    };
    Result<Json> card = read();
    if (!may_with_lines(who, Role::kViewer, lines)) continue;
    if (card) {
      one.card = std::move(*card);
    } else {
      one.problem = card.error().message;
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace mw::maintenance
