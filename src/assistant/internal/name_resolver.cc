#include "assistant/internal/name_resolver.h"

#include <algorithm>

#include "assistant/internal/numerals.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

using Kind = NameHit::Kind;

class NameResolver {
 public:
  NameResolver(Understanding& u, const Lexicon& lexicon)
      : u_(u), tokens_(u.tokens), lexicon_(lexicon), owner_(u.tokens.size(), -1) {
    features_ = find_features(tokens_);
  }

  void run() {
    choose_hits();
    for (const NameHit& hit : chosen_) {
      if (hit.kind == Kind::kAsset) take_asset(hit);
      if (hit.kind == Kind::kAssetKind) take_kind(hit);
      if (hit.kind == Kind::kArea || hit.kind == Kind::kLine || hit.kind == Kind::kCell ||
          hit.kind == Kind::kSite) {
        take_place(hit);
      }
      if (hit.kind == Kind::kState) u_.states.push_back({hit.first, hit.last, hit.id});
      if (hit.kind == Kind::kTag) take_tag(hit);
    }
    take_parts();
    drop_adjectives();
    drop_counting_words();
    const auto by_place = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(u_.assets.begin(), u_.assets.end(), by_place);
    std::stable_sort(u_.tags.begin(), u_.tags.end(), by_place);
    std::stable_sort(u_.states.begin(), u_.states.end(), by_place);
    for (const FeatureHit& hit : features_) {
      if (!inside_longer_name(hit)) u_.features.push_back(hit);
    }
    drop_state_words();
    narrow_to_places();
  }

 private:
  std::string_view text(size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  bool han(size_t at) const { return at < tokens_.size() && tokens_[at].is_han(); }

  /// A name of one Chinese character ("炉", "力") only counts where nothing is glued to its left.
  bool stands_free(const NameHit& hit) const {
    if (hit.last - hit.first > 1 || !han(hit.first)) return true;
    if (hit.first == 0) return true;
    const std::string_view before = text(hit.first - 1);
    const bool after_feature =
        std::any_of(features_.begin(), features_.end(),
                    [&](const FeatureHit& each) { return each.last == hit.first; });
    return after_feature || !han(hit.first - 1) || before == "的" || before == "号" ||
           before == "台" || before == "这" || before == "该" || owner_[hit.first - 1] >= 0;
  }

  /// 机器人 is a robot, not a machine and a person.
  bool is_robot(const NameHit& hit) const {
    return hit.kind == Kind::kAssetKind && hit.id.empty() && text(hit.last) == "人";
  }

  /// 件数 in 事件数: a Chinese name that begins inside a word of the question.
  bool cuts_word(const NameHit& hit) const {
    if (!han(hit.first)) return false;
    return std::any_of(features_.begin(), features_.end(), [&](const FeatureHit& each) {
      return each.first < hit.first && hit.first < each.last && each.last < hit.last;
    });
  }

  void choose_hits() {
    std::vector<NameHit> hits;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      for (NameHit& hit : lexicon_.at(tokens_, at)) hits.push_back(std::move(hit));
    }
    const auto bytes = [&](const NameHit& hit) {
      return tokens_[hit.last - 1].end - tokens_[hit.first].begin;
    };
    std::stable_sort(hits.begin(), hits.end(), [&](const NameHit& a, const NameHit& b) {
      const bool a_part = a.kind == Kind::kTagPart;
      const bool b_part = b.kind == Kind::kTagPart;
      if (a_part != b_part) return b_part;  // whole names first
      if (bytes(a) != bytes(b)) return bytes(a) > bytes(b);
      return a.score > b.score;
    });
    for (const NameHit& hit : hits) {
      if (!stands_free(hit) || is_robot(hit) || cuts_word(hit)) continue;
      int other = -1;
      bool free = true;
      for (size_t i = hit.first; i < hit.last; ++i) {
        if (owner_[i] >= 0) free = false;
        other = std::max(other, owner_[i]);
      }
      // Rivals share exactly the same words and are of the same sort.
      bool rival = !free && other >= 0;
      if (rival) {
        const NameHit& first = chosen_[static_cast<size_t>(other)];
        const bool tags =
            first.kind == Kind::kTag && (hit.kind == Kind::kTag || hit.kind == Kind::kTagPart);
        rival =
            first.first == hit.first && first.last == hit.last && (first.kind == hit.kind || tags);
      }
      if (!free && !rival) continue;
      if (free) {
        for (size_t i = hit.first; i < hit.last; ++i) owner_[i] = static_cast<int>(chosen_.size());
      }
      chosen_.push_back(hit);
    }
  }

