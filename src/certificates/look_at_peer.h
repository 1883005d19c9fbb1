#pragma once

#include <chrono>
#include <stop_token>

#include "certificates/certificate_facts.h"
#include "certificates/peer.h"
#include "core/result.h"

namespace mw::certificates {

/// Connects, begins TLS and ends: of the certificates that `peer` is believed by, the one that
/// expires first. Where no chain leads from the peer's own to one that this machine or `ca_file`
/// trusts, its own. Who it is, is not judged: that is for whoever means to talk to it. Nothing else
/// is sent, no user and no password.
/// Errors   kUnavailable (no connection, no TLS there), kDeadlineExceeded, kCancelled.
Result<CertificateFacts> look_at_peer(const Peer& peer, std::chrono::milliseconds timeout,
                                      std::stop_token stop);

}  // namespace mw::certificates
