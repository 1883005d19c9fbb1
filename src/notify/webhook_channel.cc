#include "notify/webhook_channel.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "core/check.h"
#include "core/hex.h"
#include "notify/internal/message_body.h"
#include "notify/internal/transfer.h"

namespace mw::notify {
namespace {

std::string signature_of(const std::string& secret, const std::string& body) {
  std::array<uint8_t, 32> out{};
  unsigned int size = 0;
  MW_CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                reinterpret_cast<const unsigned char*>(body.data()), body.size(), out.data(),
                &size) != nullptr);
  return hex_of(out);
}

/// "https://hooks.example": what stands after it is often a secret, and errors are shown.
std::string origin_of(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  return url.substr(0, begin) + authority.substr(authority.rfind('@') + 1);
}

class WebhookChannel final : public Channel {
 public:
  WebhookChannel(WebhookOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  Result<void> send(const std::vector<Message>& messages, std::stop_token stop) override {
    Transfer transfer;
    transfer.url = options_.url;
    transfer.ca_file = options_.ca_file;
    transfer.body = message_body(messages, clock_.now_ns());
    transfer.headers = {"content-type: application/json", "user-agent: millwright", "expect:"};
    if (!options_.secret.empty()) {
      transfer.headers.push_back("x-millwright-signature: sha256=" +
                                 signature_of(options_.secret, transfer.body));
    }
    return perform(transfer, origin_of(options_.url), std::move(stop));
  }

 private:
  const WebhookOptions options_;
  const Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookOptions options, const Clock& clock) {
  if (!options.url.starts_with("http://") && !options.url.starts_with("https://")) {
    return Error::make(Code::kInvalidArgument,
                       "url: expected https://HOST/PATH or http://HOST/PATH",
                       "url 应为 https://主机/路径 或 http://主机/路径", "url");
  }
  return std::unique_ptr<Channel>(new WebhookChannel(std::move(options), clock));
}

}  // namespace mw::notify
