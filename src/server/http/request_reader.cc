#include "server/http/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "server/http/url.h"

namespace mw::server {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

Error refuse(Code code, std::string en, std::string zh, std::string param) {
  return Error::make(code, std::move(en), std::move(zh), std::move(param));
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

/// Collects what Beast's parser reports. Beast keeps the state machine; the rules are ours.
class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  Parser(uint32_t max_header_bytes, int max_fields) : max_fields_(max_fields) {
    // Beast counts up to three bytes differently when the end of the header comes in pieces; the
    // exact limit is ours, in consume().
    header_limit(max_header_bytes + 4);
    body_limit(boost::none);  // allow_body() sets it by route
    eager(false);
  }

  HttpRequest request;
  bool body_allowed = false;
  uint64_t limit_bytes = 0;
  std::optional<Error> problem;
  bool unsupported_encoding = false;
  int hosts = 0;
  int encodings = 0;

 private:
  void on_request_impl(http::verb, boost::beast::string_view method,
                       boost::beast::string_view target, int version, error_code&) override {
    request.method = method_from(view(method));
    request.target = std::string(view(target));
    request.version_minor = version % 10;
  }

  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

  void on_field_impl(http::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code& error) override {
    if (is_header_done()) return;  // a trailer: nothing we serve reads one
    if (static_cast<int>(request.headers.size()) == max_fields_) {
      error = http::error::header_limit;
      return;
    }
    if (field == http::field::host) ++hosts;
    if (field == http::field::transfer_encoding) {
      ++encodings;
      if (!equals_ignoring_case(view(value), "chunked")) unsupported_encoding = true;
    }
    request.headers.push_back({std::string(view(name)), std::string(view(value))});
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}

  std::size_t append(boost::beast::string_view body, error_code& error) {
    if (body.size() > limit_bytes - request.body.size()) {
      error = http::error::body_limit;
      return 0;
    }
    request.body.append(body.data(), body.size());
    return body.size();
  }
  std::size_t on_body_impl(boost::beast::string_view body, error_code& error) override {
    return append(body, error);
  }
  void on_chunk_header_impl(uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(uint64_t, boost::beast::string_view body,
                                 error_code& error) override {
    return append(body, error);
  }
  void on_finish_impl(error_code&) override {}

  const int max_fields_;
};

namespace {

Error header_too_large(uint32_t bytes, int fields) {
  return refuse(
      Code::kTooLarge,
      "request header: more than " + std::to_string(bytes) + " bytes or " + std::to_string(fields) +
          " fields",
      "请求头超过 " + std::to_string(bytes) + " 字节或 " + std::to_string(fields) + " 个字段",
      "header");
}

Error body_too_large(uint64_t limit) {
  return refuse(
      Code::kTooLarge,
      "request body: more than the " + std::to_string(limit) + " bytes that this address takes",
      "请求体超过此地址允许的 " + std::to_string(limit) + " 字节", "body");
}

}  // namespace

RequestReader::RequestReader(uint32_t max_header_bytes, int max_header_fields)
    : parser_(std::make_unique<Parser>(max_header_bytes, max_header_fields)),
      max_header_bytes_(max_header_bytes),
      max_header_fields_(max_header_fields) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

bool RequestReader::header_done() const { return parser_->is_header_done(); }
bool RequestReader::complete() const { return parser_->is_done(); }
const HttpRequest& RequestReader::request() const { return parser_->request; }
bool RequestReader::keep_alive() const { return parser_->keep_alive(); }

bool RequestReader::has_body() const {
  return parser_->chunked() || parser_->content_length().value_or(0) > 0;
}

uint64_t RequestReader::body_bytes() const {
  return std::max<uint64_t>(parser_->content_length().value_or(0), parser_->request.body.size());
}

bool RequestReader::expects_continue() const {
  const std::string* expect = parser_->request.header("Expect");
  return expect != nullptr && equals_ignoring_case(*expect, "100-continue");
}

Result<std::size_t> RequestReader::consume(std::string_view bytes) {
  Parser& parser = *parser_;
  std::size_t taken = 0;
  while (taken < bytes.size() && !parser.is_done()) {
    const bool in_header = !parser.is_header_done();
    if (!in_header && !parser.body_allowed) break;
    error_code error;
    const std::size_t count =
        parser.put(boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
    taken += count;
    if (error == http::error::need_more) break;
    if (error == http::error::header_limit) {
      return header_too_large(max_header_bytes_, max_header_fields_);
    }
    if (error == http::error::body_limit) return body_too_large(parser.limit_bytes);
    if (error) {
      return refuse(Code::kInvalidArgument, "not an HTTP request: " + error.message(),
                    "不是有效的 HTTP 请求：" + error.message(), in_header ? "header" : "body");
    }
    if (!in_header || !parser.is_header_done()) continue;
    if (taken > max_header_bytes_) return header_too_large(max_header_bytes_, max_header_fields_);
    if (parser.hosts > 1 || (parser.hosts == 0 && parser.request.version_minor >= 1)) {
      return refuse(Code::kInvalidArgument, "Host: expected exactly one", "Host 头应恰好有一个",
                    "host");
    }
    if (parser.unsupported_encoding || parser.encodings > 1) {
      return refuse(Code::kUnsupported, "Transfer-Encoding: expected 'chunked' alone",
                    "Transfer-Encoding 仅支持 chunked", "transfer-encoding");
    }
    MW_ASSIGN(Target target, parse_target(parser.request.target));
    parser.request.path = std::move(target.path);
    parser.request.query = std::move(target.query);
    if (!target.authority.empty()) {
      // RFC 9112 3.2.2: the authority of an absolute target replaces Host.
      for (Header& header : parser.request.headers) {
        if (equals_ignoring_case(header.name, "Host")) header.value = target.authority;
      }
    }
    break;
  }
  return taken;
}

Result<void> RequestReader::allow_body(uint64_t limit_bytes) {
  parser_->body_allowed = true;
  parser_->limit_bytes = limit_bytes;
  if (parser_->content_length().value_or(0) > limit_bytes) return body_too_large(limit_bytes);
  if (limit_bytes == 0 && parser_->chunked()) return body_too_large(limit_bytes);
  return {};
}

HttpRequest RequestReader::take() {
  HttpRequest out = std::move(parser_->request);
  parser_ = std::make_unique<Parser>(max_header_bytes_, max_header_fields_);
  return out;
}

}  // namespace mw::server
