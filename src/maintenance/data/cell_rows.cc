#include "maintenance/data/cell_rows.h"

#include <charconv>
#include <cmath>

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostCells = 10'000;  // as CsvReader

}  // namespace

CellRows::CellRows(std::string_view text, const TableMapping& mapping)
    : by_blanks_(mapping.form == TableMapping::Form::kBlanks),
      csv_(by_blanks_ ? std::string_view() : text, mapping.separator),
      text_(text) {}

CellRows::Got CellRows::next(std::vector<std::string>& cells) {
  return by_blanks_ ? next_by_blanks(cells) : csv_.next(cells);
}

uint64_t CellRows::line() const { return by_blanks_ ? line_ : csv_.line(); }
bool CellRows::line_ended() const { return by_blanks_ ? line_ended_ : csv_.line_ended(); }

CellRows::Got CellRows::next_by_blanks(std::vector<std::string>& cells) {
  cells.clear();
  while (at_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view row = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    line_ended_ = end < text_.size();
    while (true) {
      row = plant::trimmed(row);
      if (row.empty()) break;
      if (cells.size() == kMostCells) return Got::kBroken;
      const std::size_t cell_end = std::min(row.find_first_of(" \t"), row.size());
      cells.emplace_back(row.substr(0, cell_end));
      row.remove_prefix(cell_end);
    }
    if (!cells.empty()) return Got::kRow;
  }
  return Got::kEnd;
}

std::optional<double> parse_number(std::string_view text) {
  text = plant::trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

bool is_missing(std::string_view text) {
  std::string lower;
  for (const char c : plant::trimmed(text)) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return lower.empty() || lower == "nan" || lower == "null" || lower == "na" || lower == "-";
}

}  // namespace mw::maintenance
