#include "plant/opcua/opcua_certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>

#include "core/file.h"
#include "core/file_lock.h"
#include "core/hex.h"

namespace mw::plant {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostCertificateBytes = 64 * 1024;
constexpr std::size_t kMostTrusted = 1000;
constexpr std::size_t kMostRejected = 100;
constexpr int kKeyBits = 2048;  // Basic256Sha256 and its successors take 2048 to 4096
constexpr long kValidS = 5L * 365 * 24 * 3600;

template <auto Free>
struct FreedBy {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Certificate = std::unique_ptr<X509, FreedBy<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, FreedBy<GENERAL_NAMES_free>>;

TimeNs time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<TimeNs>(::timegm(&parts)) * kNsPerSecond;
}

std::string date_of(TimeNs ns) {
  const auto seconds = static_cast<std::time_t>(ns / kNsPerSecond);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

std::string bytes_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  if (X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
    return {};
  }
  return bytes_of(out.get());
}

std::string thumbprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha1(), digest.data(), &size) != 1) return {};
  std::string out = hex_of(std::span(digest).first(size));
  for (char& c : out) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::vector<std::string> uris_of(const X509* certificate) {
  std::vector<std::string> out;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return out;
}

Error not_made(const char* what) {
  return Error::make(Code::kInternal, std::string("OpenSSL cannot make ") + what + " for OPC UA",
                     "OpenSSL 无法生成 OPC UA 所需的证书或密钥");
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// As Part 6 (6.2.2) wants an application instance certificate.
Result<Certificate> make_certificate(EVP_PKEY* key, const std::string& host, const std::string& uri,
                                     TimeNs now_ns) {
  Certificate certificate(X509_new());
  std::array<unsigned char, 16> serial{};
  const Bio number(BIO_new(BIO_s_mem()));
  if (certificate == nullptr || RAND_bytes(serial.data(), serial.size()) != 1) {
    return not_made("a certificate");
  }
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 1);  // positive, and of full length
  const std::unique_ptr<BIGNUM, FreedBy<BN_free>> big(
      BN_bin2bn(serial.data(), serial.size(), nullptr));
  X509* raw = certificate.get();
  X509_NAME* name = X509_get_subject_name(raw);
  const auto add = [&](const char* field, const std::string& text) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                                      0) == 1;
  };
  const std::time_t now_s = static_cast<std::time_t>(now_ns / kNsPerSecond);
  const bool done =
      X509_set_version(raw, 2) == 1 &&
      BN_to_ASN1_INTEGER(big.get(), X509_get_serialNumber(raw)) != nullptr &&
      ASN1_TIME_set(X509_getm_notBefore(raw), now_s - 3600) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(raw), now_s + kValidS) != nullptr &&
      add("O", "Millwright") && add("CN", "Millwright@" + host) &&
      X509_set_issuer_name(raw, name) == 1 && X509_set_pubkey(raw, key) == 1 &&
      add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(raw, NID_key_usage,
                    "critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,"
                    "keyCertSign") &&
      add_extension(raw, NID_ext_key_usage, "clientAuth,serverAuth") &&
      add_extension(raw, NID_subject_key_identifier, "hash") &&
      add_extension(raw, NID_subject_alt_name, "URI:" + uri + ",DNS:" + host) &&
      X509_sign(raw, key, EVP_sha256()) > 0;
  if (!done) return not_made("a certificate");
  return certificate;
}

std::string der_of(const X509* certificate) {
  unsigned char* data = nullptr;
  const int size = i2d_X509(certificate, &data);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(data);
  return out;
}

/// Letters that a host name has, so that nothing of it is taken for syntax of an extension.
std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string out;
  for (const char* c = name.data(); *c != '\0' && out.size() < 50; ++c) {
    const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                       (*c >= '0' && *c <= '9') || *c == '-' || *c == '.';
    out += plain ? *c : '-';
  }
  return out.empty() ? "localhost" : out;
}

