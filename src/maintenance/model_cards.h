#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/identity.h"
#include "core/json.h"
#include "core/language.h"
#include "core/result.h"

namespace mw::maintenance {

/// The card of a model that `millwright maintain train` put into a folder of its own.
struct ListedCard {
  std::string name;  // of the folder
  Json card;         // card.json; null where it does not hold
  Text problem;      // then: why
};

/// The rule of cards, and of the tables that models are trained from: what says of which lines it
/// is takes the role on all of them; what does not, on every line.
bool may_with_lines(const Identity& who, Role least, const std::vector<std::string>& lines);

/// Whether a card.json holds everything that people are shown of it. Errors: kCorrupt with what is
/// missing.
Result<void> check_card(const Json& card);

/// Cards of all models in the folders of `folder`, by name; at most 200. Only cards are read:
/// whether a model is its card's is found when it is opened. A missing folder has none.
///
/// Rights   a card names machines, columns and files. One that says of which lines its data are is
///          shown to whoever may see all of them; one that does not, to whoever may see every line.
std::vector<ListedCard> list_cards(const std::filesystem::path& folder, const Identity& who);

}  // namespace mw::maintenance
