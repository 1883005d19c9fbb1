#pragma once

#include <algorithm>

#include "core/thread_pool.h"
#include "tensor/isa.h"
#include "tensor/kernels/table.h"

namespace mw::tensor {

/// What an op runs on. One owner thread at a time; the results never depend on it.
struct ExecContext {
  ThreadPool* pool = nullptr;
  const KernelTable* kernels = nullptr;
};

/// The kernels of an instruction set that this processor has (see choose_isa).
const KernelTable& kernels_of(Isa isa);

/// Calls work(begin, end) over [0, items) in chunks of at least `least` items, three a thread:
/// enough to even out a thread that was interrupted. Starting a loop costs about 0.5 us.
template <class Work>
void parallel_for(const ExecContext& ctx, int items, int least, const Work& work) {
  const int chunks = std::min(3 * ctx.pool->threads(), items / least);
  if (ctx.pool->threads() == 1 || chunks < 2) {
    if (items > 0) work(0, items);
    return;
  }
  ctx.pool->run(chunks, [&](int chunk) {
    const auto [begin, end] = share(items, chunk, chunks);
    work(begin, end);
  });
}

}  // namespace mw::tensor