Result<void> make_identity(const fs::path& own, TimeNs now_ns) {
  MW_TRY(make_private_folder(own));
  const Key key(EVP_RSA_gen(kKeyBits));
  if (key == nullptr) return not_made("a key");
  // Two installations on one host are two applications.
  std::array<unsigned char, 8> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return not_made("a key");
  const std::string id = hex_of(random);
  const std::string host = host_name();
  MW_ASSIGN(const Certificate certificate,
            make_certificate(key.get(), host, "urn:" + host + ":millwright:" + id, now_ns));
  const Bio pem(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
      1) {
    return not_made("a key");
  }
  MW_TRY(write_file_atomically(own / "private_key.pem", bytes_of(pem.get())));
  return write_file_atomically(own / "certificate.der", der_of(certificate.get()));
}

Result<std::string> read_key(const fs::path& path, const std::string& certificate) {
  MW_ASSIGN(const std::string text, read_file(path, kMostCertificateBytes));
  const Bio in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const auto* data = reinterpret_cast<const unsigned char*>(certificate.data());
  const Certificate own(d2i_X509(nullptr, &data, static_cast<long>(certificate.size())));
  if (key == nullptr || own == nullptr || X509_check_private_key(own.get(), key.get()) != 1) {
    return Error::make(Code::kCorrupt,
                       path.string() +
                           " is not the key of certificate.der beside it: restore both, "
                           "or delete the folder to have new ones made",
                       path.string() +
                           " 与同目录的 certificate.der 不匹配：请恢复二者，"
                           "或删除该目录以重新生成");
  }
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreedBy<PKCS8_PRIV_KEY_INFO_free>> packed(
      EVP_PKEY2PKCS8(key.get()));
  unsigned char* der = nullptr;
  const int size = packed == nullptr ? 0 : i2d_PKCS8_PRIV_KEY_INFO(packed.get(), &der);
  if (size <= 0) return not_made("a key");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return out;
}

/// DER of what lies in a file, PEM or DER; empty when it is none.
std::string certificate_in(const fs::path& path) {
  const Result<std::string> text = read_file(path, kMostCertificateBytes);
  if (!text) return {};
  if (text->find("-----BEGIN") == std::string::npos) return *text;
  const Bio in(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  const Certificate certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  return certificate == nullptr ? std::string() : der_of(certificate.get());
}

bool is_trusted(const fs::path& folder, std::string_view der) {
  std::error_code problem;
  std::size_t seen = 0;
  for (fs::directory_iterator file(folder, problem), end; !problem && file != end;
       file.increment(problem)) {
    if (++seen > kMostTrusted) return false;
    if (certificate_in(file->path()) == der) return true;
  }
  return false;
}

/// For who decides to trust it. Each connection shows it again: it is written once.
Result<void> keep_rejected(const fs::path& file, std::string_view der) {
  std::error_code problem;
  if (fs::exists(file, problem)) return {};
  MW_TRY(make_private_folder(file.parent_path()));
  const auto files = std::distance(fs::directory_iterator(file.parent_path(), problem), {});
  if (problem) return errno_error("list", file.parent_path().string(), problem.value());
  if (static_cast<std::size_t>(files) >= kMostRejected) {
    return Error::make(Code::kResourceExhausted,
                       file.parent_path().string() + " is full: throw away what is not wanted",
                       file.parent_path().string() + " 已满：请清理不需要的证书");
  }
  return write_file_atomically(file, der);
}

}  // namespace

Result<OpcuaCertificate> read_opcua_certificate(std::string_view der, std::size_t* size) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = begin;
  const Certificate certificate(der.size() > kMostCertificateBytes
                                    ? nullptr
                                    : d2i_X509(nullptr, &end, static_cast<long>(der.size())));
  if (certificate == nullptr) {
    return Error::make(Code::kCorrupt, "this is no certificate (X.509, DER)",
                       "不是有效的证书（X.509，DER）");
  }
  if (size != nullptr) *size = static_cast<std::size_t>(end - begin);
  OpcuaCertificate out;
  out.thumbprint = thumbprint_of(certificate.get());
  out.subject = subject_of(certificate.get());
  out.from_ns = time_of(X509_get0_notBefore(certificate.get()));
  out.until_ns = time_of(X509_get0_notAfter(certificate.get()));
  out.uris = uris_of(certificate.get());
  return out;
}

