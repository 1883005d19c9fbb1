#include "plant/internal/text_table.h"

namespace mw::plant {

Result<void> TextTable::load(StoreTables& tables) {
  const std::lock_guard lock(mutex_);
  bool hole = false;
  MW_TRY(tables.each_text([&](int64_t id, std::string text) {
    hole = hole || id != static_cast<int64_t>(texts_.size()) + 1;
    if (hole) return;
    texts_.push_back(std::move(text));
    numbers_[texts_.back()] = static_cast<uint32_t>(id);
  }));
  if (hole) {
    return Error::make(Code::kCorrupt, "the text table of the sample store has a hole at " +
                                           std::to_string(texts_.size() + 1));
  }
  saved_ = texts_.size();
  return {};
}

std::optional<uint32_t> TextTable::number(std::string_view text, Use use) {
  const std::lock_guard lock(mutex_);
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  const std::size_t most = use == Use::kState ? kMostTexts : kMostTexts - kForStates;
  if (texts_.size() >= most) return std::nullopt;
  texts_.emplace_back(text);
  const auto number = static_cast<uint32_t>(texts_.size());
  numbers_[texts_.back()] = number;
  return number;
}

std::string TextTable::text(uint32_t number) const {
  const std::lock_guard lock(mutex_);
  return number >= 1 && number <= texts_.size() ? texts_[number - 1] : std::string();
}

Result<std::size_t> TextTable::save(StoreTables& tables) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = saved_; i < texts_.size(); ++i) {
    MW_TRY(tables.add_text(static_cast<int64_t>(i + 1), texts_[i]));
  }
  return texts_.size();
}

void TextTable::mark_saved(std::size_t count) {
  const std::lock_guard lock(mutex_);
  saved_ = count;
}

}  // namespace mw::plant
