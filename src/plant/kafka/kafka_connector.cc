#include "plant/kafka/kafka_connector.h"

#include <chrono>

namespace mw::plant {
namespace {

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::size_t kMostRecords = 2000;
constexpr int64_t kLogEveryNs = 10 * kNsPerSecond;

std::string group_of(const KafkaOptions& options) {
  return options.group.empty() ? "millwright-" + options.name : options.group;
}

Result<void> check_group(const std::string& group) {
  if (group.size() <= 200 &&
      group.find_first_of(std::string_view("\0\n\r\t", 4)) == std::string::npos) {
    return {};
  }
  return Error::make(Code::kInvalidArgument, "group: expected at most 200 bytes in one line",
                     "group：应为不超过 200 字节的单行文本", "group");
}

}  // namespace

Result<std::vector<TagIndex>> check_kafka_options(const KafkaOptions& options,
                                                  const Catalogue& catalogue) {
  MW_TRY(kafka::check_server(options.server));
  MW_TRY(check_group(options.group));
  MW_TRY(KafkaRecords::make(options, catalogue));
  std::vector<TagIndex> tags;
  for (const KafkaValue& each : options.topics) tags.push_back(catalogue.tag(each.tag)->index);
  return tags;
}

Result<std::unique_ptr<Connector>> KafkaConnector::start(KafkaOptions options,
                                                         const Catalogue& catalogue, Ingest& ingest,
                                                         LiveTable& live, const Clock& clock,
                                                         LogSink log) {
  MW_ASSIGN(const std::vector<TagIndex> tags, check_kafka_options(options, catalogue));
  MW_ASSIGN(KafkaRecords records, KafkaRecords::make(options, catalogue));
  std::unique_ptr<KafkaConnector> connector(new KafkaConnector(
      options, tags, std::move(records), catalogue, ingest, live, clock, std::move(log)));
  kafka::ConsumerOptions consumer;
  consumer.server = options.server;
  consumer.group = group_of(options);
  consumer.topics = connector->records_.topics();
  consumer.from_start = options.from_start;
  consumer.log = connector->log_;
  MW_ASSIGN(connector->consumer_, kafka::Consumer::start(std::move(consumer)));
  connector->thread_ =
      std::jthread([raw = connector.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(connector));
}

KafkaConnector::KafkaConnector(const KafkaOptions& options, const std::vector<TagIndex>& tags,
                               KafkaRecords records, const Catalogue& catalogue, Ingest& ingest,
                               LiveTable& live, const Clock& clock, LogSink log)
    : name_(options.name),
      address_(options.server.address),
      records_(std::move(records)),
      catalogue_(catalogue),
      ingest_(ingest),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      // Samples may be of any tag.
      health_({options.name, "kafka", options.server.address,
               options.samples.empty() ? std::set<TagIndex>(tags.begin(), tags.end())
                                       : std::set<TagIndex>()},
              catalogue, clock) {
  link_ = live_.add_link(tags);
  live_.set_link(link_, false, clock_.now_ns());
  health_.set_backlog(0);
}

void KafkaConnector::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (ingest_.store_refuses()) {
      // Longer than five minutes and others get our partitions, which is as it should be.
      complain({"the store cannot write at present: the records wait with the brokers",
                "存储目前无法写入：记录留在 Kafka 中"});
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    const Result<std::vector<kafka::Record>> records = consumer_->poll(kPoll, kMostRecords);
    look_at_link();
    if (!records) {
      complain(records.error().message);
    } else if (!records->empty() && take(*records, stop)) {
      const Result<void> noted = consumer_->commit();
      if (!noted) complain(noted.error().message);
    }
  }
  consumer_.reset();
}

void KafkaConnector::look_at_link() {
  const kafka::LinkState link = consumer_->link();
  if (link.lag) health_.set_backlog(*link.lag);
  if (link.up == up_ && link.problem.en == told_.en) return;
  if (link.up) {
    health_.connected();
    live_.set_link(link_, true, clock_.now_ns());
  } else if (!link.problem.en.empty()) {
    health_.failed({"no connection to Kafka at " + address_ + ": " + link.problem.en,
                    "无法连接 Kafka " + address_ + "：" + link.problem.in(Language::kZh)});
  }
  if (up_ && !link.up) live_.set_link(link_, false, clock_.now_ns());
  up_ = link.up;
  told_ = link.problem;
}

bool KafkaConnector::take(const std::vector<kafka::Record>& records, const std::stop_token& stop) {
  std::vector<Reading> readings;
  for (const kafka::Record& record : records) {
    RecordReadings read = records_.read(record);
    if (read.refused > 0) refuse(record, read.refused, read.reason);
    for (Reading& each : read.readings) {
      if (catalogue_.tag(each.tag) != nullptr) {
        readings.push_back(std::move(each));
      } else {
        refuse(record, 1,
               {"the plant has no tag '" + each.tag + "'", "工厂中没有测点“" + each.tag + "”"});
      }
    }
  }
  return readings.empty() || store(readings, stop);
}

bool KafkaConnector::store(const std::vector<Reading>& readings, const std::stop_token& stop) {
  while (true) {
    const Result<IngestOutcome> taken = ingest_.take(readings, Arrival::kByAge);
    if (taken && taken->outcome == AppendOutcome::kCommitted) {
      health_.took(*taken);
      return true;
    }
    // In memory only, or not even that: the position stays, and it is stored again, which changes
    // nothing where it was.
    if (!taken) complain(taken.error().message);
    do {
      if (stop.stop_requested()) return false;
      std::this_thread::sleep_for(kPoll);
    } while (ingest_.store_refuses());
  }
}

void KafkaConnector::refuse(const kafka::Record& record, uint64_t count, const Text& reason) {
  health_.refused(count);
  complain({record.place() + ": " + reason.en, record.place() + "：" + reason.in(Language::kZh)});
}

void KafkaConnector::complain(Text problem) {
  const int64_t now_ns = steady_ns();
  // Whoever sends nonsense does so with each record.
  if (logged_ns_ == 0 || now_ns - logged_ns_ >= kLogEveryNs) {
    logged_ns_ = now_ns;
    log_(LogLevel::kWarning, "plant", name_ + ": " + problem.en);
  }
  health_.complained(std::move(problem));
}

}  // namespace mw::plant
