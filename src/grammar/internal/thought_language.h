#pragma once

#include "grammar/internal/expression.h"
#include "grammar/thought.h"

namespace mw::grammar {

/// The texts of `answer` after a thought. Where there need not be one, an answer does not look as
/// if it began with one.
Expr after_thought(ExprPool& pool, Expr answer, Thought thought);

/// The same in a thought that has to end here: `close` is what of its tag is still to come.
Expr after_close(ExprPool& pool, std::string_view close, Expr answer);

}  // namespace mw::grammar
