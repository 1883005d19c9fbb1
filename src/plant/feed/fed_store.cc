#include "plant/feed/fed_store.h"

namespace mw::plant {

void FedStore::add(FeedCursor& cursor) {
  gate_.closed([&] { cursors_.push_back(&cursor); });
}

void FedStore::remove(FeedCursor& cursor) {
  gate_.closed([&] { std::erase(cursors_, &cursor); });
}

Result<AppendOutcome> FedStore::append(std::span<const Sample> samples) {
  const FeedGate::Pass pass(gate_);
  for (FeedCursor* each : cursors_) {
    // What a feed cannot note is no reason to lose the sample.
    const Result<void> noted = each->coming(samples);
    if (!noted) log_(LogLevel::kError, "plant", "feed: " + noted.error().message.en);
  }
  Result<AppendOutcome> outcome = inside_->append(samples);
  if (outcome) {
    for (FeedCursor* each : cursors_) each->came(samples);
  }
  return outcome;
}

}  // namespace mw::plant
