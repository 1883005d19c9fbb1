#include "core/thread_priority.h"

#include <sys/resource.h>

namespace mw {

void yield_to_other_threads() {
  constexpr int kLeast = 19;
  // Of the thread alone: on Linux a nice value is a thread's own and goes on to those it starts.
  // To give way takes no right; where a sandbox forbids the call, the thread keeps its usual share.
  (void)setpriority(PRIO_PROCESS, 0, kLeast);
}

}  // namespace mw
