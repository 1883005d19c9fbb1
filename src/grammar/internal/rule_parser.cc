#include "grammar/internal/rule_parser.h"

#include <algorithm>
#include <map>

#include "grammar/internal/regex.h"

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxRules = 1000;
constexpr int kMaxNesting = 100;
constexpr uint32_t kMaxCount = 1'000'000;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class Parser {
 public:
  Parser(ExprPool& pool, std::string_view text)
      : pool_(pool), text_(text), gbnf_(text.find("::=") != std::string_view::npos) {}

  Result<Rules> parse() {
    skip_space();
    while (at_ < text_.size()) {
      MW_TRY(rule());
      skip_space();
    }
    const auto start = ids_.find(gbnf_ ? "root" : "start");
    if (start == ids_.end()) {
      return error(Code::kInvalidArgument,
                   gbnf_ ? "there is no rule 'root'" : "there is no rule 'start'", "缺少起始规则");
    }
    for (const Rule& each : rules_.rules) {
      if (!each.defined) {
        return rule_error(Code::kInvalidArgument, each.line, each.name,
                          "there is no rule '" + each.name + "'", "没有规则“" + each.name + "”");
      }
    }
    rules_.start = start->second;
    return std::move(rules_);
  }

 private:
  Error error(Code code, const std::string& en, const std::string& zh) const {
    const auto line = static_cast<int>(
        1 + std::count(text_.begin(),
                       text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())),
                       '\n'));
    return rule_error(code, line, current_.empty() ? "grammar" : current_, en, zh);
  }
  Error wrong(const std::string& en, const std::string& zh) const {
    return error(Code::kInvalidArgument, en, zh);
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool comment = c == '#' || (!gbnf_ && text_.substr(at_, 2) == "//");
      if (comment) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }
  std::string name() {
    const std::size_t from = at_;
    while (is_name_char(peek())) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }
  int line() const {
    return static_cast<int>(
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
  }

  Result<int> id_of(const std::string& of) {
    const auto [found, is_new] = ids_.try_emplace(of, static_cast<int>(rules_.rules.size()));
    if (is_new) {
      if (rules_.rules.size() >= kMaxRules) {
        return error(Code::kUnsupported, "more than 1000 rules", "规则超过 1000 条");
      }
      Rule rule;
      rule.name = of;
      rule.line = line();
      rule.terminal =
          !gbnf_ && std::none_of(of.begin(), of.end(), [](char c) { return c >= 'a' && c <= 'z'; });
      rules_.rules.push_back(std::move(rule));
    }
    return found->second;
  }

  /// Whether a rule begins here; then what follows is not part of the last one.
  bool at_rule() {
    const std::size_t before = at_;
    if (!gbnf_) {
      while (peek() == '?' || peek() == '!') ++at_;
    }
    const bool named = !name().empty();
    if (!gbnf_ && peek() == '.') {
      ++at_;
      while (peek() >= '0' && peek() <= '9') ++at_;
    }
    while (peek() == ' ' || peek() == '\t') ++at_;
    const bool out = named && (gbnf_ ? text_.substr(at_, 3) == "::=" : peek() == ':');
    at_ = before;
    return out;
  }

  Result<void> rule() {
    current_.clear();
    if (peek() == '%') {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      return error(Code::kUnsupported,
                   "the directive '" +
                       std::string(text_.substr(at_, std::min<std::size_t>(end - at_, 60))) +
                       "' is not supported: write out what it means",
                   "不支持该指令：请展开书写");
    }
    if (!at_rule()) return wrong("expected a rule (name: ...)", "此处应为规则");
    while (!gbnf_ && (peek() == '?' || peek() == '!')) ++at_;
    const std::string of = name();
    current_ = of;
    if (take(".")) name();  // a priority: of no effect on what matches
    skip_space();
    take(gbnf_ ? "::=" : ":");
    MW_ASSIGN(const int id, id_of(of));
    if (rules_.rules[static_cast<std::size_t>(id)].defined) {
      return wrong("the rule '" + of + "' is there twice", "规则“" + of + "”重复定义");
    }
    rules_.rules[static_cast<std::size_t>(id)].defined = true;
    MW_ASSIGN(RulePart body, choice(0));
    rules_.rules[static_cast<std::size_t>(id)].body = std::move(body);
    return {};
  }

  Result<RulePart> choice(int depth) {
    if (depth > kMaxNesting) return wrong("groups are nested too deep", "分组嵌套过深");
    RulePart out;
    out.kind = RulePart::Kind::kChoice;
    do {
      MW_ASSIGN(RulePart one, sequence(depth));
      out.kids.push_back(std::move(one));
      skip_space();
    } while (take("|"));
    return out;
  }

  Result<RulePart> sequence(int depth) {
    RulePart out;
    while (true) {
      skip_space();
      const char c = peek();
      if (c == '\0' || c == '|' || c == ')' || (c == ']' && !gbnf_) || c == '%' || at_rule()) break;
      if (!gbnf_ && take("->")) {  // the alternative's name in a tree
        skip_space();
        name();
        continue;
      }
      MW_ASSIGN(RulePart one, item(depth));
      MW_ASSIGN(RulePart counted, counts(std::move(one)));
      out.kids.push_back(std::move(counted));
    }
    return out;
  }

  static RulePart of_text(Expr text) {
    RulePart out;
    out.kind = RulePart::Kind::kText;
    out.text = text;
    return out;
  }
  static RulePart repeated(RulePart part, uint32_t min, uint32_t max) {
    RulePart out;
    out.kind = RulePart::Kind::kRepeat;
    out.min = min;
    out.max = max;
    out.kids.push_back(std::move(part));
    return out;
  }

  Result<RulePart> item(int depth) {
    if (take("(")) {
      MW_ASSIGN(RulePart inner, choice(depth + 1));
      if (!take(")")) return wrong("a ')' is missing", "缺少“)”");
      return inner;
    }
    if (peek() == '[' && !gbnf_) {
      ++at_;
      MW_ASSIGN(RulePart inner, choice(depth + 1));
      if (!take("]")) return wrong("a ']' is missing", "缺少“]”");
      return repeated(std::move(inner), 0, 1);
    }
    if (peek() == '[') return char_class();
    if (gbnf_ && take(".")) {
      return of_text(char_expr(pool_, CharSet(0, kLastCodePoint), Spelling::kPlain));
    }
    if (peek() == '"') return string();
    if (!gbnf_ && peek() == '/') return regex();
    if (is_name_char(peek())) {
      const std::string of = name();
      if (!gbnf_ && peek() == '{') {
        return error(Code::kUnsupported, "templates are not supported", "不支持模板规则");
      }
      RulePart out;
      out.kind = RulePart::Kind::kRule;
      MW_ASSIGN(out.rule, id_of(of));
      return out;
    }
    return wrong("'" + std::string(1, peek()) + "' means nothing here", "无法识别的字符");
  }

  Result<RulePart> char_class() {
    const std::size_t from = at_;
    for (++at_; at_ < text_.size() && peek() != ']'; ++at_) {
      if (peek() == '\\') ++at_;
    }
    if (!take("]")) return wrong("a ']' is missing", "缺少“]”");
    return from_regex(text_.substr(from, at_ - from), false);
  }

  Result<RulePart> from_regex(std::string_view pattern, bool ignore_case) {
    const auto made =
        regex_expr(pool_, pattern,
                   {.spelling = Spelling::kPlain, .search = false, .ignore_case = ignore_case});
    if (!made) return error(made.error().code, made.error().message.en, made.error().message.zh);
    return of_text(pool_.group(*made));
  }

  Result<RulePart> regex() {
    const std::size_t from = ++at_;
    while (at_ < text_.size() && peek() != '/' && peek() != '\n') at_ += peek() == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    const std::string_view pattern = text_.substr(from, at_ - from);
    if (!take("/")) return wrong("a regular expression has no end", "正则表达式未结束");
    bool ignore_case = false;
    while (peek() >= 'a' && peek() <= 'z') {
      if (peek() == 'i') {
        ignore_case = true;
      } else if (peek() != 'u' && peek() != 'm') {
        return error(Code::kUnsupported,
                     std::string("the flag '") + peek() + "' of a regular expression",
                     "不支持该正则标志");
      }
      ++at_;
    }
    std::string plain;  // a slash is escaped only because of its place
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) {
        if (pattern[i + 1] != '/') plain += '\\';
        plain += pattern[++i];
      } else {
        plain += pattern[i];
      }
    }
    return from_regex(plain, ignore_case);
  }

  Result<std::string> string_text() {
    std::string out;
    for (++at_; at_ < text_.size() && peek() != '"'; ++at_) {
      if (peek() == '\n') break;
      if (peek() != '\\') {
        out += peek();
        continue;
      }
      ++at_;
      int digits = 0;
      switch (peek()) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'f':
          out += '\f';
          break;
        case 'b':
          out += '\b';
          break;
        case 'x':
          digits = 2;
          break;
        case 'u':
          digits = 4;
          break;
        case 'U':
          digits = 8;
          break;
        case '\\':
        case '/':
        case '\'':
        case '[':
        case ']':
        case '"':
          out += peek();
          break;
        default:
          return wrong("there is no such escape in a string", "字符串中的转义无效");
      }
      if (digits == 0) continue;
      uint32_t value = 0;
      for (int i = 0; i < digits; ++i) {
        ++at_;
        const char c = peek();
        const bool decimal = c >= '0' && c <= '9';
        const char lower = static_cast<char>(c | 0x20);
        if (!decimal && !(lower >= 'a' && lower <= 'f')) {
          return wrong("hexadecimal digits are missing", "缺少十六进制数字");
        }
        value = value * 16 + static_cast<uint32_t>(decimal ? c - '0' : lower - 'a' + 10);
      }
      if (value > kLastCodePoint || (value >= 0xd800 && value <= 0xdfff)) {
        return wrong("this is no character", "不是有效字符");
      }
      out += utf8_of(value);
    }
    if (!take("\"")) return wrong("a string has no end", "字符串未结束");
    return out;
  }

  Result<RulePart> string() {
    MW_ASSIGN(const std::string text, string_text());
    const std::size_t before = at_;
    skip_space();
    if (!gbnf_ && take("..")) {
      skip_space();
      if (peek() != '"') return wrong("a range needs two strings", "范围应为两个字符串");
      MW_ASSIGN(const std::string last, string_text());
      const auto quoted = [](const std::string& end) {
        const bool special =
            end.size() == 1 && std::string_view("\\]^-[").find(end[0]) != std::string_view::npos;
        return (special ? "\\" : "") + end;
      };
      const std::string pattern = "[" + quoted(text) + "-" + quoted(last) + "]";
      return from_regex(pattern, false);
    }
    at_ = before;
    if (!gbnf_ && peek() == 'i' && !is_name_char(at_ + 1 < text_.size() ? text_[at_ + 1] : ' ')) {
      ++at_;
      Expr out = ExprPool::kEpsilon;
      for (std::size_t i = text.size(); i-- > 0;) {
        const auto c = static_cast<unsigned char>(text[i]);
        const Expr one = c < 0x80 ? char_expr(pool_, CharSet(c, c).without_case(), Spelling::kPlain)
                                  : pool_.byte(c);
        out = pool_.concat(one, out);
      }
      return of_text(out);
    }
    return of_text(pool_.literal(text));
  }

  Result<uint32_t> number() {
    uint64_t value = 0;
    const std::size_t from = at_;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + static_cast<uint64_t>(text_[at_++] - '0');
      if (value > kMaxCount) return wrong("a count over 1000000", "重复次数超过 1000000");
    }
    if (at_ == from) return wrong("a count is missing", "缺少重复次数");
    return static_cast<uint32_t>(value);
  }

  Result<RulePart> counts(RulePart one) {
    while (true) {
      uint32_t min = 0;
      uint32_t max = ExprPool::kNoLimit;
      if (take("*")) {
      } else if (take("+")) {
        min = 1;
      } else if (take("?")) {
        max = 1;
      } else if (!gbnf_ && take("~")) {
        skip_space();
        MW_ASSIGN(min, number());
        max = min;
        if (take("..")) {
          MW_ASSIGN(max, number());
        }
      } else if (take("{")) {
        if (peek() != ',') {
          MW_ASSIGN(min, number());
        }
        max = min;
        if (take(",")) {
          max = ExprPool::kNoLimit;
          if (peek() != '}') {
            MW_ASSIGN(max, number());
          }
        }
        if (!take("}")) return wrong("a '}' is missing", "缺少“}”");
      } else {
        return one;
      }
      if (max < min) return wrong("a count that ends before it begins", "重复次数起止颠倒");
      one = repeated(std::move(one), min, max);
    }
  }

  ExprPool& pool_;
  std::string_view text_;
  const bool gbnf_;
  std::size_t at_ = 0;
  std::string current_;  // the rule that is read
  Rules rules_;
  std::map<std::string, int> ids_;
};

}  // namespace

Error rule_error(Code code, int line, const std::string& rule, const std::string& en,
                 const std::string& zh) {
  return Error::make(code, "grammar, line " + std::to_string(line) + ": " + en,
                     "语法第 " + std::to_string(line) + " 行：" + zh, rule);
}

Result<Rules> parse_rules(ExprPool& pool, std::string_view text) {
  constexpr std::size_t kMaxBytes = 512 * 1024;
  if (text.size() > kMaxBytes) {
    return rule_error(Code::kUnsupported, 1, "grammar", "longer than 512 KiB", "超过 512 KiB");
  }
  return Parser(pool, text).parse();
}

}  // namespace mw::grammar
