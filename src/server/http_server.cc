#include "server/http_server.h"

#include <mutex>
#include <thread>

#include "server/internal/server_core.h"

namespace mw::server {

class HttpServer::Impl {
 public:
  Impl(ServerOptions options, AccessGuard guard, Router router, LogSink log)
      : core(std::move(options), std::move(guard), std::move(router), std::move(log)) {}

  ServerCore core;
  std::thread io_thread;
  std::once_flag stopped;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, Router router,
                                                      LogSink log) {
  MW_ASSIGN(AccessGuard guard, AccessGuard::create(options));
  std::unique_ptr<TlsFiles> tls_files;
  std::shared_ptr<TlsContext> tls;
  if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
    return Error::make(Code::kInvalidArgument, "TLS needs both a certificate file and a key file",
                       "TLS 需要同时提供证书文件和密钥文件", "tls");
  }
  if (!options.tls_certificate_file.empty()) {
    tls_files = std::make_unique<TlsFiles>(
        options.tls_certificate_file, options.tls_key_file,
        options.certificate ? options.certificate : std::make_shared<ServedCertificate>(), log);
    MW_ASSIGN(tls, tls_files->load());
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(guard), std::move(router),
                                     std::move(log));
  MW_TRY(impl->core.listen(std::move(tls_files), std::move(tls)));
  impl->io_thread = std::thread([core = &impl->core] { core->run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

uint16_t HttpServer::port() const { return impl_->core.port(); }

std::string HttpServer::url() const {
  const ServerOptions& options = impl_->core.options();
  const bool v6 = options.address.find(':') != std::string::npos;
  return std::string(options.tls_key_file.empty() ? "http://" : "https://") +
         (v6 ? "[" + options.address + "]" : options.address) + ":" + std::to_string(port());
}

int HttpServer::connections() const {
  return const_cast<ServerCore&>(impl_->core).metrics().connections.load();
}

void HttpServer::stop() {
  std::call_once(impl_->stopped, [this] {
    impl_->core.begin_drain();
    impl_->io_thread.join();
    impl_->core.stop_workers();
  });
}

}  // namespace mw::server
