#include "assistant/internal/unknown_names.h"

#include <algorithm>
#include <cctype>

#include "assistant/internal/words.h"

namespace mw::assistant {
namespace {

constexpr size_t kNearest = 3;

class UnknownFinder {
 public:
  UnknownFinder(Understanding& u, const Lexicon& lexicon)
      : u_(u), tokens_(u.tokens), lexicon_(lexicon), used_(u.tokens.size(), false) {}

  void run() {
    mark_used();
    for (size_t at = 0; at < tokens_.size();) {
      if (used_[at]) {
        ++at;
        continue;
      }
      size_t end = at;
      while (end < tokens_.size() && !used_[end] && tokens_[end].is_han() == tokens_[at].is_han())
        ++end;
      chunk(at, end);
      at = end;
    }
  }

 private:
  std::string_view text(size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  void mark(size_t first, size_t last) {
    for (size_t i = first; i < last && i < used_.size(); ++i) used_[i] = true;
  }
  void mark_used() {
    for (const auto& mention : u_.assets) mark(mention.first, mention.last);
    for (const auto& mention : u_.tags) {
      for (const auto& [first, last] : mention.spans) mark(first, last);
    }
    for (const auto& mention : u_.states) mark(mention.first, mention.last);
    for (const auto& unknown : u_.unknown) mark(unknown.first, unknown.last);
    for (const auto& hit : u_.features) mark(hit.first, hit.last);
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == Token::Kind::kSign || is_function_word(tokens_[i].text))
        used_[i] = true;
      if (tokens_[i].is_number()) used_[i] = used_[i] || !beside_unknown_word(i);
      const size_t filler = filler_at(tokens_, i);
      if (filler > 0 && tokens_[i].is_han() && text(i + filler) != "人") {  // 机器人
        mark(i, i + filler);
      }
    }
    // Units and the number that they belong to.
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (!tokens_[i].is_number()) continue;
      for (size_t k = i + 1; k < tokens_.size() && k <= i + 3; ++k) {
        static constexpr std::string_view kUnits[] = {
            "°",       "c",       "f",  "degc", "degf", "degree", "degrees", "bar",
            "mm",      "s",       "a",  "amp",  "kw",   "kn",     "rpm",     "%",
            "percent", "celsius", "度", "安",   "巴",   "千瓦",   "摄"};
        if (std::find(std::begin(kUnits), std::end(kUnits), text(k)) == std::end(kUnits)) break;
        used_[k] = true;
      }
    }
  }

  /// "XR-9", "robot 3": a number right after a word that nothing knows.
  bool beside_unknown_word(size_t at) const {
    return at > 0 && tokens_[at - 1].is_word() && !is_function_word(tokens_[at - 1].text) &&
           !used_[at - 1];
  }

  std::string words(size_t first, size_t last) const {
    const size_t begin = tokens_[first].begin;
    return u_.question.substr(begin, tokens_[last - 1].end - begin);
  }

  bool after_preposition(size_t at) const {
    size_t before = at;
    while (before > 0 && (text(before - 1) == "the" || text(before - 1) == "a" ||
                          text(before - 1) == "our" || text(before - 1) == "this")) {
      --before;
    }
    if (before == 0) return false;
    const std::string_view word = text(before - 1);
    return word == "of" || word == "on" || word == "for" || word == "at" || word == "in" ||
           word == "from" || word == "is" || word == "does" || word == "did" || word == "has" ||
           word == "was" || word == "and" || word == "than" || word == "between";
  }

  const TagMention* tag_at(size_t at) const {
    for (const TagMention& mention : u_.tags) {
      if (mention.first == at) return &mention;
    }
    return nullptr;
  }

  /// Whether the mention is so short that a word before it may make another quantity of it.
  bool is_bare(const TagMention& mention) const {
    const size_t length = mention.last - mention.first;
    // 多快, 最热, 几度 ask; nothing before them can make another quantity of them.
    static constexpr std::string_view kAsking[] = {"多", "最", "更", "太", "几",
                                                   "过", "变", "升", "降"};
    if (std::find(std::begin(kAsking), std::end(kAsking), text(mention.first)) != std::end(kAsking))
      return false;
    return tokens_[mention.first].is_han() ? length <= 2 : length == 1;
  }

  void chunk(size_t first, size_t last) {
    const bool han = tokens_[first].is_han();
    const std::string said = words(first, last);
    u_.leftover.push_back({said, first, last});
    const TagMention* tag = tag_at(last);
    if (han && tag == nullptr && text(last) == "的") tag = tag_at(last + 1);
    const bool apart = han && tag != nullptr && tag->first != last;  // 机器人的温度
    const bool code = !han && last - first >= 2 && tokens_[last - 1].is_number();
    if (!code && tag != nullptr && is_bare(*tag)) {
      if (u_.assets.empty() && (han || apart)) {
        add_asset(said);
      } else if (!apart) {
        add_tag(words(first, tag->last), *tag);
      } else {
        add_asset(said);
      }
      return;
    }
    const bool owner_of_tag = !han && text(last) == "'s";
    if (code || owner_of_tag) {
      add_asset(said);
      return;
    }
    if (!han && u_.assets.empty() && after_preposition(first)) add_asset(said);
    if (han && u_.assets.empty() && tag != nullptr) add_asset(said);
  }

  void add_asset(const std::string& said) {
    UnknownName unknown;
    unknown.asset = true;
    unknown.words = said;
    unknown.nearest = lexicon_.nearest_assets(said, kNearest);
    u_.unknown.push_back(std::move(unknown));
  }

  void add_tag(const std::string& said, const TagMention& instead) {
    UnknownName unknown;
    unknown.words = said;
    std::vector<uint32_t> among;
    for (const auto& [tag, score] : instead.tags) {
      const std::string& asset = lexicon_.catalogue().tags()[tag].asset;
      const bool fits =
          u_.assets.empty() ||
          std::any_of(u_.assets.begin(), u_.assets.end(), [&](const AssetMention& mention) {
            return std::any_of(mention.assets.begin(), mention.assets.end(), [&](uint32_t a) {
              return lexicon_.catalogue().assets()[a].id == asset;
            });
          });
      if (fits) among.push_back(tag);
    }
    unknown.nearest = lexicon_.nearest_tags(said, among, kNearest);
    u_.unknown.push_back(std::move(unknown));
  }

  Understanding& u_;
  const Tokens& tokens_;
  const Lexicon& lexicon_;
  std::vector<bool> used_;
};

}  // namespace

void find_unknown_names(Understanding& u, const Lexicon& lexicon) {
  UnknownFinder(u, lexicon).run();
}

}  // namespace mw::assistant
