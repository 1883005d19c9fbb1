// Any bytes as a question to the assistant's front end: text, times, names, plans. Nothing is
// answered here (no data): what is checked is that every plan names a registered tool and tags and
// assets that exist, that windows lie in the past, and that the verifier bears any text.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assistant/question_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size > 4000) return 0;  // what Assistant::ask lets through
  static const mw::assistant::QuestionCheck check;
  check.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
