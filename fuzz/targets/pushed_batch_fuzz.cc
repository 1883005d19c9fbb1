// Any bytes as what an MES tells of a batch: it keeps to its limits, and goes through the store's
// form unchanged.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "plant/pushed_batch.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::plant;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pushed = decode_pushed_batch(text);
  if (pushed) {
    MW_CHECK(pushed->asset.empty() != pushed->line.empty());
    MW_CHECK(!pushed->number.empty() && pushed->number.size() <= kMostTextBytes);
    Batch batch;
    batch.asset = pushed->asset;
    batch.line = pushed->line;
    batch.number = pushed->number;
    batch.product = pushed->product.value_or("");
    batch.start_ns = pushed->start_ns.value_or(0);
    batch.end_ns = pushed->end_ns.value_or(batch.start_ns + 1);
    const Batch back = batch_of(record_of(batch), INT64_MAX - 1);
    MW_CHECK(back.number == batch.number && back.product == batch.product);
    MW_CHECK(back.start_ns == batch.start_ns);
  }
  // What somebody else wrote into the database.
  PlantRecord record;
  record.body = std::string(text);
  const Batch foreign = batch_of(record, 0);
  MW_CHECK(foreign.number.empty() && foreign.start_ns == record.start_ns);
  return 0;
}
