#include "assistant/internal/lexicon.h"

#include <algorithm>
#include <cmath>

#include "assistant/internal/features.h"
#include "assistant/internal/numerals.h"
#include "assistant/internal/utf8.h"
#include "assistant/internal/words.h"

namespace mw::assistant {
namespace {

constexpr double kSynonymScore = 0.97;
constexpr double kHeadScore = 0.62;   // "temperature" for "spindle temperature"
constexpr double kOtherScore = 0.40;  // "spindle" for it
constexpr double kLeastSimilarity = 0.75;

bool is_joint(const Token& token) {
  static constexpr std::string_view kJoints[] = {"-", "_", "/", "#", "'", "\"",
                                                 "`", "*", "(", ")", "[", "]"};
  return token.kind == Token::Kind::kSign &&
         std::find(std::begin(kJoints), std::end(kJoints), token.text) != std::end(kJoints);
}

bool is_han_word(std::string_view word) {
  return !word.empty() && is_han(read_character(word, 0).code);
}

std::string number_word(double value) { return "#" + std::to_string(std::lround(value)); }

}  // namespace

Tokens content_tokens(const Tokens& tokens, const std::vector<std::pair<size_t, size_t>>& blanks) {
  Tokens out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto blank = std::find_if(blanks.begin(), blanks.end(), [&](const auto& range) {
      return i >= range.first && i < range.second;
    });
    if (blank != blanks.end()) {
      Token mark;
      mark.text = kTimeMark;
      mark.begin = tokens[i].begin;
      i = blank->second - 1;
      mark.end = tokens[i].end;
      out.push_back(std::move(mark));
    } else if (!is_joint(tokens[i])) {
      out.push_back(tokens[i]);
    }
  }
  return out;
}

Lexicon::Lexicon(std::shared_ptr<const plant::Catalogue> catalogue)
    : catalogue_(std::move(catalogue)) {
  using Kind = NameHit::Kind;
  const auto add_text = [&](const Text& name, Kind kind, double score, uint32_t item,
                            const std::string& id) {
    add(name.en, kind, score, item, id);
    add(name.zh, kind, score, item, id);
  };
  const auto add_places = [&](const auto& places, Kind kind) {
    for (uint32_t i = 0; i < places.size(); ++i) {
      add(places[i].id, kind, 1, i, places[i].id);
      add_text(places[i].name, kind, 1, i, places[i].id);
      for (const std::string& synonym : places[i].synonyms) {
        add(synonym, kind, kSynonymScore, i, places[i].id);
      }
    }
  };
  add_places(catalogue_->areas(), Kind::kArea);
  add_places(catalogue_->lines(), Kind::kLine);
  add_places(catalogue_->cells(), Kind::kCell);
  add(catalogue_->site(), Kind::kSite, 1, 0, catalogue_->site());
  add_text(catalogue_->site_name(), Kind::kSite, 1, 0, catalogue_->site());
  for (uint32_t i = 0; i < catalogue_->assets().size(); ++i) {
    const plant::Asset& asset = catalogue_->assets()[i];
    add(asset.id, Kind::kAsset, 1, i, {});
    add_text(asset.name, Kind::kAsset, 1, i, {});
    for (const std::string& synonym : asset.synonyms)
      add(synonym, Kind::kAsset, kSynonymScore, i, {});
    add(asset.kind, Kind::kAssetKind, kSynonymScore, i, asset.kind);
    add_text(asset.kind_name, Kind::kAssetKind, 1, i, asset.kind);
    for (const std::string& synonym : asset.kind_synonyms) {
      add(synonym, Kind::kAssetKind, kSynonymScore, i, asset.kind);
    }
    for (const plant::AssetState& state : asset.states) {
      add(state.id, Kind::kState, 1, i, state.id);
      add_text(state.name, Kind::kState, 1, i, state.id);
      std::vector<std::string> names = state.synonyms;
      names.push_back(state.name.zh);
      for (const std::string& name : names) {
        add(name, Kind::kState, kSynonymScore, i, state.id);
        for (const std::string_view way : ways_to_ask(name))
          add(way, Kind::kState, 0.95, i, state.id);
      }
    }
    int number = 0;
    for (const std::string& word : phrase_words(asset.id)) {
      if (word[0] == '#') number = std::atoi(word.c_str() + 1);
    }
    numbers_.push_back(number);
  }
  for (const char* word : {"machine", "asset", "device", "equipment", "machinery", "unit", "机器",
                           "设备", "机台", "机", "台设备"}) {
    add(word, Kind::kAssetKind, 0.5, 0, {});
  }
  for (uint32_t i = 0; i < catalogue_->tags().size(); ++i) {
    const plant::Tag& tag = catalogue_->tags()[i];
    // Not the whole id: in "cnc-1/vibration" the machine is found for itself.
    const size_t slash = tag.id.find('/');
    if (slash != std::string::npos) add(tag.id.substr(slash + 1), Kind::kTag, 0.99, i, {});
    add_text(tag.name, Kind::kTag, 1, i, {});
    for (const std::string& synonym : tag.synonyms) add(synonym, Kind::kTag, kSynonymScore, i, {});
    std::vector<std::string> chinese = tag.synonyms;
    chinese.push_back(tag.name.zh);
    for (const std::string& name : chinese) {
      for (const std::string_view way : ways_to_ask(name)) add(way, Kind::kTag, 0.95, i, {});
    }
    add_parts(tag.name.en, i);
    add_parts(tag.name.zh, i);
  }
  by_phrase_.clear();
}

