#include "core/thread_priority.h"

#include <sys/resource.h>

namespace mw {

void yield_to_other_threads() {
  constexpr int kLeast = 19;
  // Of the thread alone: on Linux a nice value is a thread's own and goes on to those it starts.
  (void)setpriority(PRIO_PROCESS, 0, kLeast);
}

}  // namespace mw
