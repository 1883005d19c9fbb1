#include "plant/demo_site.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "core/check.h"
#include "core/file.h"
#include "plant/demo/demo_description.h"
#include "plant/demo/demo_history.h"
#include "plant/demo/demo_publisher.h"
#include "plant/demo/mosquitto_process.h"
#include "plant/demo/simulated_line.h"

namespace mw::plant {
namespace {

class DemoSiteImpl final : public DemoSite {
 public:
  DemoSiteImpl(DemoOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}
  ~DemoSiteImpl() override {
    if (worker_.joinable()) {
      worker_.request_stop();
      worker_.join();
    }
  }

  Result<void> open() {
    MW_TRY(make_private_folder(options_.data_folder));
    const std::filesystem::path folder(options_.data_folder);
    MW_ASSIGN(broker_, MosquittoProcess::start((folder / "broker").string(), options_.log));
    PlantOptions plant;
    plant.data_folder = options_.data_folder;
    plant.catalogue = demo_catalogue();
    plant.broker = broker_->address();
    plant.zone = options_.zone;
    plant.tellers = options_.tellers;
    plant.clock = &clock_;
    plant.log = options_.log;
    MW_ASSIGN(plant_, Plant::open(std::move(plant)));
    MW_ASSIGN(publisher_,
              DemoPublisher::create(demo_catalogue(), broker_->address(), options_.log));
    worker_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return {};
  }

  Plant& plant() override { return *plant_; }
  bool history_ready() const override { return history_ready_.load(); }

 private:
  void run(const std::stop_token& stop) {
    const TimeNs now_ns = clock_.now_ns();
    const Identity self = Identity::local_viewer();
    const std::shared_ptr<const Catalogue> catalogue = plant_->catalogue(self);
    TimeNs from_ns = now_ns - int64_t{options_.history_hours} * kNsPerHour;
    for (const Tag& tag : catalogue->tags()) {
      const Result<TagValue> last = plant_->latest(self, tag.id);
      if (last) from_ns = std::max(from_ns, std::min(last->ts_ns, now_ns));
    }
    Result<SimulatedLine> line = SimulatedLine::create(catalogue, options_.seed, from_ns);
    if (!line) {
      options_.log(LogLevel::kError, "plant", "demo plant: " + line.error().message.en);
      return;
    }
    for (const Tag& tag : catalogue->tags()) {
      if (tag.kind != TagKind::kCounter) continue;
      const Result<TagValue> last = plant_->latest(self, tag.id);
      if (last && last->value) line->set_counter(tag, *last->value);
    }
    const Result<void> written =
        write_history(*line, plant_->ingest(), now_ns - kNsPerHour, now_ns, stop);
    if (!written) {
      options_.log(LogLevel::kError, "plant", "demo history: " + written.error().message.en);
    }
    history_ready_ = true;
    line->begin_wear();  // what was back-filled is normal; the failure comes while people look
    publisher_->run(*line, clock_, stop);
  }

  const DemoOptions options_;
  const Clock& clock_;
  std::unique_ptr<MosquittoProcess> broker_;
  std::unique_ptr<Plant> plant_;
  std::unique_ptr<DemoPublisher> publisher_;
  std::atomic<bool> history_ready_{false};
  std::jthread worker_;
};

}  // namespace

std::shared_ptr<const Catalogue> demo_catalogue() {
  static const std::shared_ptr<const Catalogue> catalogue = [] {
    Result<std::shared_ptr<const Catalogue>> parsed = Catalogue::parse(demo_description());
    MW_CHECK(parsed.has_value());  // embedded at build, and a unit test reads it
    return *parsed;
  }();
  return catalogue;
}

Result<std::unique_ptr<DemoSite>> DemoSite::start(DemoOptions options) {
  static const SystemClock system_clock;
  if (!options.log) options.log = no_log();
  const Clock& clock = options.clock != nullptr ? *options.clock : system_clock;
  auto site = std::make_unique<DemoSiteImpl>(std::move(options), clock);
  MW_TRY(site->open());
  return std::unique_ptr<DemoSite>(std::move(site));
}

}  // namespace mw::plant
