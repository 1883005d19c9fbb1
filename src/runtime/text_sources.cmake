# Sources of chat templates and stop strings, part of mw_runtime; included by CMakeLists.txt.
set(MW_RUNTIME_TEXT_SOURCES stop_matcher.cc)
set(MW_RUNTIME_TEXT_TESTS stop_matcher_test.cc)
