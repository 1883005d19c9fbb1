#include "server/openai/stream_frame.h"

#include "server/http/sse.h"

namespace mw::server::openai {

Json answer_frame(const FormatOptions& options, const char* object) {
  const AnswerIdentity& identity = options.identity;
  Json out;
  out["id"] = identity.id;
  out["object"] = object;
  out["created"] = identity.created_s;
  out["model"] = identity.model;
  out["system_fingerprint"] = identity.fingerprint;
  return out;
}

std::string StreamFrame::chunk(Json choice, std::size_t text_bytes) {
  Json out = frame_;
  out["choices"] = Json::array({std::move(choice)});
  if (options_.with_usage) out["usage"] = nullptr;
  if (options_.with_obfuscation) out["obfuscation"] = padding_.after(text_bytes);
  return sse_data(to_text(out));
}

std::string StreamFrame::end(const Usage& usage) const {
  std::string out;
  if (options_.with_usage) {
    Json last = frame_;
    last["choices"] = Json::array();
    last["usage"] = to_json(usage);
    out = sse_data(to_text(last));
  }
  out += kSseDone;
  return out;
}

}  // namespace mw::server::openai
