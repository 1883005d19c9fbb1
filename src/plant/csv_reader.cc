#include "plant/csv_reader.h"

#include <algorithm>

namespace mw::plant {
namespace {

constexpr std::size_t kMostFieldBytes = 64 << 10;
constexpr std::size_t kMostFields = 10'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The separator that the first line holds most of, outside quotes.
char likely_separator(std::string_view text) {
  std::size_t commas = 0;
  std::size_t semicolons = 0;
  std::size_t tabs = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    commas += c == ',' ? 1 : 0;
    semicolons += c == ';' ? 1 : 0;
    tabs += c == '\t' ? 1 : 0;
  }
  if (semicolons > 0 && semicolons >= commas && semicolons >= tabs) return ';';
  return tabs > 0 && tabs >= commas ? '\t' : ',';
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  if (separator_ == 0) separator_ = likely_separator(text_);
}

bool CsvReader::at_line_end() const {
  return at_ >= text_.size() || text_[at_] == '\n' ||
         (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void CsvReader::skip_line() {
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  ++line_;
}

CsvReader::Got CsvReader::broken(Text problem) {
  problem_ = std::move(problem);
  // From the row's own first line: a quote that was never closed took the lines after it along.
  at_ = row_at_;
  line_ = row_line_;
  skip_line();
  return Got::kBroken;
}

bool CsvReader::read_quoted(std::string& field) {
  ++at_;  // the opening quote
  while (at_ < text_.size() && field.size() <= kMostFieldBytes) {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    if (c != '"') {
      field += c;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field += '"';
      ++at_;
    } else {
      return true;
    }
  }
  return false;
}

CsvReader::Got CsvReader::next(std::vector<std::string>& fields) {
  while (at_ < text_.size() && at_line_end()) skip_line();
  fields.clear();
  row_line_ = line_;
  row_at_ = at_;
  if (at_ >= text_.size()) return Got::kEnd;
  while (true) {
    if (fields.size() >= kMostFields) {
      return broken({"more than 10,000 columns", "超过 10,000 列"});
    }
    std::string& field = fields.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') {
      if (!read_quoted(field)) {
        return broken({"a quoted field does not end", "引号中的字段没有结束"});
      }
      if (!at_line_end() && text_[at_] != separator_) {
        return broken({"text after a closing quote", "右引号之后还有文字"});
      }
    } else {
      const std::size_t begin = at_;
      while (!at_line_end() && text_[at_] != separator_) ++at_;
      if (at_ - begin > kMostFieldBytes) {
        return broken({"a field longer than 64 KiB", "字段超过 64 KiB"});
      }
      field = text_.substr(begin, at_ - begin);
    }
    if (at_line_end()) break;
    ++at_;  // the separator
  }
  line_ended_ = at_ < text_.size();
  skip_line();
  return Got::kRow;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::pair<std::string, std::string> name_and_unit(std::string_view header) {
  for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'(', ')'}}) {
    const std::size_t at = header.rfind(open);
    if (at == std::string_view::npos || at == 0 || header.back() != close) continue;
    return {std::string(trimmed(header.substr(0, at))),
            std::string(trimmed(header.substr(at + 1, header.size() - at - 2)))};
  }
  return {std::string(header), {}};
}

}  // namespace mw::plant
