#include "server/http/sse.h"

#include "core/check.h"

namespace mw::server {

std::string sse_data(std::string_view payload) {
  MW_DCHECK(payload.find('\n') == std::string_view::npos);
  std::string out;
  out.reserve(payload.size() + 8);
  out += "data: ";
  out += payload;
  out += "\n\n";
  return out;
}

std::string sse_event(std::string_view name, std::string_view payload) {
  std::string out;
  out.reserve(name.size() + payload.size() + 16);
  out += "event: ";
  out += name;
  out += '\n';
  out += sse_data(payload);
  return out;
}

StreamHead event_stream_head(StreamHead head) {
  head.head.content_type = "text/event-stream; charset=utf-8";
  head.head.headers.push_back({"Cache-Control", "no-cache"});
  head.head.headers.push_back({"X-Accel-Buffering", "no"});
  head.ping = kSsePing;
  return head;
}

}  // namespace mw::server
