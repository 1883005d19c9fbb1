#pragma once

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "core/log.h"
#include "plant/feed/fed_store.h"
#include "plant/feed/feed_sink.h"
#include "plant/feed_options.h"
#include "plant/internal/connector_health.h"

namespace mw::plant {

/// What a feed needs of the plant; all of it outlives the feed.
struct FeedParts {
  std::shared_ptr<const Catalogue> catalogue;
  FedStore* store = nullptr;
  const Clock* clock = nullptr;
  LogSink log;
  FeedHost host;
  std::string folder;  // of NAME.db
};

/// Samples of chosen tags to a sink, from the store and in the order of their time, with the place
/// reached on disk (feed_cursor.h): what happens while the other side is away goes out when it is
/// back, and what waits is shown as the backlog.
///
/// Rights   those of FeedOptions::as, looked at each second: a tag that it may not see any more
///          stays where it is, and goes on when it may again. Each change is put on record first.
/// Threads  one of its own.
class Feed final : public Connector {
 public:
  static Result<std::unique_ptr<Connector>> start(const FeedOptions& options,
                                                  const FeedParts& parts, std::string kind,
                                                  std::string address,
                                                  std::unique_ptr<FeedSink> sink);
  ~Feed() override;
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  Feed(const FeedOptions& options, const FeedParts& parts, std::string kind, std::string address,
       const std::vector<TagIndex>& tags, std::unique_ptr<FeedSink> sink);
  void run(const std::stop_token& stop);
  /// How long to wait for the next look.
  int step(const std::stop_token& stop);
  Result<void> send(const FeedBatch& batch, const std::stop_token& stop);
  void look_at_rights();
  void record_refusals();
  Result<std::set<TagIndex>> allowed_now() const;
  void show();
  void complain(Text problem);
  void wait(int wait_ms, const std::stop_token& stop);

  const std::string name_, as_;
  const FeedParts parts_;
  const std::vector<TagIndex> tags_;
  ConnectorHealth health_;
  std::unique_ptr<FeedCursor> cursor_;
  std::unique_ptr<FeedSink> sink_;
  std::set<TagIndex> allowed_;
  bool refused_ = false;       // by the rights, as told last
  int64_t rights_due_ns_ = 0;  // steady
  int64_t logged_ns_ = 0;      // steady
  int failures_ = 0;           // in a row
  std::string told_;           // the problem with the link that was told last
  bool up_ = false;
  std::jthread thread_;  // last: joined first
};

/// The tags that the patterns name.
std::vector<TagIndex> tags_of_feed(const FeedOptions& options, const Catalogue& catalogue);

}  // namespace mw::plant