std::vector<std::string> Lexicon::phrase_words(std::string_view text) {
  const Tokens tokens = content_tokens(tokenize(text), {});
  std::vector<std::string> words;
  for (size_t at = 0; at < tokens.size();) {
    if (const auto number = read_numeral(tokens, at); number && number->value < 1e6) {
      words.push_back(number_word(number->value));
      at += number->tokens;
      continue;
    }
    if (tokens[at].kind != Token::Kind::kSign) words.push_back(canonical_word(tokens[at].text));
    ++at;
  }
  return words;
}

void Lexicon::add(std::string_view text, NameHit::Kind kind, double score, uint32_t item,
                  std::string id) {
  add_words(phrase_words(text), kind, score, item, std::move(id), false);
}

void Lexicon::add_words(std::vector<std::string> words, NameHit::Kind kind, double score,
                        uint32_t item, std::string id, bool head) {
  if (words.empty()) return;
  std::string key = std::to_string(static_cast<int>(kind)) + "|" + id + "|" +
                    std::to_string(std::lround(score * 100)) + (head ? "h" : "");
  for (const std::string& word : words) key += " " + word;
  const auto [found, fresh] = by_phrase_.emplace(key, static_cast<uint32_t>(entries_.size()));
  if (fresh) {
    by_first_word_[words.front()].push_back(found->second);
    for (const std::string& word : words) {
      if (word[0] != '#' && !is_han_word(word)) vocabulary_.insert(word);
    }
    entries_.push_back({std::move(words), kind, score, {}, std::move(id), head});
  }
  std::vector<uint32_t>& items = entries_[found->second].items;
  if (items.empty() || items.back() != item) items.push_back(item);
}

void Lexicon::add_parts(std::string_view name, uint32_t tag) {
  const std::vector<std::string> words = phrase_words(name);
  if (words.size() < 2) return;
  if (!is_han_word(words.back())) {
    for (size_t i = 0; i < words.size(); ++i) {
      const bool head = i + 1 == words.size();
      if (words[i][0] == '#' || is_function_word(words[i])) continue;
      add_words({words[i]}, NameHit::Kind::kTagPart, head ? kHeadScore : kOtherScore, tag, {},
                head);
    }
    return;
  }
  // Chinese names end in their noun: 温度 of 主轴温度; 主轴 qualifies it.
  if (words.size() < 4) return;
  const std::vector<std::string> head(words.end() - 2, words.end());
  const std::vector<std::string> other(words.begin(), words.end() - 2);
  add_words(head, NameHit::Kind::kTagPart, kHeadScore, tag, {}, true);
  add_words(other, NameHit::Kind::kTagPart, kOtherScore, tag, {}, false);
}

