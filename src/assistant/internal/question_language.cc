#include "assistant/internal/question_language.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace mw::assistant {
namespace {

constexpr std::string_view kChinese[] = {
    "的", "是", "了", "吗", "呢", "多", "少", "怎", "么", "哪", "什", "最", "近", "过", "去",
    "在", "有", "没", "和", "比", "几", "请", "现", "今", "昨", "从", "到", "内", "上", "下"};
constexpr std::string_view kEnglish[] = {"what", "is",   "the",  "of",    "how",   "has",   "have",
                                         "in",   "over", "last", "at",    "which", "was",   "were",
                                         "are",  "did",  "does", "and",   "since", "show",  "tell",
                                         "me",   "for",  "from", "to",    "than",  "any",   "there",
                                         "do",   "much", "many", "today", "now",   "please"};

template <size_t N>
bool among(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

}  // namespace

Language detect_language(const Tokens& tokens) {
  int chinese = 0;
  int english = 0;
  int han = 0;
  int words = 0;
  for (const Token& token : tokens) {
    if (token.is_han()) {
      ++han;
      if (among(kChinese, token.text)) ++chinese;
    } else if (token.is_word()) {
      ++words;
      if (among(kEnglish, token.text)) ++english;
    }
  }
  if (chinese != english) return chinese > english ? Language::kZh : Language::kEn;
  return han > words ? Language::kZh : Language::kEn;
}

}  // namespace mw::assistant
