#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mw::plant {

/// What a certificate of OPC UA (X.509, DER) says.
struct OpcuaCertificate {
  std::string thumbprint;  // SHA-1 in upper-case hexadecimal digits, as OPC UA tools show it
  std::string subject;
  TimeNs from_ns = 0;
  TimeNs until_ns = 0;
  std::vector<std::string> uris;  // subject alternative names
};
/// Of the first certificate in `der`, whose bytes are `size` long. Errors: kCorrupt.
Result<OpcuaCertificate> read_opcua_certificate(std::string_view der, std::size_t* size = nullptr);

/// What we are to servers: a certificate that names us and its key.
struct OpcuaIdentity {
  std::string certificate;  // DER
  std::string key;          // DER (PKCS #8), secret
  OpcuaCertificate facts;
  std::filesystem::path file;  // of the certificate, for whoever is to trust it
};
/// Reads `folder`/own; makes it where there is none: RSA 2048, self-signed, five years. Errors:
/// what is there and cannot be used, an expired certificate with what to do.
Result<OpcuaIdentity> open_opcua_identity(const std::filesystem::path& folder, TimeNs now_ns);

/// Whether the server whose (chain of) certificates is `der` may be spoken to: `folder`/trusted
/// holds that very certificate, it is valid now, and it names the application `uri`. One that is
/// not trusted is put into `folder`/rejected, from where a person may move it.
Result<OpcuaCertificate> check_opcua_trust(const std::filesystem::path& folder,
                                           std::string_view der, std::string_view uri,
                                           TimeNs now_ns);

}  // namespace mw::plant
