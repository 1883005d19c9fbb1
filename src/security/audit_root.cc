#include "security/audit_root.h"

#include "core/hex.h"
#include "core/json.h"
#include "security/audit_event.h"
#include "security/internal/audit_codec.h"
#include "security/internal/signing_key.h"

namespace mw::security {
namespace {

Error no_root(const std::string& what) {
  return Error::make(
      Code::kCorrupt,
      "not a root of an audit log: " + what + "; expected what `millwright audit root` prints",
      "不是审计日志的根：" + what + "；应为 `millwright audit root` 的输出", "root");
}

template <std::size_t kSize>
Result<void> read_hex(const Json& json, const char* key, std::array<uint8_t, kSize>& out) {
  const auto text = json_string(json, key);
  if (!text || !from_hex(*text, out)) {
    return no_root(std::string(key) + " is not " + std::to_string(2 * kSize) + " hex digits");
  }
  return {};
}

}  // namespace

std::string_view outcome_name(AuditOutcome outcome) {
  switch (outcome) {
    case AuditOutcome::kDone:
      return "done";
    case AuditOutcome::kRefused:
      return "refused";
    case AuditOutcome::kFailed:
      break;
  }
  return "failed";
}

std::string audit_root_text(const AuditRoot& root) {
  const Json json{{"log", hex_of(root.log)}, {"seq", root.seq},
                  {"ts_ns", root.ts_ns},     {"hash", hex_of(root.hash)},
                  {"key", hex_of(root.key)}, {"signature", hex_of(root.signature)}};
  return to_text(json);
}

Result<AuditRoot> parse_audit_root(std::string_view text) {
  MW_ASSIGN(const Json json, parse_json(text, 4));
  if (!json.is_object()) return no_root("no JSON object");
  AuditRoot root;
  MW_TRY(read_hex(json, "log", root.log));
  MW_TRY(read_hex(json, "hash", root.hash));
  MW_TRY(read_hex(json, "key", root.key));
  MW_TRY(read_hex(json, "signature", root.signature));
  MW_ASSIGN(const int64_t seq, json_integer(json, "seq", 0));
  if (seq < 1) return no_root("seq is not a number from 1 on");
  root.seq = static_cast<uint64_t>(seq);
  MW_ASSIGN(root.ts_ns, json_integer(json, "ts_ns", 0));
  const std::string message = root_message(root.log, root.seq, root.ts_ns, root.hash);
  if (!signature_fits(root.key, message, root.signature)) {
    return no_root("its signature is not of its key");
  }
  return root;
}

std::string key_fingerprint(const PublicKey& key) {
  return sha256_hex({reinterpret_cast<const char*>(key.data()), key.size()}).substr(0, 16);
}

}  // namespace mw::security
