#pragma once

#include <string>

namespace mw {

/// The two languages the product speaks.
enum class Language { kEn, kZh };

/// A text in both languages. An empty `zh` falls back to `en`.
struct Text {
  std::string en;
  std::string zh;

  const std::string& in(Language language) const {
    return language == Language::kZh && !zh.empty() ? zh : en;
  }
};

}  // namespace mw
