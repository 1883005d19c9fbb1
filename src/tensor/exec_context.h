#pragma once

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

/// Calls work(begin, end) over [0, items), on one thread when there are fewer than `least` items
/// a thread: waking the team costs about 0.5 us.
template <class Work>
void parallel_for(const ExecContext& ctx, int items, int least, const Work& work) {
  if (ctx.pool->threads() == 1 || items < 2 * least) {
    work(0, items);
    return;
  }
  ctx.pool->run([&](int index, int count) {
    const auto [begin, end] = share(items, index, count);
    if (begin < end) work(begin, end);
  });
}

}  // namespace mw::tensor
