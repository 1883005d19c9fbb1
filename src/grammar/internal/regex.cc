#include "grammar/internal/regex.h"

#include <memory>
#include <optional>
#include <string>

#include "tokenizers/utf8_decode.h"

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxPatternBytes = 16 * 1024;
constexpr int kMaxNesting = 100;
constexpr uint32_t kMaxCount = 1'000'000;

struct Part {
  enum class Kind { kChars, kSequence, kChoice, kRepeat, kStart, kEnd, kLook };
  Kind kind = Kind::kSequence;
  CharSet chars;
  std::vector<Part> kids;
  uint32_t min = 0;
  uint32_t max = 0;
  bool negative = false;  // kLook
};

CharSet digits() { return {'0', '9'}; }

CharSet word_chars() {
  CharSet out = digits();
  return out.add('a', 'z').add('A', 'Z').add('_', '_');
}

CharSet spaces() {
  CharSet out('\t', '\r');
  out.add(' ', ' ').add(0xa0, 0xa0).add(0x1680, 0x1680).add(0x2000, 0x200a);
  return out.add(0x2028, 0x2029)
      .add(0x202f, 0x202f)
      .add(0x205f, 0x205f)
      .add(0x3000, 0x3000)
      .add(0xfeff, 0xfeff);
}

CharSet line_chars() {
  CharSet ends('\n', '\n');
  ends.add('\r', '\r').add(0x2028, 0x2029);
  return ends.complement();
}

/// The parser: pattern text to parts.
class Parser {
 public:
  Parser(std::string_view text, bool ignore_case) : text_(text), ignore_case_(ignore_case) {}

  Result<Part> parse() {
    MW_ASSIGN(Part out, choice(0));
    if (at_ < text_.size()) return wrong("there is a ')' too many", "多了一个“)”");
    return out;
  }

 private:
  Error wrong(const std::string& en, const std::string& zh) const {
    return Error::make(Code::kInvalidArgument,
                       "regular expression, character " + std::to_string(at_ + 1) + ": " + en,
                       "正则表达式第 " + std::to_string(at_ + 1) + " 个字符：" + zh, "regex");
  }
  Error unsupported(const std::string& what) const {
    return Error::make(
        Code::kUnsupported,
        "regular expression, character " + std::to_string(at_ + 1) + ": " + what +
            " cannot be enforced while decoding: write it without",
        "正则表达式第 " + std::to_string(at_ + 1) + " 个字符：解码时无法保证“" + what + "”，请改写",
        "regex");
  }
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  uint32_t take_char() {
    const tokenizers::DecodedChar next = tokenizers::decode_utf8(text_, at_);
    at_ += next.bytes;
    return static_cast<uint32_t>(next.code_point);
  }

  Result<Part> choice(int depth) {
    if (depth > kMaxNesting) return wrong("groups are nested too deep", "分组嵌套过深");
    Part out;
    out.kind = Part::Kind::kChoice;
    do {
      MW_ASSIGN(Part one, sequence(depth));
      out.kids.push_back(std::move(one));
    } while (take("|"));
    if (out.kids.size() == 1) {
      Part only = std::move(out.kids[0]);
      return only;
    }
    return out;
  }

  Result<Part> sequence(int depth) {
    Part out;
    while (!done() && peek() != '|' && peek() != ')') {
      MW_ASSIGN(Part one, item(depth));
      MW_ASSIGN(Part counted, counts(std::move(one)));
      out.kids.push_back(std::move(counted));
    }
    return out;
  }

  Result<Part> item(int depth) {
    if (take("^")) return assertion(Part::Kind::kStart);
    if (take("$")) return assertion(Part::Kind::kEnd);
    if (take(".")) return chars(line_chars());
    if (take("[")) return char_class();
    if (take("(")) return group(depth);
    if (peek() == '*' || peek() == '+' || peek() == '?') {
      return wrong("there is nothing to repeat", "没有可重复的内容");
    }
    if (peek() == '{' && is_count()) return wrong("there is nothing to repeat", "没有可重复的内容");
    if (take("\\")) {
      if (peek() == 'b' || peek() == 'B') return unsupported("a word boundary (\\b)");
      if (peek() >= '1' && peek() <= '9') return unsupported("a back reference");
      if (peek() == 'k') return unsupported("a named back reference");
      MW_ASSIGN(CharSet set, escape());
      return chars(std::move(set));
    }
    const uint32_t c = take_char();
    return chars(CharSet(c, c));
  }