std::vector<Lexicon::Option> Lexicon::options(const Tokens& tokens, size_t at) const {
  std::vector<Option> out;
  if (at >= tokens.size()) return out;
  if (const auto number = read_numeral(tokens, at); number && number->value < 1e6) {
    out.push_back({number_word(number->value), number->tokens, 1, false});
    return out;
  }
  if (tokens[at].kind == Token::Kind::kSign) return out;
  const std::string& text = tokens[at].text;
  const std::string word = canonical_word(text);
  out.push_back({word, 1, 1, word != text && text.back() == 's'});
  if (!tokens[at].is_word() || word.size() < 4 || vocabulary_.count(word) > 0 ||
      is_known_word(text)) {
    return out;
  }
  const size_t edits = word.size() >= 8 ? 2 : 1;
  for (const std::string& known : vocabulary_) {
    if (known.size() < 4 || known.size() + edits < word.size() ||
        word.size() + edits < known.size()) {
      continue;
    }
    const double alike = similarity(word, known);
    const auto longest = static_cast<double>(std::max(word.size(), known.size()));
    if ((1 - alike) * longest <= static_cast<double>(edits) + 1e-9)
      out.push_back({known, 1, alike, false});
  }
  return out;
}

bool Lexicon::rest_matches(const Entry& entry, const Tokens& tokens, size_t next, size_t& end,
                           double& total) const {
  for (size_t w = 1; w < entry.words.size(); ++w) {
    bool found = false;
    // "主轴的温度", "temperature of the spindle": a joint word may stand between two of the name.
    for (size_t skip = 0; skip <= 1 && !found; ++skip) {
      if (skip == 1 &&
          (next >= tokens.size() || (tokens[next].text != "的" && tokens[next].text != "the"))) {
        break;
      }
      for (const Option& option : options(tokens, next + skip)) {
        if (option.word != entry.words[w]) continue;
        total += option.similarity;
        next += skip + option.tokens;
        found = true;
        break;
      }
    }
    if (!found) return false;
  }
  end = next;
  return true;
}

std::vector<NameHit> Lexicon::at(const Tokens& tokens, size_t at) const {
  std::vector<NameHit> hits;
  for (const Option& option : options(tokens, at)) {
    const auto found = by_first_word_.find(option.word);
    if (found == by_first_word_.end()) continue;
    for (const uint32_t index : found->second) {
      const Entry& entry = entries_[index];
      size_t end = at + option.tokens;
      double total = option.similarity;
      if (!rest_matches(entry, tokens, end, end, total)) continue;
      const double alike = total / static_cast<double>(entry.words.size());
      if (alike < kLeastSimilarity) continue;
      NameHit hit;
      hit.kind = entry.kind;
      hit.first = at;
      hit.last = end;
      hit.score = entry.score * alike;
      hit.items = entry.items;
      hit.id = entry.id;
      hit.head = entry.head;
      const std::string& last = tokens[end - 1].text;
      hit.plural = last != canonical_word(last) && last.back() == 's';
      hits.push_back(std::move(hit));
    }
  }
  return hits;
}

std::vector<uint32_t> Lexicon::assets_of_kind(std::string_view kind) const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < catalogue_->assets().size(); ++i) {
    if (kind.empty() || catalogue_->assets()[i].kind == kind) out.push_back(i);
  }
  return out;
}

namespace {

std::vector<uint32_t> best_of(std::vector<std::pair<double, uint32_t>> scored, size_t most) {
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<uint32_t> out;
  for (const auto& [score, item] : scored) {
    if (out.size() == most) break;
    out.push_back(item);
  }
  return out;
}

}  // namespace

std::vector<uint32_t> Lexicon::nearest_assets(std::string_view unknown, size_t most) const {
  std::vector<std::pair<double, uint32_t>> scored;
  for (uint32_t i = 0; i < catalogue_->assets().size(); ++i) {
    const plant::Asset& asset = catalogue_->assets()[i];
    double best =
        std::max(name_similarity(unknown, asset.name.en), name_similarity(unknown, asset.name.zh));
    for (const std::string& synonym : asset.synonyms) {
      best = std::max(best, name_similarity(unknown, synonym));
    }
    scored.emplace_back(best, i);
  }
  return best_of(std::move(scored), most);
}

std::vector<uint32_t> Lexicon::nearest_tags(std::string_view unknown,
                                            const std::vector<uint32_t>& among, size_t most) const {
  std::vector<std::pair<double, uint32_t>> scored;
  for (const uint32_t i : among) {
    const plant::Tag& tag = catalogue_->tags()[i];
    double best =
        std::max(name_similarity(unknown, tag.name.en), name_similarity(unknown, tag.name.zh));
    for (const std::string& synonym : tag.synonyms) {
      best = std::max(best, name_similarity(unknown, synonym));
    }
    scored.emplace_back(best, i);
  }
  return best_of(std::move(scored), most);
}

}  // namespace mw::assistant
