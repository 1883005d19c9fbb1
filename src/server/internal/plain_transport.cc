#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/internal/transport.h"

namespace mw::server {
namespace {

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(net::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  net::awaitable<bool> handshake() override { co_return true; }

  net::awaitable<std::size_t> read_some(std::span<char> into) override {
    const auto [error, count] =
        co_await socket_.async_read_some(net::buffer(into.data(), into.size()), kNoThrow);
    co_return error ? 0 : count;
  }

  net::awaitable<std::size_t> write_some(std::string_view bytes) override {
    const auto [error, count] =
        co_await socket_.async_write_some(net::buffer(bytes.data(), bytes.size()), kNoThrow);
    co_return error ? 0 : count;
  }

  net::awaitable<void> shut_down_writing() override {
    boost::system::error_code ignored;
    socket_.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
    co_return;
  }

  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  bool secure() const override { return false; }

 private:
  net::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(net::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace mw::server
