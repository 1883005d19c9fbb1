#include "grammar/compiled_grammar.h"

#include "grammar/internal/grammar_state.h"
#include "grammar/internal/mask_maker.h"
#include "grammar/internal/regex.h"
#include "grammar/internal/rules.h"
#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

// What compiling may cost: at most 90 ms, as a rule 20.
constexpr uint64_t kCompileSteps = 210'000;

std::unique_ptr<GrammarState> new_state() {
  auto state = std::make_unique<GrammarState>();
  state->pool.limit_steps(kCompileSteps);
  return state;
}

}  // namespace

GrammarState::GrammarState() : json(pool) {}
GrammarState::~GrammarState() = default;

Grammar::Grammar(std::unique_ptr<GrammarState> state) : state_(std::move(state)) {}
Grammar::~Grammar() = default;

std::size_t Grammar::size() const {
  const std::lock_guard<std::mutex> guard(state_->mutex);
  return state_->pool.exhausted() ? SIZE_MAX : state_->pool.size();
}

Result<GrammarPtr> finish_grammar(std::unique_ptr<GrammarState> state, Expr start) {
  if (state->pool.exhausted()) {
    return Error::make(Code::kUnsupported,
                       "the grammar is too costly to be enforced while decoding: make it smaller",
                       "语法过于复杂，解码时无法保证：请简化", "grammar");
  }
  if (start == ExprPool::kEmpty) {
    return Error::make(Code::kUnsupported, "no text at all matches this grammar",
                       "没有任何文本能匹配该语法", "grammar");
  }
  state->start = start;
  return std::make_shared<Grammar>(std::move(state));
}

Result<GrammarPtr> compile_schema(const Json& schema, const SchemaOptions& options) {
  MW_ASSIGN(auto index, SchemaIndex::build(schema, options.draft));
  auto state = new_state();
  auto compiler =
      std::make_unique<SchemaCompiler>(state->pool, state->json, std::move(index), options);
  MW_ASSIGN(const Expr start, compiler->compile());
  state->expanders.push_back(std::move(compiler));
  return finish_grammar(std::move(state), start);
}

Result<GrammarPtr> compile_regex(std::string_view pattern) {
  auto state = new_state();
  MW_ASSIGN(const Expr start, regex_expr(state->pool, pattern, RegexOptions{}));
  const Expr all = state->pool.regular(start);
  return finish_grammar(std::move(state), all);
}

Result<GrammarPtr> compile_lark(std::string_view text) {
  auto state = new_state();
  MW_ASSIGN(Rules rules, parse_rules(state->pool, text));
  auto set = std::make_unique<RuleSet>(state->pool, std::move(rules));
  MW_ASSIGN(const Expr start, set->start());
  state->expanders.push_back(std::move(set));
  return finish_grammar(std::move(state), start);
}

Result<GrammarPtr> compile_choice(const std::vector<std::string>& choices) {
  if (choices.empty()) {
    return Error::make(Code::kInvalidArgument, "a list of choices needs at least one",
                       "选项列表不能为空", "choice");
  }
  auto state = new_state();
  std::vector<Expr> all;
  for (const std::string& choice : choices) all.push_back(state->pool.literal(choice));
  const Expr start = state->pool.any_of(std::move(all));
  return finish_grammar(std::move(state), start);
}

Result<GrammarPtr> compile_tool_calls(const std::vector<ToolForm>& tools, bool required,
                                      bool several) {
  auto state = new_state();
  ExprPool& pool = state->pool;
  std::vector<Expr> calls;
  for (std::size_t i = 0; i < tools.size(); ++i) {
    Json parameters = tools[i].parameters;
    if (parameters.is_null()) parameters = {{"additionalProperties", false}};
    if (parameters.is_object()) parameters["type"] = "object";
    const auto arguments = [&]() -> Result<Expr> {
      MW_ASSIGN(auto index, SchemaIndex::build(parameters, SchemaDraft::k2020));
      auto compiler =
          std::make_unique<SchemaCompiler>(pool, state->json, std::move(index), SchemaOptions{});
      MW_ASSIGN(const Expr language, compiler->compile());
      state->expanders.push_back(std::move(compiler));
      return language;
    }();
    if (!arguments) {
      Error error = arguments.error();
      error.param = std::to_string(i) + " " + error.param;
      return error;
    }
    calls.push_back(pool.concat_all({pool.literal(spelled(tools[i].name, Spelling::kJson)),
                                     pool.literal("\", \"arguments\": "), *arguments}));
  }
  const Expr open = pool.literal(kToolCallOpen);
  const Expr inside =
      pool.concat_all({pool.literal("\n{\"name\": \""), pool.any_of(std::move(calls)),
                       pool.literal("}\n"), pool.literal(kToolCallClose)});
  const Expr next = pool.concat_all({pool.byte('\n'), open, inside});
  const Expr more = several ? pool.repeat(next, 0, ExprPool::kNoLimit) : Expr{ExprPool::kEpsilon};
  Expr start = pool.concat_all({open, inside, more});
  if (!required) {
    // Free text is what the marker is not in. The marker does not overlap with itself, so its first
    // place is where such a text ends.
    const Expr text = pool.negate(pool.concat_all({ExprPool::kAll, open, ExprPool::kAll}));
    start = pool.any_of(
        {pool.group(text), pool.concat_all({pool.group(pool.concat(text, open)), inside, more})});
  }
  return finish_grammar(std::move(state), start);
}

Result<GrammarPtr> compile_json_object() {
  auto state = new_state();
  const Expr start = state->json.any_object();
  return finish_grammar(std::move(state), start);
}

}  // namespace mw::grammar