  static Part assertion(Part::Kind kind) {
    Part out;
    out.kind = kind;
    return out;
  }
  Part chars(CharSet set) const {
    Part out;
    out.kind = Part::Kind::kChars;
    out.chars = ignore_case_ ? set.without_case() : std::move(set);
    return out;
  }

  Result<Part> group(int depth) {
    Part look;
    look.kind = Part::Kind::kLook;
    bool is_look = false;
    if (take("?")) {
      if (take("=")) {
        is_look = true;
      } else if (take("!")) {
        is_look = look.negative = true;
      } else if (text_.substr(at_, 2) == "<=" || text_.substr(at_, 2) == "<!") {
        return unsupported("lookbehind");
      } else if (take("<") || take("P<")) {
        const std::size_t end = text_.find('>', at_);
        if (end == std::string_view::npos) return wrong("the group's name has no '>'", "缺少“>”");
        at_ = end + 1;
      } else if (!take(":")) {
        return unsupported("this kind of group");
      }
    }
    MW_ASSIGN(Part inner, choice(depth + 1));
    if (!take(")")) return wrong("a ')' is missing", "缺少“)”");
    if (!is_look) return inner;
    look.kids.push_back(std::move(inner));
    return look;
  }

  // After the backslash.
  Result<CharSet> escape() {
    if (done()) return wrong("nothing follows the backslash", "反斜杠后没有内容");
    const auto one = [](uint32_t c) { return CharSet(c, c); };
    const char kind = peek();
    switch (kind) {
      case 'd':
        ++at_;
        return digits();
      case 'D':
        ++at_;
        return digits().complement();
      case 'w':
        ++at_;
        return word_chars();
      case 'W':
        ++at_;
        return word_chars().complement();
      case 's':
        ++at_;
        return spaces();
      case 'S':
        ++at_;
        return spaces().complement();
      case 't':
        ++at_;
        return one('\t');
      case 'n':
        ++at_;
        return one('\n');
      case 'r':
        ++at_;
        return one('\r');
      case 'f':
        ++at_;
        return one('\f');
      case 'v':
        ++at_;
        return one('\v');
      case '0':
        ++at_;
        return one(0);
      case 'p':
      case 'P':
        return unsupported("a Unicode property class (\\p)");
      case 'c': {
        ++at_;
        const char letter = peek();
        if (!((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))) {
          return wrong("\\c needs a letter", "“\\c”后应为字母");
        }
        ++at_;
        return one(static_cast<uint32_t>(letter) & 0x1fu);
      }
      case 'x':
        ++at_;
        return hex(2);
      case 'u': {
        ++at_;
        if (take("{")) {
          MW_ASSIGN(CharSet set, hex(0));
          if (!take("}")) return wrong("\\u{ has no }", "“\\u{”缺少“}”");
          return set;
        }
        return hex(4);
      }
      default:
        break;
    }
    if ((kind >= 'a' && kind <= 'z') || (kind >= 'A' && kind <= 'Z')) {
      return wrong("there is no escape \\" + std::string(1, kind), "未知转义");
    }
    const uint32_t c = take_char();
    return one(c);
  }

  // `count` digits, or as many as there are for 0. Surrogate pairs are put together.
  Result<CharSet> hex(int count) {
    const auto read = [this](int wanted) -> std::optional<uint32_t> {
      uint32_t value = 0;
      int seen = 0;
      while (!done() && (wanted == 0 ? seen < 8 : seen < wanted)) {
        const char c = peek();
        uint32_t digit = 0;
        if (c >= '0' && c <= '9') {
          digit = static_cast<uint32_t>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
          digit = static_cast<uint32_t>(c - 'a') + 10;
        } else if (c >= 'A' && c <= 'F') {
          digit = static_cast<uint32_t>(c - 'A') + 10;
        } else {
          break;
        }
        value = value * 16 + digit;
        ++seen;
        ++at_;
      }
      if (seen == 0 || (wanted != 0 && seen != wanted)) return std::nullopt;
      return value;
    };
    auto value = read(count);
    if (!value) return wrong("hexadecimal digits are missing", "缺少十六进制数字");
    if (count == 4 && *value >= 0xd800 && *value < 0xdc00 && take("\\u")) {
      const auto low = read(4);
      if (!low || *low < 0xdc00 || *low > 0xdfff) {
        return wrong("half of a surrogate pair", "代理对不完整");
      }
      value = 0x10000 + ((*value - 0xd800) << 10) + (*low - 0xdc00);
    }
    if (*value > kLastCodePoint || (*value >= 0xd800 && *value <= 0xdfff)) {
      return wrong("this is no character", "不是有效字符");
    }
    return CharSet(*value, *value);
  }

