// `value is name(arguments)`.

#include <algorithm>
#include <array>

#include "core/check.h"
#include "runtime/internal/template_functions.h"

namespace mw::runtime {
namespace {

using Value = TemplateValue;
using Test = Result<bool> (*)(const Value& subject, const Value& argument, TemplateBudget& budget);

/// A test without arguments.
template <bool (*holds)(const Value&)>
Result<bool> plain(const Value& subject, const Value&, TemplateBudget&) {
  return holds(subject);
}

bool is_defined(const Value& v) { return !v.is_undefined(); }
bool is_undefined(const Value& v) { return v.is_undefined(); }
bool is_none(const Value& v) { return v.is_none(); }
bool is_string(const Value& v) { return v.as_text() != nullptr; }
bool is_mapping(const Value& v) { return v.as_mapping() != nullptr; }
bool is_sequence(const Value& v) {
  return v.as_text() != nullptr || v.as_list() != nullptr || v.as_mapping() != nullptr;
}
bool is_iterable(const Value& v) { return is_sequence(v) || v.is_undefined(); }
bool is_boolean(const Value& v) { return v.as_boolean() != nullptr; }
bool is_integer(const Value& v) { return v.as_integer() != nullptr; }
bool is_float(const Value& v) { return v.as_number() != nullptr; }
bool is_number(const Value& v) { return is_integer(v) || is_float(v) || is_boolean(v); }
bool is_true(const Value& v) { return is_boolean(v) && *v.as_boolean(); }
bool is_false(const Value& v) { return is_boolean(v) && !*v.as_boolean(); }
bool is_odd(const Value& v) { return is_integer(v) && *v.as_integer() % 2 != 0; }
bool is_even(const Value& v) { return is_integer(v) && *v.as_integer() % 2 == 0; }

Result<bool> is_equal(const Value& subject, const Value& argument, TemplateBudget& budget) {
  MW_TRY(budget.spend(std::min(subject.weight(), argument.weight()), 0));
  return subject == argument;
}

Result<bool> is_different(const Value& subject, const Value& argument, TemplateBudget& budget) {
  MW_ASSIGN(const bool equal, is_equal(subject, argument, budget));
  return !equal;
}

Result<bool> is_in(const Value& subject, const Value& argument, TemplateBudget& budget) {
  return template_contains(argument, subject, budget);
}

Result<bool> is_divisible(const Value& subject, const Value& argument, TemplateBudget&) {
  const int64_t* number = subject.as_integer();
  const int64_t* divisor = argument.as_integer();
  if (number == nullptr || divisor == nullptr || *divisor == 0) {
    return Error::make(Code::kInvalidArgument, "divisibleby: expected two integers, not by 0");
  }
  return *divisor == -1 || *number % *divisor == 0;
}

struct NamedTest {
  std::string_view name;
  int arguments;
  Test test;
};
constexpr std::array kTests = {
    NamedTest{"defined", 0, plain<is_defined>},
    NamedTest{"undefined", 0, plain<is_undefined>},
    NamedTest{"none", 0, plain<is_none>},
    NamedTest{"string", 0, plain<is_string>},
    NamedTest{"mapping", 0, plain<is_mapping>},
    NamedTest{"sequence", 0, plain<is_sequence>},
    NamedTest{"iterable", 0, plain<is_iterable>},
    NamedTest{"boolean", 0, plain<is_boolean>},
    NamedTest{"integer", 0, plain<is_integer>},
    NamedTest{"float", 0, plain<is_float>},
    NamedTest{"number", 0, plain<is_number>},
    NamedTest{"true", 0, plain<is_true>},
    NamedTest{"false", 0, plain<is_false>},
    NamedTest{"odd", 0, plain<is_odd>},
    NamedTest{"even", 0, plain<is_even>},
    NamedTest{"equalto", 1, is_equal},
    NamedTest{"eq", 1, is_equal},
    NamedTest{"ne", 1, is_different},
    NamedTest{"in", 1, is_in},
    NamedTest{"divisibleby", 1, is_divisible},
};

const NamedTest* find_test(std::string_view name) {
  const auto* found = std::find_if(kTests.begin(), kTests.end(),
                                   [&](const NamedTest& each) { return each.name == name; });
  return found == kTests.end() ? nullptr : found;
}

}  // namespace

bool is_template_test(std::string_view name) { return find_test(name) != nullptr; }

Result<bool> apply_template_test(std::string_view name, const TemplateValue& subject,
                                 const CallArguments& arguments, TemplateBudget& budget) {
  const NamedTest* test = find_test(name);
  MW_CHECK(test != nullptr);  // the parser has looked it up
  if (static_cast<int>(arguments.positional.size()) != test->arguments) {
    return Error::make(Code::kInvalidArgument, "is " + std::string(name) + ": expected " +
                                                   std::to_string(test->arguments) + " arguments");
  }
  const TemplateValue nothing;
  return test->test(subject, test->arguments == 0 ? nothing : arguments.positional[0], budget);
}

}  // namespace mw::runtime