  AssetMention* mention_at(size_t first, size_t last) {
    for (AssetMention& mention : u_.assets) {
      if (mention.first == first && mention.last == last) return &mention;
    }
    return nullptr;
  }

  void take_asset(const NameHit& hit) {
    if (AssetMention* same = mention_at(hit.first, hit.last)) {
      if (hit.score + 0.05 < same->score) return;  // a misspelling of something better matched
      for (const uint32_t item : hit.items) {
        if (std::find(same->assets.begin(), same->assets.end(), item) == same->assets.end()) {
          same->assets.push_back(item);
        }
      }
      return;
    }
    AssetMention mention;
    mention.first = hit.first;
    mention.last = hit.last;
    mention.assets = hit.items;
    mention.score = hit.score;
    u_.assets.push_back(mention);
    const std::string& kind = lexicon_.catalogue().assets()[hit.items.front()].kind;
    earlier_numbers(hit.first, kind);
    more_numbers(hit.last, kind);
  }

  void take_place(const NameHit& hit) {
    if (mention_at(hit.first, hit.last) != nullptr) return;
    const plant::Catalogue& catalogue = lexicon_.catalogue();
    AssetMention mention;
    mention.first = hit.first;
    mention.last = hit.last;
    mention.all = true;
    mention.generic = true;
    mention.score = hit.score;
    mention.level = hit.kind == Kind::kArea   ? "area"
                    : hit.kind == Kind::kLine ? "line"
                    : hit.kind == Kind::kCell ? "cell"
                                              : "site";
    mention.place = hit.id;
    for (uint32_t i = 0; i < catalogue.assets().size(); ++i) {
      const plant::Asset& asset = catalogue.assets()[i];
      const plant::Line* line = catalogue.line(asset.line);
      const std::string& in = hit.kind == Kind::kLine   ? asset.line
                              : hit.kind == Kind::kCell ? asset.cell
                              : hit.kind == Kind::kSite ? catalogue.site()
                                                        : line->area;
      if (in == hit.id) mention.assets.push_back(i);
    }
    u_.assets.push_back(std::move(mention));
  }

  static bool within(const std::vector<uint32_t>& some, const std::vector<uint32_t>& all) {
    return std::all_of(some.begin(), some.end(), [&](uint32_t asset) {
      return std::find(all.begin(), all.end(), asset) != all.end();
    });
  }

  /// "the machines in the press shop", "the CNCs of line 1": a place says which of them are meant,
  /// and of a place within another ("the press shop in hall A") the inner one does.
  void narrow_to_places() {
    std::vector<AssetMention> places;
    for (const AssetMention& mention : u_.assets) {
      if (!mention.level.empty()) places.push_back(mention);
    }
    if (places.empty()) return;
    const auto outer = [&](const AssetMention& place) {
      return std::any_of(places.begin(), places.end(), [&](const AssetMention& other) {
        if (other.first == place.first || !within(other.assets, place.assets)) return false;
        return !within(place.assets, other.assets) || other.first < place.first;
      });
    };
    std::vector<uint32_t> inside;
    for (const AssetMention& place : places) {
      if (outer(place)) continue;
      inside.insert(inside.end(), place.assets.begin(), place.assets.end());
    }
    std::vector<AssetMention> kept;
    for (AssetMention& mention : u_.assets) {
      const bool place = !mention.level.empty();
      if (place ? outer(mention) : mention.generic) continue;
      // One machine by its name is meant wherever it stands.
      if (!place && (mention.all || mention.assets.size() > 1)) {
        std::erase_if(mention.assets, [&](uint32_t asset) {
          return std::find(inside.begin(), inside.end(), asset) == inside.end();
        });
      }
      kept.push_back(std::move(mention));
    }
    u_.assets = std::move(kept);
  }