  Result<Part> char_class() {
    const bool inverted = take("^");
    CharSet set;
    while (true) {
      if (done()) return wrong("a ']' is missing", "缺少“]”");
      if (take("]")) break;
      MW_ASSIGN(CharSet low, class_item());
      const bool is_range = peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
      if (!is_range) {
        set.add(low);
        continue;
      }
      ++at_;
      MW_ASSIGN(const CharSet high, class_item());
      const auto single = [](const CharSet& each) {
        return each.ranges().size() == 1 && each.ranges()[0].first == each.ranges()[0].second;
      };
      if (!single(low) || !single(high)) return wrong("a range needs two characters", "范围有误");
      if (low.ranges()[0].first > high.ranges()[0].first) {
        return wrong("a range that ends before it begins", "范围起止颠倒");
      }
      set.add(low.ranges()[0].first, high.ranges()[0].first);
    }
    if (ignore_case_) set = set.without_case();
    return chars(inverted ? set.complement() : std::move(set));
  }

  Result<CharSet> class_item() {
    if (done()) return wrong("a ']' is missing", "缺少“]”");
    if (take("\\")) {
      if (take("b")) return CharSet('\b', '\b');
      if (take("-")) return CharSet('-', '-');
      return escape();
    }
    const uint32_t c = take_char();
    return CharSet(c, c);
  }

  bool is_count() const {
    std::size_t i = at_ + 1;
    const std::size_t first = i;
    while (i < text_.size() && text_[i] >= '0' && text_[i] <= '9') ++i;
    if (i == first) return false;
    if (i < text_.size() && text_[i] == ',') ++i;
    while (i < text_.size() && text_[i] >= '0' && text_[i] <= '9') ++i;
    return i < text_.size() && text_[i] == '}';
  }

  Result<uint32_t> number() {
    uint64_t value = 0;
    while (!done() && peek() >= '0' && peek() <= '9') {
      value = value * 10 + static_cast<uint64_t>(text_[at_++] - '0');
      if (value > kMaxCount) return wrong("a count over 1000000", "重复次数超过 1000000");
    }
    return static_cast<uint32_t>(value);
  }

  Result<Part> counts(Part one) {
    for (int times = 0; !done(); ++times) {
      uint32_t min = 0;
      uint32_t max = ExprPool::kNoLimit;
      if (take("*")) {
      } else if (take("+")) {
        min = 1;
      } else if (take("?")) {
        max = 1;
      } else if (peek() == '{' && is_count()) {
        ++at_;
        MW_ASSIGN(min, number());
        max = min;
        if (take(",")) {
          max = ExprPool::kNoLimit;
          if (peek() != '}') {
            MW_ASSIGN(max, number());
          }
        }
        ++at_;  // the brace that is_count() saw
        if (max < min) return wrong("a count that ends before it begins", "重复次数起止颠倒");
      } else {
        break;
      }
      if (times > 0) return wrong("there is nothing to repeat", "没有可重复的内容");
      if (one.kind == Part::Kind::kStart || one.kind == Part::Kind::kEnd ||
          one.kind == Part::Kind::kLook) {
        return unsupported("a repeated assertion");
      }
      take("?");  // lazy: the same language
      Part out;
      out.kind = Part::Kind::kRepeat;
      out.min = min;
      out.max = max;
      out.kids.push_back(std::move(one));
      one = std::move(out);
    }
    return one;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ignore_case_;
};

bool has_assertion(const Part& part) {
  if (part.kind == Part::Kind::kStart || part.kind == Part::Kind::kEnd ||
      part.kind == Part::Kind::kLook) {
    return true;
  }
  for (const Part& kid : part.kids) {
    if (has_assertion(kid)) return true;
  }
  return false;
}

/// Parts to languages. Each function gets the language of what comes after (`rest`), so that
/// anchors and lookaheads can speak about it.
class Builder {
 public:
  Builder(ExprPool& pool, const RegexOptions& options)
      : pool_(pool),
        spelling_(options.spelling),
        anything_(pool.repeat(char_expr(pool, CharSet(0, kLastCodePoint), options.spelling), 0,
                              ExprPool::kNoLimit)) {}

  Expr anything() const { return anything_; }

  // `where`: whether some of the text has been consumed for sure, surely not, or maybe.
  enum class Where { kStart, kInside, kUnknown };

