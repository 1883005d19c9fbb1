#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace mw {

void check_failed(const char* file, int line, const char* expression) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
  std::abort();
}

void check_failed_op(const char* file, int line, const char* expression, long long left,
                     long long right) {
  std::fprintf(stderr, "%s:%d: check failed: %s (%lld against %lld)\n", file, line, expression,
               left, right);
  std::abort();
}

}  // namespace mw
