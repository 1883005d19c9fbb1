#include "certificates/authority.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "core/utc_text.h"

namespace mw::certificates {
namespace {

constexpr std::size_t kMostBytes = 64U << 10;
constexpr std::size_t kMostCertificates = 20;
constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";

Error wrong(const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, en, zh);
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

Result<std::vector<CertificateFacts>> read_all(std::string_view pem, std::size_t count) {
  std::vector<CertificateFacts> out;
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  // A password is never asked for: certificates have none.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  while (in != nullptr && out.size() < count) {
    const std::unique_ptr<X509, decltype(&X509_free)> one(
        PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr), X509_free);
    if (one == nullptr) break;
    out.push_back(facts_of(one.get()));
  }
  ERR_clear_error();
  if (out.size() == count) return out;
  const std::string number = std::to_string(out.size() + 1);
  return wrong(
      "certificate " + number + " of " + std::to_string(count) +
          " cannot be read: copy the file whole",
      "第 " + number + " 个证书（共 " + std::to_string(count) + " 个）无法读取：请完整复制文件");
}

}  // namespace

Result<std::vector<CertificateFacts>> read_authorities(std::string_view pem) {
  if (pem.size() > kMostBytes) {
    return wrong("more than 64 KiB: expected the certificates of one authority",
                 "超过 64 KiB：应为一个证书颁发机构的证书");
  }
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos) {
    return wrong("it holds a private key, which stays where it is: give the certificate alone",
                 "其中含有私钥，私钥不应离开原处：请只提供证书");
  }
  const std::size_t count = count_of(pem, kBegin);
  if (count == 0) {
    return wrong("it is not a certificate: expected PEM, beginning with " + std::string(kBegin),
                 "不是证书：应为以 " + std::string(kBegin) + " 开头的 PEM 文本");
  }
  if (count > kMostCertificates) {
    return wrong("more than 20 certificates: expected those of one authority",
                 "超过 20 个证书：应为一个证书颁发机构的证书");
  }
  return read_all(pem, count);
}

Result<void> check_in_force(const std::vector<CertificateFacts>& authorities, TimeNs now_ns) {
  for (const CertificateFacts& each : authorities) {
    const CertificateState state = state_of(each, now_ns);
    if (state == CertificateState::kExpired) {
      const std::string until = utc_text(each.until_ns);
      return wrong("the certificate of " + each.subject + " expired at " + until +
                       ": give the one that follows it",
                   each.subject + " 的证书已于 " + until + " 过期：请提供后续证书");
    }
    if (state == CertificateState::kNotYetValid) {
      const std::string from = utc_text(each.from_ns);
      return wrong("the certificate of " + each.subject + " is valid from " + from +
                       " on only: check the clock of this machine",
                   each.subject + " 的证书自 " + from + " 起才有效：请检查本机时钟");
    }
  }
  return {};
}

}  // namespace mw::certificates
