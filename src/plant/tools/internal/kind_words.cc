#include "plant/tools/internal/kind_words.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mw::plant {
namespace {

// Longer ones first: 预防性 before 预防.
constexpr std::pair<std::string_view, std::string_view> kChinese[] = {
    {"预防性", " preventive "},
    {"预防", " preventive "},
    {"纠正性", " corrective "},
    {"修复性", " corrective "},
    {"纠正", " corrective "},
    {"预测性", " predictive "},
    {"工单", " work order "},
    {"异常", " anomaly "},
    {"告警", " alert "},
    {"警报", " alert "},
    {"报警", " alarm "},
    {"维护", " maintenance "},
    {"维修", " repair "},
    {"巡检", " inspection "},
    {"点检", " inspection "},
    {"润滑", " lubrication "},
    {"preventative", "preventive"},
    {"的", " "}};

/// One spelling for singular and plural.
std::string singular(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  return word;
}

std::vector<std::string> words_of(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const auto& [from, to] : kChinese) {
    for (size_t at = plain.find(from); at != std::string::npos; at = plain.find(from, at)) {
      plain.replace(at, from.size(), to);
      at += to.size();
    }
  }
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(singular(std::exchange(word, {})));
  };
  bool beyond_ascii = false;
  for (const char c : plain) {
    const bool wide = (static_cast<unsigned char>(c) & 0x80U) != 0;
    const bool part = wide || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!part || wide != beyond_ascii) end_word();
    if (part) word += c;
    beyond_ascii = wide;
  }
  end_word();
  return words;
}

}  // namespace

bool kind_is(std::string_view kind, std::string_view asked) {
  const std::vector<std::string> has = words_of(kind);
  const std::vector<std::string> wanted = words_of(asked);
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
    const bool wide = (static_cast<unsigned char>(word.front()) & 0x80U) != 0;
    return std::any_of(has.begin(), has.end(), [&](const std::string& each) {
      return wide ? each.find(word) != std::string::npos : each == word;
    });
  });
}

}  // namespace mw::plant
