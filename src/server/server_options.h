#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "security/people.h"

namespace mw::server {

class ServedCertificate;
class ServerMetrics;

/// What one client, and all together, may take. Each has a reason in docs/adr/0062.
struct Limits {
  uint32_t header_bytes = 16 * 1024;
  int header_fields = 100;
  int header_timeout_ms = 10'000;  // from the first byte of a request to the end of its header
  int body_timeout_ms = 60'000;    // from the end of the header to the end of the body
  int idle_timeout_ms = 75'000;    // between requests on a kept connection
  int write_timeout_ms = 20'000;   // without one byte taken by the reader
  int handshake_timeout_ms = 10'000;
  int certificate_check_ms = 10'000;  // how often its files are looked at
  int drain_timeout_ms = 5'000;       // how long stop() lets running answers finish
  int connections = 1024;
  int connections_per_client = 512;                 // by remote address
  std::size_t queue_bytes = 256 * 1024;             // of a stream that its reader has not taken
  uint64_t buffered_body_bytes = 64 * 1024 * 1024;  // of all request bodies at once
  int worker_threads = 2;
  int blocking_threads = 8;
  int queued_jobs = 512;  // waiting for either pool; over it: 429
};

struct ApiKey {
  std::string name;    // who it stands for, in logs and rights
  std::string secret;  // hashed at start and forgotten; at least 16 characters
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;              // 0: any free one, see HttpServer::port
  std::string tls_certificate_file;  // PEM chain; with tls_key_file: TLS 1.2 and 1.3 only
  std::string tls_key_file;
  std::shared_ptr<ServedCertificate> certificate;  // told of what is served; may be null
  std::vector<ApiKey> api_keys;                    // none: nobody is asked, loopback only
  std::shared_ptr<security::People> people;        // may be null
  bool loopback_viewer = false;                    // without a login too, once there are people
  std::vector<std::string> allowed_hosts;          // Host values accepted beside loopback names
  std::vector<std::string> allowed_origins;  // "https://panel.local": other sites that may call
  Limits limits;
  std::shared_ptr<ServerMetrics> metrics;  // may be null
};

}  // namespace mw::server
