# Sources of chat templates and stop strings, part of mw_runtime; included by CMakeLists.txt.
set(MW_RUNTIME_TEXT_SOURCES
    chat_template.cc
    stop_matcher.cc
    internal/expression_parser.cc
    internal/template_filters.cc
    internal/template_functions.cc
    internal/template_interpreter.cc
    internal/template_lexer.cc
    internal/template_methods.cc
    internal/template_parser.cc
    internal/template_predicates.cc
    internal/template_strings.cc
    internal/template_value.cc)
set(MW_RUNTIME_TEXT_TESTS chat_prompt_test.cc chat_template_test.cc smollm2_tokens_test.cc
    stop_matcher_test.cc)
