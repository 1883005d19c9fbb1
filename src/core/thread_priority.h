#pragma once

namespace mw {

/// The calling thread, and those that it starts from now on, get what others leave: nice 19, a
/// seventieth of what a thread of the usual priority gets of a core that both want. Where the
/// system refuses, nothing changes.
void yield_to_other_threads();

}  // namespace mw
