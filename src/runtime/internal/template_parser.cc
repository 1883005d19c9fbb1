#include "runtime/internal/template_parser.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "runtime/internal/expression_parser.h"
#include "runtime/internal/template_lexer.h"

namespace mw::runtime {
namespace {

using Kind = TemplateTokenKind;

constexpr std::size_t kMaxSourceBytes = std::size_t{1} << 20;

class TemplateParser {
 public:
  explicit TemplateParser(std::vector<TemplateToken> tokens) : reader_(std::move(tokens)) {}

  Result<std::unique_ptr<TemplateSyntax>> parse() {
    auto syntax = std::make_unique<TemplateSyntax>();
    MW_ASSIGN(syntax->statements, statements({}));
    return syntax;
  }

 private:
  using Names = std::initializer_list<std::string_view>;
  Result<Statements> statements(Names ends);
  Result<void> block(Statements& into);
  Result<void> if_statement(Statement& statement);
  Result<void> for_statement(Statement& statement);
  Result<void> set_statement(Statement& statement);
  Result<void> macro_statement(Statement& statement);
  Result<void> block_end();
  Result<void> end_tag(std::string_view name);

  Error fail(Code code, const std::string& problem) const {
    return template_error(code, reader_.peek().line, problem);
  }
  bool at_block(std::string_view name) const {
    return reader_.peek().kind == Kind::kBlockBegin && reader_.peek(1).kind == Kind::kName &&
           reader_.peek(1).text == name;
  }