  /// "2号", "第二台", "no. 2", "the second": the number that belongs to a kind at [first, last).
  std::optional<int> number_beside(size_t& first, size_t& last) const {
    // Before: numeral 号|# kind; 第 numeral 台 kind; number|no numeral kind; ordinal kind.
    for (size_t back = 1; back <= 5 && back <= first; ++back) {
      const size_t at = first - back;
      size_t next = at;
      bool marked = false;
      if (text(at) == "number" || text(at) == "no" || text(at) == "nr") {
        next = at + 1 + (text(at + 1) == "." ? 1 : 0);
        marked = true;
      }
      std::optional<Numeral> number;
      if (const auto ordinal = read_ordinal(tokens_, at)) {
        number = ordinal;
        next = at + ordinal->tokens;
        marked = true;
      } else if (const auto plain = read_numeral(tokens_, next)) {
        number = plain;
        next += plain->tokens;
      }
      if (!number) continue;
      if (text(next) == "号" || text(next) == "台" || text(next) == "的") {
        marked = marked || text(next) == "号";
        ++next;
      }
      if (text(next) == "的") ++next;
      if (next != first || !marked || number->value > 1e5) continue;
      first = at;
      return static_cast<int>(number->value);
    }
    // After: kind numeral; kind number|no numeral; kind numeral 号.
    size_t next = last;
    if (text(next) == "number" || text(next) == "no" || text(next) == "nr") {
      next += 1 + (text(next + 1) == "." ? 1 : 0);
    }
    const auto number = read_numeral(tokens_, next);
    if (!number || number->value > 1e5) return std::nullopt;
    next += number->tokens;
    if (text(next) == "号") {
      ++next;
    } else if (han(last) || text(next) == "°" || text(next) == "%") {
      return std::nullopt;  // 机床三次: three times, not machine three
    }
    last = next;
    return static_cast<int>(number->value);
  }

