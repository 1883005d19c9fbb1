#include "plant/internal/text_table.h"

namespace mw::plant {

Result<void> TextTable::load(sqlite::Database& database) {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(sqlite::Statement select, database.prepare("SELECT id, text FROM text ORDER BY id"));
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) break;
    const int64_t id = select.integer(0);
    if (id != static_cast<int64_t>(texts_.size()) + 1) {
      return Error::make(Code::kCorrupt, "plant.db: the text table has a hole at " +
                                             std::to_string(texts_.size() + 1));
    }
    texts_.push_back(select.text(1));
    numbers_[texts_.back()] = static_cast<uint32_t>(id);
  }
  saved_ = texts_.size();
  return {};
}

std::optional<uint32_t> TextTable::number(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto found = numbers_.find(std::string(text));
  if (found != numbers_.end()) return found->second;
  if (texts_.size() >= kMostTexts) return std::nullopt;
  texts_.emplace_back(text);
  const auto number = static_cast<uint32_t>(texts_.size());
  numbers_[texts_.back()] = number;
  return number;
}

std::string TextTable::text(uint32_t number) const {
  const std::lock_guard lock(mutex_);
  return number >= 1 && number <= texts_.size() ? texts_[number - 1] : std::string();
}

Result<std::size_t> TextTable::save(sqlite::Database& database) {
  const std::lock_guard lock(mutex_);
  if (saved_ == texts_.size()) return saved_;
  MW_ASSIGN(sqlite::Statement insert,
            database.prepare("INSERT INTO text(id, text) VALUES(?1, ?2)"));
  for (std::size_t i = saved_; i < texts_.size(); ++i) {
    insert.bind(1, static_cast<int64_t>(i + 1)).bind(2, std::string_view(texts_[i]));
    MW_TRY(insert.run());
  }
  return texts_.size();
}

void TextTable::mark_saved(std::size_t count) {
  const std::lock_guard lock(mutex_);
  saved_ = count;
}

}  // namespace mw::plant
