#include "notify/internal/message_body.h"

namespace mw::notify {

std::string message_body(const std::vector<Message>& messages, TimeNs now_ns) {
  Json list = Json::array();
  for (const Message& each : messages) {
    Json one{{"key", each.key}, {"subject", each.subject}, {"text", each.text}};
    if (each.facts.is_object()) one.update(each.facts);
    list.push_back(std::move(one));
  }
  return to_text({{"sent_ms", now_ns / kNsPerMs}, {"messages", std::move(list)}});
}

}  // namespace mw::notify
