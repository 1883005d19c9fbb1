// TLS against `openssl s_server` with a certificate made for the test. Skipped, by name, where the
// openssl command is missing (Debian's ca-certificates brings it).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "core/file.h"
#include "hub/http_client.h"
#include "hub/internal/child_process.h"
#include "tests/support/temporary_folder.h"

namespace mw::hub {
namespace {

using testing::HasSubstr;

class HttpTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!run({"openssl", "version"})) GTEST_SKIP() << "the openssl command is not installed";
    ASSERT_TRUE(run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                     "-keyout", file("key"), "-out", file("certificate"), "-subj", "/CN=test",
                     "-addext", "subjectAltName=IP:127.0.0.1"}));
    // -HTTP: the files hold whole answers, headers included.
    std::ofstream(file("hello")) << "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    std::ofstream(file("down")) << "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                                   "Content-Length: 0\r\n\r\n";
    // A fixed port would meet other runs; one picked by the process id seldom does.
    port_ = 20'000 + static_cast<int>(::getpid() % 20'000);
    server_ = std::jthread([this](std::stop_token stop) {
      ChildProcess child;
      child.arguments = {"/bin/sh", "-c",
                         "cd \"$0\" && exec openssl s_server -quiet -HTTP -accept 127.0.0.1:\"$1\" "
                         "-key key -cert certificate",
                         folder_.path().string(), std::to_string(port_)};
      child.output = file("log");
      (void)run_child(child, stop, {});
    });
    options_.connect_timeout = std::chrono::seconds(5);
    options_.idle_timeout = std::chrono::seconds(5);
    options_.ca_file = file("certificate");
    for (int tries = 0; tries < 100; ++tries) {
      if (get("/hello", "127.0.0.1")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "openssl s_server did not start: " << read_file(file("log"), 10'000).value_or("");
  }

  bool run(std::vector<std::string> arguments) {
    ChildProcess child;
    child.arguments = std::move(arguments);
    child.output = file("output");
    const auto status = run_child(child, {}, {});
    return status && *status == 0;
  }
  std::string file(const char* name) const { return (folder_.path() / name).string(); }
  Result<std::pair<HttpResponse, std::string>> get(const std::string& path,
                                                   const std::string& host) {
    HttpRequest request;
    request.url = *parse_url("https://" + host + ":" + std::to_string(port_) + path);
    request.max_body_bytes = 1000;
    return HttpClient(options_).get_text(request);
  }

  testing_support::TemporaryFolder folder_;
  HttpClientOptions options_;
  int port_ = 0;
  std::jthread server_;
};

TEST_F(HttpTlsTest, TrustsACertificateThatItWasGivenAndNoOther) {
  const auto answer = get("/hello", "127.0.0.1");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(answer->second, "hello");
  options_.ca_file.clear();
  const auto untrusted = get("/hello", "127.0.0.1");
  ASSERT_FALSE(untrusted);
  EXPECT_THAT(untrusted.error().message.en, HasSubstr("certificate verify failed"));
  options_.ca_file = file("missing");
  EXPECT_FALSE(get("/hello", "127.0.0.1"));
}

TEST_F(HttpTlsTest, CertificateOfAnotherNameIsRefused) {
  const auto answer = get("/hello", "localhost");  // the certificate says 127.0.0.1 only
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message.en, HasSubstr("certificate verify failed"));
}

TEST_F(HttpTlsTest, NeverFollowsARedirectOutOfTls) {
  const auto answer = get("/down", "127.0.0.1");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kPermissionDenied);
  EXPECT_THAT(answer.error().message.en, HasSubstr("https to http"));
}

}  // namespace
}  // namespace mw::hub
