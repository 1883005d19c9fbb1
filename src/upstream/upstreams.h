#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/log.h"
#include "upstream/upstream.h"

namespace mw::upstream {

/// A model of an upstream, for lists.
struct ModelStatus {
  std::string name;      // "cluster/llama-3.1-8b"
  std::string upstream;  // "cluster"
  Health health = Health::kUnknown;
  std::vector<ReplicaStatus> replicas;  // of its upstream
  bool has_fallback = false;            // it is answered for even while it is down
};

/// All upstreams of this server, and the threads of the requests that wait for them.
/// Threads  any. Ends, and waits for, what it runs when it is destroyed.
class Upstreams {
 public:
  Upstreams(std::vector<UpstreamOptions> options, const std::string& user_agent,
            const LogSink& log);
  ~Upstreams();
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;

  struct Found {
    std::shared_ptr<Upstream> upstream;  // nullptr: the name is none of ours
    std::string model;                   // its id there
  };
  Found find(const std::string& name) const;
  std::vector<ModelStatus> models() const;
  const std::vector<std::shared_ptr<Upstream>>& all() const { return upstreams_; }

  /// Runs `job` on a thread of its own. The caller bounds how many.
  void start(std::function<void()> job);
  /// Waits for all that was started. Whoever gives jobs what holds this waits before it goes.
  void wait();

 private:
  struct Worker {
    std::thread thread;
    bool done = false;
  };
  const LogSink log_;
  std::vector<std::shared_ptr<Upstream>> upstreams_;
  std::mutex mutex_;
  std::list<Worker> workers_;
};

}  // namespace mw::upstream
