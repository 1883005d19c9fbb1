// Any bytes as what another server streams or sends in one piece: what is taken makes events and
// answers of ours that are JSON (a response's among them), and every refusal says why in both
// languages.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/clock.h"
#include "server/openai/relay_response.h"
#include "server/openai/relay_vectors.h"
#include "upstream/event_reader.h"

namespace {

using mw::server::openai::FormatOptions;
using mw::server::openai::RelayAnswer;
using mw::server::openai::RelayChoices;

void check_refusal(const mw::Error& error) {
  MW_CHECK(!error.message.en.empty() && !error.message.zh.empty());
}

void check_events(const std::string& events) {
  mw::upstream::EventReader reader;
  const auto read = reader.push(events, [](std::string_view data) -> mw::Result<void> {
    MW_CHECK(data == "[DONE]" || mw::parse_json(data).has_value());
    return {};
  });
  MW_CHECK(read.has_value() && !reader.within_event());
}

std::unique_ptr<RelayAnswer> response(bool with_logprobs, bool stream) {
  mw::server::openai::ResponseAnswerOptions options;
  options.response = mw::server::openai::response_object({}, {"resp_0", 0, "m", "f"});
  options.with_logprobs = with_logprobs;
  options.clock = std::make_shared<mw::SystemClock>();
  return mw::server::openai::relay_response(std::move(options), stream);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool chat = (data[0] & 1U) != 0;
  const bool stream = (data[0] & 2U) != 0;
  const int choices = 1 + (data[0] >> 6);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  FormatOptions options;
  options.with_logprobs = options.with_usage = (data[0] & 4U) != 0;
  const bool as_response = chat && choices == 1 && (data[0] & 8U) != 0;
  const std::unique_ptr<RelayAnswer> answer =
      as_response ? response(options.with_logprobs, stream)
                  : std::make_unique<RelayChoices>(options, chat, stream, choices);
  mw::upstream::EventReader reader;
  (void)reader.push(bytes, [&](std::string_view event) -> mw::Result<void> {
    const auto chunk = mw::server::openai::parse_relay_chunk(event, chat, choices);
    if (!chunk) {
      check_refusal(chunk.error());
      return chunk.error();
    }
    const auto events = answer->take(*chunk);
    if (!events) {
      check_refusal(events.error());
      return events.error();
    }
    check_events(*events);
    MW_CHECK(stream || events->empty());
    return {};
  });
  check_events(answer->end());
  MW_CHECK(mw::parse_json(mw::to_text(answer->whole())).has_value());
  if (const auto vectors = mw::server::openai::parse_vectors(bytes, 2)) {
    MW_CHECK(vectors->vectors.size() == 2 &&
             vectors->vectors[0].size() == vectors->vectors[1].size());
  }
  if (const auto scores = mw::server::openai::parse_scores(bytes, 2)) {
    MW_CHECK(scores->scores.size() == 2);
  }
  return 0;
}
