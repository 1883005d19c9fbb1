#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizers/internal/charsmap.h"
#include "tokenizers/internal/unicode_text.h"

namespace mw::tokenizers {

/// The steps that change a text before it is cut, in order; names as in tokenizer.json.
class Normalizer {
 public:
  struct Form {
    NormalForm form;
  };
  struct Lowercase {};
  struct StripAccents {};
  struct Nmt {};
  struct Bert {
    bool clean_text = true;
    bool chinese_apart = true;
    bool strip_accents = true;
    bool lowercase = true;
  };
  struct Strip {
    bool left = true;
    bool right = true;
  };
  struct Prepend {
    std::string text;
  };
  struct Replace {
    std::string pattern;  // never empty
    std::string content;
  };
  struct ReplaceSpaces {  // the expression " {2,}"
    std::string content;
  };
  struct Precompiled {
    std::shared_ptr<const Charsmap> map;
  };
  using Step = std::variant<Form, Lowercase, StripAccents, Nmt, Bert, Strip, Prepend, Replace,
                            ReplaceSpaces, Precompiled>;

  void add(Step step) { steps_.push_back(std::move(step)); }
  bool empty() const { return steps_.empty(); }
  void apply(std::string& text) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace mw::tokenizers