  ExpressionParser reader_;
  int depth_ = 0;
  int loops_ = 0;
};

/// Statements up to a block tag named in `ends`, which is left for the caller; up to the end of the
/// template where `ends` is empty.
Result<Statements> TemplateParser::statements(Names ends) {
  if (++depth_ > kMaxTemplateDepth) {
    return fail(Code::kTooLarge,
                "blocks may nest " + std::to_string(kMaxTemplateDepth) + " levels");
  }
  Statements made;
  while (true) {
    const TemplateToken& token = reader_.peek();
    if (token.kind == Kind::kEnd) {
      if (ends.size() == 0) break;
      return fail(Code::kCorrupt,
                  "the template ends where '" + std::string(*(ends.end() - 1)) + "' is expected");
    }
    if (std::any_of(ends.begin(), ends.end(), [&](auto name) { return at_block(name); })) break;
    auto statement = std::make_unique<Statement>();
    statement->line = token.line;
    if (token.kind == Kind::kData) {
      statement->text = reader_.next().text;
      made.push_back(std::move(statement));
    } else if (token.kind == Kind::kPrintBegin) {
      reader_.next();
      statement->kind = StatementKind::kPrint;
      MW_ASSIGN(statement->expression, reader_.expression());
      if (reader_.peek().kind != Kind::kPrintEnd) {
        return fail(Code::kCorrupt, "expected '}}', got " + reader_.shown());
      }
      reader_.next();
      made.push_back(std::move(statement));
    } else {
      reader_.next();  // {%
      MW_TRY(block(made));
    }
  }
  --depth_;
  return made;
}

Result<void> TemplateParser::block_end() {
  if (reader_.peek().kind != Kind::kBlockEnd) {
    return fail(Code::kCorrupt, "expected '%}', got " + reader_.shown());
  }
  reader_.next();
  return {};
}

/// `{% name %}`, which statements() has left.
Result<void> TemplateParser::end_tag(std::string_view name) {
  if (!at_block(name)) return fail(Code::kCorrupt, "expected '" + std::string(name) + "'");
  reader_.next();
  reader_.next();
  return block_end();
}

Result<void> TemplateParser::block(Statements& into) {
  auto statement = std::make_unique<Statement>();
  statement->line = reader_.peek().line;
  MW_ASSIGN(const std::string name, reader_.expect_name());
  if (name == "if") {
    MW_TRY(if_statement(*statement));
  } else if (name == "for") {
    MW_TRY(for_statement(*statement));
  } else if (name == "set") {
    MW_TRY(set_statement(*statement));
  } else if (name == "macro") {
    MW_TRY(macro_statement(*statement));
  } else if (name == "break" || name == "continue") {
    if (loops_ == 0) return fail(Code::kCorrupt, "'" + name + "' outside a loop");
    statement->kind = name == "break" ? StatementKind::kBreak : StatementKind::kContinue;
    MW_TRY(block_end());
  } else if (name == "generation") {
    // Marks the assistant's text for training; prints its body.
    MW_TRY(block_end());
    MW_ASSIGN(Statements body, statements({"endgeneration"}));
    MW_TRY(end_tag("endgeneration"));
    for (auto& each : body) into.push_back(std::move(each));
    return {};
  } else if (name.starts_with("end") || name == "else" || name == "elif") {
    return template_error(Code::kCorrupt, statement->line, "'" + name + "' without its beginning");
  } else {
    return template_error(Code::kUnsupported, statement->line,
                          "the statement '" + name.substr(0, 40) + "' is not supported");
  }
  into.push_back(std::move(statement));
  return {};
}

Result<void> TemplateParser::if_statement(Statement& statement) {
  statement.kind = StatementKind::kIf;
  while (true) {
    MW_ASSIGN(ExpressionPtr condition, reader_.expression());
    MW_TRY(block_end());
    MW_ASSIGN(Statements body, statements({"elif", "else", "endif"}));
    statement.branches.emplace_back(std::move(condition), std::move(body));
    if (!at_block("elif")) break;
    reader_.next();
    reader_.next();
  }
  if (at_block("else")) {
    MW_TRY(end_tag("else"));
    MW_ASSIGN(Statements body, statements({"endif"}));
    statement.branches.emplace_back(nullptr, std::move(body));
  }
  return end_tag("endif");
}

Result<void> TemplateParser::for_statement(Statement& statement) {
  statement.kind = StatementKind::kFor;
  const bool bracketed = reader_.skip_operator("(");
  do {
    MW_ASSIGN(std::string target, reader_.expect_name());
    statement.targets.push_back(std::move(target));
  } while (reader_.skip_operator(","));
  if (bracketed) MW_TRY(reader_.expect_operator(")"));
  if (!reader_.skip_name("in")) {
    return fail(Code::kCorrupt, "expected 'in', got " + reader_.shown());
  }
  MW_ASSIGN(statement.expression, reader_.disjunction());
  if (reader_.skip_name("if")) {
    MW_ASSIGN(statement.condition, reader_.expression());
  }
  if (reader_.is_name("recursive"))
    return fail(Code::kUnsupported, "a recursive loop is not supported");
  MW_TRY(block_end());
  ++loops_;
  MW_ASSIGN(statement.body, statements({"else", "endfor"}));
  --loops_;
  if (at_block("else")) {
    MW_TRY(end_tag("else"));
    MW_ASSIGN(statement.otherwise, statements({"endfor"}));
  }
  return end_tag("endfor");
}

Result<void> TemplateParser::set_statement(Statement& statement) {
  MW_ASSIGN(std::string target, reader_.expect_name());
  statement.targets.push_back(std::move(target));
  if (reader_.skip_operator(".")) {
    MW_ASSIGN(statement.attribute, reader_.expect_name());
  }
  if (reader_.is_operator(",")) {
    return fail(Code::kUnsupported, "setting several names at once is not supported");
  }
  if (reader_.is_operator("|")) {
    return fail(Code::kUnsupported, "a filter on a block that is set is not supported");
  }
  if (reader_.skip_operator("=")) {
    statement.kind = StatementKind::kSet;
    MW_ASSIGN(statement.expression, reader_.expression(true));
    return block_end();
  }
  statement.kind = StatementKind::kSetBlock;
  MW_TRY(block_end());
  const int outer_loops = std::exchange(loops_, 0);
  MW_ASSIGN(statement.body, statements({"endset"}));
  loops_ = outer_loops;
  return end_tag("endset");
}

Result<void> TemplateParser::macro_statement(Statement& statement) {
  statement.kind = StatementKind::kMacro;
  MW_ASSIGN(std::string name, reader_.expect_name());
  statement.targets.push_back(std::move(name));
  MW_TRY(reader_.expect_operator("("));
  while (!reader_.is_operator(")")) {
    MW_ASSIGN(std::string parameter, reader_.expect_name());
    ExpressionPtr fallback;
    if (reader_.skip_operator("=")) {
      MW_ASSIGN(fallback, reader_.expression());
    }
    statement.parameters.emplace_back(std::move(parameter), std::move(fallback));
    if (!reader_.skip_operator(",")) break;
  }
  MW_TRY(reader_.expect_operator(")"));
  MW_TRY(block_end());
  const int outer_loops = std::exchange(loops_, 0);
  MW_ASSIGN(statement.body, statements({"endmacro"}));
  loops_ = outer_loops;
  return end_tag("endmacro");
}

}  // namespace

Result<std::unique_ptr<TemplateSyntax>> parse_template(std::string_view source) {
  if (source.size() > kMaxSourceBytes) {
    return Error::make(Code::kTooLarge, "chat template: " + std::to_string(source.size()) +
                                            " bytes, at most " + std::to_string(kMaxSourceBytes) +
                                            " are read");
  }
  MW_ASSIGN(std::vector<TemplateToken> tokens, lex_template(source));
  return TemplateParser(std::move(tokens)).parse();
}

}  // namespace mw::runtime