  Result<Expr> build(const Part& part, Expr rest, Where where) {
    switch (part.kind) {
      case Part::Kind::kChars:
        return pool_.concat(char_expr(pool_, part.chars, spelling_), rest);
      case Part::Kind::kSequence: {
        // From the right; how far the text is before each is known from the left.
        std::vector<Where> places;
        Where at = where;
        for (const Part& kid : part.kids) {
          places.push_back(at);
          at = after(kid, at);
        }
        for (std::size_t i = part.kids.size(); i-- > 0;) {
          MW_ASSIGN(rest, build(part.kids[i], rest, places[i]));
        }
        return rest;
      }
      case Part::Kind::kChoice: {
        std::vector<Expr> all;
        for (const Part& kid : part.kids) {
          MW_ASSIGN(const Expr one, build(kid, rest, where));
          all.push_back(one);
        }
        return pool_.any_of(std::move(all));
      }
      case Part::Kind::kRepeat: {
        const Part& body = part.kids[0];
        if (has_assertion(body)) {
          if (part.min == 0 && part.max == 1) {
            MW_ASSIGN(const Expr with, build(body, rest, where));
            return pool_.any_of({with, rest});
          }
          return unsupported("an assertion inside a repetition");
        }
        MW_ASSIGN(const Expr inner, build(body, ExprPool::kEpsilon, Where::kUnknown));
        return pool_.concat(pool_.repeat(inner, part.min, part.max), rest);
      }
      case Part::Kind::kStart:
        if (where == Where::kUnknown) return unsupported("'^' after what may be empty");
        return where == Where::kStart ? rest : Expr{ExprPool::kEmpty};
      case Part::Kind::kEnd:
        return pool_.nullable(rest) ? Expr{ExprPool::kEpsilon} : Expr{ExprPool::kEmpty};
      case Part::Kind::kLook: {
        MW_ASSIGN(const Expr ahead, build(part.kids[0], anything_, where));
        return pool_.all_of({part.negative ? pool_.negate(ahead) : ahead, rest});
      }
    }
    return rest;
  }

 private:
  static Error unsupported(const std::string& what) {
    return Error::make(
        Code::kUnsupported,
        "regular expression: " + what + " cannot be enforced while decoding: write it without",
        "正则表达式：解码时无法保证“" + what + "”，请改写", "regex");
  }

  static bool may_be_empty(const Part& part) {
    switch (part.kind) {
      case Part::Kind::kChars:
        return false;
      case Part::Kind::kSequence:
        for (const Part& kid : part.kids) {
          if (!may_be_empty(kid)) return false;
        }
        return true;
      case Part::Kind::kChoice:
        for (const Part& kid : part.kids) {
          if (may_be_empty(kid)) return true;
        }
        return false;
      case Part::Kind::kRepeat:
        return part.min == 0 || may_be_empty(part.kids[0]);
      default:
        return true;
    }
  }

  static Where after(const Part& part, Where before) {
    if (before == Where::kInside || !may_be_empty(part)) return Where::kInside;
    const bool never_moves = part.kind == Part::Kind::kStart || part.kind == Part::Kind::kEnd ||
                             part.kind == Part::Kind::kLook;
    return never_moves ? before : Where::kUnknown;
  }

  ExprPool& pool_;
  const Spelling spelling_;
  const Expr anything_;
};

}  // namespace

Result<Expr> regex_expr(ExprPool& pool, std::string_view pattern, const RegexOptions& options) {
  if (pattern.size() > kMaxPatternBytes) {
    return Error::make(Code::kUnsupported,
                       "regular expression: " + std::to_string(pattern.size()) +
                           " bytes, at most " + std::to_string(kMaxPatternBytes) + " are supported",
                       "正则表达式过长", "regex");
  }
  MW_ASSIGN(const Part part, Parser(pattern, options.ignore_case).parse());
  Builder builder(pool, options);
  const Expr after = options.search ? builder.anything() : Expr{ExprPool::kEpsilon};
  MW_ASSIGN(Expr out, builder.build(part, after, Builder::Where::kStart));
  if (options.search) {
    MW_ASSIGN(const Expr later, builder.build(part, after, Builder::Where::kInside));
    const Expr one = char_expr(pool, CharSet(0, kLastCodePoint), options.spelling);
    out = pool.any_of({out, pool.concat(pool.concat(one, builder.anything()), later)});
  }
  if (pool.exhausted()) {
    return Error::make(Code::kUnsupported,
                       "regular expression: too large to be enforced while decoding",
                       "正则表达式过大，解码时无法保证", "regex");
  }
  return out;
}

}  // namespace mw::grammar
