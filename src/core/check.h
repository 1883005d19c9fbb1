#pragma once

namespace mw {

/// Prints file, line and the failed expression to stderr and aborts. Called by the macros below.
[[noreturn]] void check_failed(const char* file, int line, const char* expression);
[[noreturn]] void check_failed_op(const char* file, int line, const char* expression,
                                  long long left, long long right);

}  // namespace mw

/// A caller's bug: always on, aborts. Never reachable from input, disk, network or a user.
#define MW_CHECK(condition) \
  ((condition) ? (void)0 : ::mw::check_failed(__FILE__, __LINE__, #condition))
/// The same for two integers, with both values in the message.
#define MW_CHECK_EQ(left, right)                                        \
  (((left) == (right))                                                  \
       ? (void)0                                                        \
       : ::mw::check_failed_op(__FILE__, __LINE__, #left " == " #right, \
                               static_cast<long long>(left), static_cast<long long>(right)))
#ifdef MW_DEBUG_CHECKS
#define MW_DCHECK(condition) MW_CHECK(condition)
#else
#define MW_DCHECK(condition) ((void)0)
#endif
