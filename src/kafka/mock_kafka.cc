#include "kafka/mock_kafka.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>

#include "core/check.h"

namespace mw::kafka {

struct MockKafka::Parts {
  rd_kafka_t* owner = nullptr;  // the cluster runs on a client's threads
  rd_kafka_mock_cluster_t* cluster = nullptr;
  int brokers = 0;
};

MockKafka::MockKafka(int brokers) : parts_(std::make_unique<Parts>()) {
  std::array<char, 512> text{};
  parts_->brokers = brokers;
  parts_->owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text.data(), text.size());
  MW_CHECK(parts_->owner != nullptr);
  parts_->cluster = rd_kafka_mock_cluster_new(parts_->owner, brokers);
  MW_CHECK(parts_->cluster != nullptr);
}

MockKafka::~MockKafka() {
  rd_kafka_mock_cluster_destroy(parts_->cluster);
  rd_kafka_destroy(parts_->owner);
}

Server MockKafka::server() const {
  Server out;
  out.address = rd_kafka_mock_cluster_bootstraps(parts_->cluster);
  return out;
}

void MockKafka::make_topic(const std::string& topic, int partitions) {
  MW_CHECK(rd_kafka_mock_topic_create(parts_->cluster, topic.c_str(), partitions,
                                      parts_->brokers) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void MockKafka::set_down(bool down) {
  for (int32_t id = 1; id <= parts_->brokers; ++id) {
    const rd_kafka_resp_err_t error = down ? rd_kafka_mock_broker_set_down(parts_->cluster, id)
                                           : rd_kafka_mock_broker_set_up(parts_->cluster, id);
    MW_CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
}

void MockKafka::refuse_next(int times) {
  constexpr int16_t kProduce = 0;
  for (int i = 0; i < times; ++i) {
    rd_kafka_mock_push_request_errors(parts_->cluster, kProduce, 1,
                                      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  }
}

}  // namespace mw::kafka
