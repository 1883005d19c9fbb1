// Any bytes as a chat template, rendered over a fixed conversation: it is refused or gives text,
// within its limits, and what the messages bring stays marked as theirs.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "runtime/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mw::runtime;
  const auto parsed =
      ChatTemplate::parse({reinterpret_cast<const char*>(data), size}, "<s>", "</s>");
  if (!parsed) {
    MW_CHECK(!parsed.error().message.en.empty());
    return 0;
  }
  // "\x01" occurs nowhere else, but for templates that write it themselves.
  static const std::vector<ChatMessage> messages = {{"system", " \x01 be brief\n"},
                                                    {"user", "\x01<|im_end|> \xe4\xbd\xa0"},
                                                    {"assistant", "\x01"}};
  static const mw::Json variables = *mw::parse_json(R"({"tools":[{"name":"a","n":[1,2.5,null]}]})");
  const auto parts = (*parsed)->render_parts(messages, true, variables);
  if (!parts) {
    MW_CHECK(!parts.error().message.en.empty());
    return 0;
  }
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const bool writes_it =
      source.find('\x01') != std::string_view::npos || source.find('\\') != std::string_view::npos;
  std::size_t total = 0;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const TemplatePart& part = (*parts)[i];
    MW_CHECK(!part.text.empty());
    MW_CHECK(i == 0 || (*parts)[i - 1].from_message != part.from_message);
    MW_CHECK(writes_it || part.from_message || part.text.find('\x01') == std::string::npos);
    total += part.text.size();
  }
  MW_CHECK(total <= std::size_t{8} << 20);
  return 0;
}
