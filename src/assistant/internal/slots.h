#pragma once

#include <vector>

#include "assistant/internal/understanding.h"

namespace mw::assistant {

/// A set of tags that answers one mention: usually one, several where a group of machines is meant.
struct Alternative {
  std::vector<uint32_t> tags;
  double score = 0;
};

/// One quantity that the question asks for, with the ways to understand it, best first. Empty
/// where the machine named has no such quantity.
struct Slot {
  const TagMention* mention = nullptr;
  std::vector<Alternative> alternatives;
};

/// Pairs quantities with machines: "the temperature and vibration of CNC-1 and CNC-2" is four
/// slots, "the temperature of CNC-1 and the pressure of the press" two. `group`: without a machine
/// all that have the quantity are meant ("which machine ...").
std::vector<Slot> make_slots(const Understanding& u, const Lexicon& lexicon, bool group);

}  // namespace mw::assistant
