#pragma once

#include <memory>
#include <string>

#include "kafka/kafka_server.h"

namespace mw::kafka {

/// librdkafka's own cluster of brokers, in memory and on ports of this machine, for tests: groups,
/// positions and topics work as with real ones; what it holds is gone with it.
class MockKafka {
 public:
  explicit MockKafka(int brokers = 1);
  ~MockKafka();
  Server server() const;
  void make_topic(const std::string& topic, int partitions);
  /// Brokers that are down close their connections and take no new ones.
  void set_down(bool down);
  /// The next records sent are refused so many times, for a reason that passes.
  void refuse_next(int times);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mw::kafka
