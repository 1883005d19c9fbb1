// machine.json lies in a folder that others may write to: what is believed must give choices that
// can be used, and say the same when it is written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tensor/machine_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::tensor;
  MachineKey key;  // the seeds are of this machine
  key.cores = 8;
  const auto limits = parse_machine_file({reinterpret_cast<const char*>(data), size}, key);
  if (!limits) return 0;
  const ThreadChoice threads = choose_threads(*limits);
  for (const int count : {threads.threads, threads.decode, threads.prefill}) {
    if (count < 1 || count > key.cores) std::abort();
  }
  const BatchShapes shapes = choose_batch_shapes(*limits, threads.threads);
  for (const int rows : {shapes.decode_rows_w4, shapes.decode_rows_w8, shapes.prefill_rows}) {
    if (rows < 1 || rows > 5120) std::abort();
  }
  const std::string text = machine_file_text(*limits, key);
  const auto again = parse_machine_file(text, key);
  if (!again || machine_file_text(*again, key) != text) std::abort();
  return 0;
}