Result<OpcuaIdentity> open_opcua_identity(const fs::path& folder, TimeNs now_ns) {
  const fs::path own = folder / "own";
  std::error_code problem;
  OpcuaIdentity out;
  out.file = own / "certificate.der";
  // Connectors of one process start at once, and `plant browse` is another.
  MW_TRY(make_private_folder(folder));
  MW_ASSIGN(const FileLock alone, FileLock::acquire(folder / "own.lock"));
  if (!fs::exists(out.file, problem)) {
    // A key without a certificate is a start that was cut off.
    fs::remove(own / "private_key.pem", problem);
    MW_TRY(make_identity(own, now_ns));
  }
  MW_ASSIGN(out.certificate, read_file(out.file, kMostCertificateBytes));
  const Result<OpcuaCertificate> facts = read_opcua_certificate(out.certificate);
  if (!facts || facts->uris.empty()) {
    return Error::make(Code::kCorrupt,
                       out.file.string() +
                           " is no certificate that names an application: restore "
                           "it, or delete the folder to have a new one made",
                       out.file.string() + " 不是有效的应用证书：请恢复，或删除该目录以重新生成");
  }
  out.facts = *facts;
  if (now_ns > out.facts.until_ns) {
    return Error::make(Code::kUnavailable,
                       "our own certificate " + out.file.string() + " expired on " +
                           date_of(out.facts.until_ns) + ": delete the folder " + own.string() +
                           ", start again, and have the server trust the new one",
                       "本机证书 " + out.file.string() + " 已于 " + date_of(out.facts.until_ns) +
                           " 过期：请删除目录 " + own.string() + "，重启后让服务器信任新证书");
  }
  MW_ASSIGN(out.key, read_key(own / "private_key.pem", out.certificate));
  return out;
}

Result<OpcuaCertificate> check_opcua_trust(const fs::path& folder, std::string_view der,
                                           std::string_view uri, TimeNs now_ns) {
  std::size_t size = 0;
  MW_ASSIGN(OpcuaCertificate facts, read_opcua_certificate(der, &size));
  const std::string_view first = der.substr(0, size);
  const std::string named = "'" + facts.subject + "', thumbprint " + facts.thumbprint;
  const std::string zh_named = "“" + facts.subject + "”，指纹 " + facts.thumbprint;
  MW_TRY(make_private_folder(folder / "trusted"));
  if (!is_trusted(folder / "trusted", first)) {
    const fs::path file = folder / "rejected" / (facts.thumbprint + ".der");
    const std::string to = (folder / "trusted").string();
    const Result<void> kept = keep_rejected(file, first);
    // What could not be kept cannot be moved: the server's own file has to come from elsewhere.
    const Text next =
        kept ? Text{"move " + file.string() + " to " + to, "将 " + file.string() + " 移到 " + to}
             : Text{"copy it from the server to " + to +
                        " (it could not be kept here: " + kept.error().message.en + ")",
                    "从服务器将其复制到 " + to + "（无法在此保存：" +
                        kept.error().message.in(Language::kZh) + "）"};
    return Error::make(Code::kPermissionDenied,
                       "the server's certificate is not trusted: " + named +
                           ". Compare the thumbprint with the server's, then " + next.en,
                       "服务器证书不受信任：" + zh_named + "。请与服务器核对指纹，然后" + next.zh);
  }
  if (now_ns > facts.until_ns || now_ns < facts.from_ns) {
    return Error::make(Code::kPermissionDenied,
                       "the server's certificate is valid from " + date_of(facts.from_ns) + " to " +
                           date_of(facts.until_ns) + " only: " + named +
                           ". Have the server's renewed, and trust the new one",
                       "服务器证书仅在 " + date_of(facts.from_ns) + " 至 " +
                           date_of(facts.until_ns) + " 有效：" + zh_named +
                           "。请更新服务器证书并信任新证书");
  }
  const bool its_own =
      uri.empty() || std::find(facts.uris.begin(), facts.uris.end(), uri) != facts.uris.end();
  if (!its_own) {
    return Error::make(
        Code::kPermissionDenied,
        "the server calls itself '" + std::string(uri.substr(0, 200)) +
            "', but its certificate names another application: " + named,
        "服务器自称“" + std::string(uri.substr(0, 200)) + "”，但其证书属于其他应用：" + zh_named);
  }
  return facts;
}

}  // namespace mw::plant
