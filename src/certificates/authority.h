#pragma once

#include <string_view>
#include <vector>

#include "certificates/certificate_facts.h"
#include "core/result.h"

namespace mw::certificates {

/// Certificates whose word is to be taken, as somebody pasted them: PEM, one after the other, with
/// whatever text between them. Of the bytes nobody is trusted yet.
/// Errors  kInvalidArgument, saying which: no certificate, a private key among them (which has no
///         business here), one that cannot be read, more than 20 or 64 KiB.
Result<std::vector<CertificateFacts>> read_authorities(std::string_view pem);

/// Errors  kInvalidArgument where one of them is over or has not begun: nobody could be known by
/// it.
Result<void> check_in_force(const std::vector<CertificateFacts>& authorities, TimeNs now_ns);

}  // namespace mw::certificates
