#include "upstream/upstreams.h"

#include <exception>

namespace mw::upstream {

Upstreams::Upstreams(std::vector<UpstreamOptions> options, const std::string& user_agent,
                     const LogSink& log)
    : log_(log) {
  for (UpstreamOptions& each : options) {
    upstreams_.push_back(std::make_shared<Upstream>(std::move(each), user_agent, log));
  }
}

Upstreams::~Upstreams() { wait(); }

void Upstreams::wait() {
  std::list<Worker> left;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    left.swap(workers_);  // its nodes stay where they are: workers mark themselves
  }
  for (Worker& worker : left) worker.thread.join();
}

Upstreams::Found Upstreams::find(const std::string& name) const {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return {};
  for (const auto& each : upstreams_) {
    if (name.compare(0, slash, each->options().name) == 0) return {each, name.substr(slash + 1)};
  }
  return {};
}

std::vector<ModelStatus> Upstreams::models() const {
  std::vector<ModelStatus> out;
  for (const auto& each : upstreams_) {
    const std::vector<ReplicaStatus> replicas = each->replicas();
    for (const std::string& id : each->models()) {
      const std::string& name = each->options().name;
      out.push_back(
          {name + "/" + id, name, each->health(id), replicas, !each->options().fallback.empty()});
    }
  }
  return out;
}

void Upstreams::start(std::function<void()> job) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto worker = workers_.begin(); worker != workers_.end();) {
    if (!worker->done) {
      ++worker;
      continue;
    }
    worker->thread.join();
    worker = workers_.erase(worker);
  }
  std::list<Worker> one;  // joins the others when its thread has begun, which can fail
  Worker& worker = one.emplace_back();
  worker.thread = std::thread([this, &worker, run = std::move(job)]() mutable {
    try {
      run();
    } catch (const std::exception& problem) {  // no memory: the route's time limit answers
      log_(LogLevel::kError, "upstream", std::string("a request was given up: ") + problem.what());
    }
    run = nullptr;  // what it holds goes before the mark
    const std::lock_guard<std::mutex> done(mutex_);
    worker.done = true;
  });
  workers_.splice(workers_.end(), one);
}

}  // namespace mw::upstream