  /// Those of the kind, and of others that bear its name: chillers with sensors and without.
  std::vector<uint32_t> named_alike(const NameHit& hit) const {
    std::vector<uint32_t> out = lexicon_.assets_of_kind(hit.id);
    for (const NameHit& other : chosen_) {
      const bool rival = other.kind == Kind::kAssetKind && other.first == hit.first &&
                         other.last == hit.last && other.id != hit.id && !other.id.empty();
      if (!rival || hit.id.empty() || other.score + 0.05 < hit.score) continue;
      const std::vector<uint32_t> more = lexicon_.assets_of_kind(other.id);
      out.insert(out.end(), more.begin(), more.end());
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  void take_kind(const NameHit& hit) {
    for (const AssetMention& mention : u_.assets) {
      if (mention.first <= hit.first && hit.last <= mention.last) return;  // part of a name
    }
    for (const UnknownName& unknown : u_.unknown) {
      if (unknown.first <= hit.first && hit.last <= unknown.last) return;  // of a kind before
    }
    size_t first = hit.first;
    size_t last = hit.last;
    const auto number = number_beside(first, last);
    std::vector<uint32_t> of_kind = named_alike(hit);
    if (number) {
      take_numbered(first, last, of_kind, *number, hit.score);
      earlier_numbers(first, hit.id);
      more_numbers(last, hit.id);
      return;
    }
    // 机 alone only counts as in 2号机.
    if (hit.id.empty() && hit.last - hit.first == 1 && text(hit.first) == "机") return;
    AssetMention mention;
    mention.first = hit.first;
    mention.last = hit.last;
    mention.score = hit.score;
    mention.generic = hit.id.empty();
    mention.of_kind = !mention.generic;
    mention.all = hit.plural || mention.generic || grouped(hit.first);
    mention.assets = std::move(of_kind);
    if (mention.assets.size() == 1) mention.all = false;
    if (mention_at(mention.first, mention.last) == nullptr) u_.assets.push_back(std::move(mention));
  }

  void take_numbered(size_t first, size_t last, const std::vector<uint32_t>& among, int number,
                     double score) {
    AssetMention mention;
    mention.first = first;
    mention.last = last;
    mention.score = score;
    for (const uint32_t asset : among) {
      if (lexicon_.number_of(asset) == number) mention.assets.push_back(asset);
    }
    mark(first, last);
    if (!mention.assets.empty()) {
      u_.assets.push_back(std::move(mention));
      return;
    }
    UnknownName unknown;
    unknown.asset = true;
    unknown.words = words(first, last);
    unknown.first = first;
    unknown.last = last;
    unknown.nearest.assign(among.begin(),
                           among.begin() + std::min<long>(3, static_cast<long>(among.size())));
    u_.unknown.push_back(std::move(unknown));
  }

  /// "1号和2号数控机床", "一号、二号机床": numbers before the name of the kind.
  void earlier_numbers(size_t first, const std::string& kind) {
    while (first >= 2) {
      const std::string_view joint = text(first - 1);
      if (joint != "和" && joint != "与" && joint != "," && joint != "跟" && joint != "及") return;
      const size_t mark = first - 2;
      if (text(mark) != "号" || mark == 0) return;
      std::optional<Numeral> number;
      size_t at = mark;
      for (size_t back = 1; back <= 3 && back <= mark; ++back) {
        const auto read = read_numeral(tokens_, mark - back);
        if (!read || read->tokens != back) break;
        number = read;
        at = mark - back;
      }
      if (!number || owner(at) >= 0 || number->value > 1e5) return;
      take_numbered(at, mark + 1, lexicon_.assets_of_kind(kind), static_cast<int>(number->value),
                    0.95);
      first = at;
    }
  }

  /// "CNC 1 and 2": further numbers of the same kind.
  void more_numbers(size_t at, const std::string& kind) {
    while (text(at) == "and" || text(at) == "," || text(at) == "和" || text(at) == "与" ||
           text(at) == "&" || text(at) == "versus" || text(at) == "vs") {
      size_t next = at + 1;
      if (text(next) == "number" || text(next) == "no") ++next;
      const auto number = read_numeral(tokens_, next);
      if (!number || number->value > 1e5 || number->value < 1) return;
      size_t end = next + number->tokens;
      const bool numbered = text(end) == "号";
      if (numbered) ++end;
      // "and 2 hours", "和3号压力机": the number belongs to something else.
      const bool closed =
          end >= tokens_.size() || tokens_[end].kind == Token::Kind::kSign ||
          (numbered ? text(end) == "的" || owner(end) < 0 : !tokens_[end].is_word() && !han(end));
      if (!closed || (end < tokens_.size() && owner(end) >= 0)) return;
      take_numbered(next, end, lexicon_.assets_of_kind(kind), static_cast<int>(number->value),
                    0.95);
      at = end;
    }
  }

  int owner(size_t at) const { return at < owner_.size() ? owner_[at] : -1; }
  void mark(size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) owner_[i] = std::max(owner_[i], 0);
  }

  /// "both CNCs", "所有机床", "两台数控机床": all of the kind are meant.
  bool grouped(size_t first) const {
    for (size_t back = 1; back <= 3 && back <= first; ++back) {
      const std::string_view word = text(first - back);
      for (const std::string_view group : {"all", "both", "every", "each", "two", "three", "which",
                                           "各", "有", "部", "两", "每", "哪", "三"}) {
        if (word == group) return true;
      }
      if (word == "台" || word == "the" || word == "of" || word == "个" || word == "些") continue;
      return false;
    }
    return false;
  }

  std::string words(size_t first, size_t last) const {
    const size_t begin = tokens_[first].begin;
    return u_.question.substr(begin, tokens_[last - 1].end - begin);
  }

  void take_tag(const NameHit& hit) {
    for (TagMention& mention : u_.tags) {
      if (mention.first != hit.first || mention.last != hit.last) continue;
      for (const uint32_t tag : hit.items) {
        mention.tags[tag] = std::max(mention.tags[tag], hit.score);
      }
      return;
    }
    TagMention mention;
    mention.first = hit.first;
    mention.last = hit.last;
    mention.spans = {{hit.first, hit.last}};
    for (const uint32_t tag : hit.items) mention.tags[tag] = hit.score;
    u_.tags.push_back(std::move(mention));
  }

  /// Parts of names: those beside each other must hold for the same tag.
  void take_parts() {
    std::vector<NameHit> parts;
    for (const NameHit& hit : chosen_) {
      if (hit.kind != Kind::kTagPart) continue;
      bool beside_name = false;
      for (TagMention& mention : u_.tags) {
        if (mention.first == hit.first && mention.last == hit.last) {  // a rival of a whole name
          for (const uint32_t tag : hit.items) mention.tags.emplace(tag, hit.score);
          beside_name = true;
        }
      }
      if (!beside_name) parts.push_back(hit);
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const NameHit& a, const NameHit& b) { return a.first < b.first; });
    // Rivals of one place are merged before neighbours are joined.
    std::vector<TagMention> places;
    for (const NameHit& hit : parts) {
      if (places.empty() || places.back().first != hit.first || places.back().last != hit.last) {
        TagMention place;
        place.first = hit.first;
        place.last = hit.last;
        place.spans = {{hit.first, hit.last}};
        place.partial = true;
        places.push_back(std::move(place));
      }
      for (const uint32_t tag : hit.items) {
        double& score = places.back().tags[tag];
        score = std::max(score, hit.score);
      }
    }
    for (TagMention& place : places) {
      TagMention* before = neighbour(place);
      if (before == nullptr || !join(*before, place)) u_.tags.push_back(std::move(place));
    }
  }

  /// Whether two parts so close may belong to one name: "warm ... the oil", "current ... motor". A
  /// listing word or a sign between them says that they do not.
  bool joins(size_t first, size_t last) const {
    if (last - first > 6) return false;
    static constexpr std::string_view kApart[] = {"and", "or", "和", "与", "及", "跟", "还"};
    for (size_t i = first; i < last; ++i) {
      const bool sign = tokens_[i].kind == Token::Kind::kSign && text(i) != kTimeMark;
      if (sign || std::find(std::begin(kApart), std::end(kApart), text(i)) != std::end(kApart))
        return false;
    }
    return true;
  }

