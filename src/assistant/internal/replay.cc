#include "assistant/internal/replay.h"

#include <openssl/evp.h>

namespace mw::assistant {

std::string digest(const std::string& text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  size_t size = 0;
  MW_CHECK(EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), bytes, &size) == 1);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < 16 && i < size; ++i) {
    out.push_back(kDigits[bytes[i] >> 4]);
    out.push_back(kDigits[bytes[i] & 15]);
  }
  return out;
}

std::string replay_id(const std::string& question, TimeNs now, const std::string& catalogue_version,
                      const AskAnswer& answer) {
  Json json = Json::object();
  json["question"] = question;
  json["now_ns"] = now;
  json["catalogue"] = catalogue_version;
  json["language"] = answer.language == Language::kZh ? "zh" : "en";
  json["tool"] = answer.tool;
  json["arguments"] = answer.arguments;
  json["evidence"] = Json::array();
  for (const Evidence& each : answer.evidence) {
    Json evidence = to_json(each);
    evidence.erase("series");  // drawn beside the answer, not part of what it says
    json["evidence"].push_back(std::move(evidence));
  }
  return digest(to_text(json));
}

}  // namespace mw::assistant