  /// The nearest tag mention that `place` may belong to.
  TagMention* neighbour(const TagMention& place) {
    for (auto each = u_.tags.rbegin(); each != u_.tags.rend(); ++each) {
      TagMention& mention = *each;
      if (mention.last <= place.first && joins(mention.last, place.first)) return &mention;
      if (place.last <= mention.first && joins(place.last, mention.first)) return &mention;
    }
    return nullptr;
  }

  static bool join(TagMention& mention, const TagMention& other) {
    TagMention both = mention;
    both.tags.clear();
    for (const auto& [tag, score] : other.tags) {
      const auto found = mention.tags.find(tag);
      if (found == mention.tags.end()) continue;
      both.tags[tag] = std::min(0.95, found->second + score);
    }
    if (both.tags.empty()) return false;
    both.first = std::min(mention.first, other.first);
    both.last = std::max(mention.last, other.last);
    both.spans.insert(both.spans.end(), other.spans.begin(), other.spans.end());
    mention = std::move(both);
    return true;
  }

  /// "the current spindle temperature": "current" before another name is an adjective.
  void drop_adjectives() {
    for (size_t i = 0; i < u_.tags.size();) {
      const TagMention& mention = u_.tags[i];
      // "How fast is the temperature rising": the speed is that of the change.
      const bool rate = text(mention.first) == "fast" && u_.tags.size() > 1;
      bool adjective = mention.last - mention.first == 1 && text(mention.first) == "current";
      if (adjective) {
        const std::string_view next = text(mention.last);
        bool before_name = false;
        for (const TagMention& other : u_.tags) before_name |= other.first == mention.last;
        for (const AssetMention& other : u_.assets) before_name |= other.first == mention.last;
        for (const StateMention& other : u_.states) before_name |= other.first == mention.last;
        static constexpr std::string_view kNouns[] = {"value", "reading",   "state",   "status",
                                                      "level", "condition", "average", "mean",
                                                      "shift", "trend"};
        for (const std::string_view noun : kNouns) before_name |= next == noun;
        adjective = before_name;
      }
      if (adjective || rate) {
        u_.tags.erase(u_.tags.begin() + static_cast<long>(i));
      } else {
        ++i;
      }
    }
  }

  /// "故障次数": how often the state, not the strokes of a press.
  void drop_counting_words() {
    const auto counts_state = [&](const TagMention& mention) {
      const bool counting =
          std::any_of(features_.begin(), features_.end(), [&](const FeatureHit& hit) {
            return hit.feature == Feature::kHowOften && hit.first <= mention.first &&
                   mention.last <= hit.last;
          });
      return counting &&
             std::any_of(u_.states.begin(), u_.states.end(), [&](const StateMention& state) {
               return state.last == mention.first ||
                      (state.last + 1 == mention.first && text(state.last) == "的");
             });
    };
    u_.tags.erase(std::remove_if(u_.tags.begin(), u_.tags.end(), counts_state), u_.tags.end());
  }

  bool inside_longer_name(const FeatureHit& hit) const {
    const auto covers = [&](size_t first, size_t last) {
      return first <= hit.first && hit.last <= last && last - first > hit.last - hit.first;
    };
    for (const TagMention& mention : u_.tags) {
      for (const auto& [first, last] : mention.spans) {
        if (covers(first, last)) return true;
      }
    }
    for (const AssetMention& mention : u_.assets) {
      if (covers(mention.first, mention.last)) return true;
    }
    for (const StateMention& mention : u_.states) {
      if (covers(mention.first, mention.last)) return true;
    }
    return false;
  }

  /// "生产了多少件" and "made" ask for a count, not for the state 生产.
  void drop_state_words() {
    const auto overlapped = [&](const StateMention& state) {
      return std::any_of(u_.features.begin(), u_.features.end(), [&](const FeatureHit& hit) {
        const bool wider = hit.last - hit.first > state.last - state.first;
        return wider && hit.first <= state.first && state.last <= hit.last;
      });
    };
    u_.states.erase(std::remove_if(u_.states.begin(), u_.states.end(), overlapped),
                    u_.states.end());
  }

  Understanding& u_;
  const Tokens& tokens_;
  const Lexicon& lexicon_;
  std::vector<int> owner_;  // index into chosen_ of the name that holds the token, -1 for none
  std::vector<NameHit> chosen_;
  std::vector<FeatureHit> features_;
};

}  // namespace

void resolve_names(Understanding& u, const Lexicon& lexicon) { NameResolver(u, lexicon).run(); }

}  // namespace mw::assistant
