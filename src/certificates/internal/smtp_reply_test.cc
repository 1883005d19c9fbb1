#include "certificates/internal/smtp_reply.h"

#include <gtest/gtest.h>

#include <string>

namespace mw::certificates {
namespace {

TEST(SmtpReply, IsOverWithItsLastLine) {
  EXPECT_EQ(smtp_status("220 ready\r\n"), 220);
  EXPECT_EQ(smtp_status("250-mail.plant\r\n250-SIZE\r\n250 HELP\r\n"), 250);
  EXPECT_EQ(smtp_status("354\r\n"), 354);
  for (const char* part : {"", "2", "220 ready", "250-mail.plant\r\n", "250-a\r\n250"}) {
    EXPECT_EQ(smtp_status(part), std::nullopt) << part;
  }
}

TEST(SmtpReply, IsNoneOfWhatSomethingElseSays) {
  for (const std::string& none :
       {std::string("\r\n"), std::string("SSH-2.0\r\n"), std::string("250-a\r\nno\r\n"),
        std::string("25\n"), std::string(kMostSmtpReplyBytes + 1, 'a')}) {
    EXPECT_EQ(smtp_status(none), 0) << none.substr(0, 20);
  }
}

}  // namespace
}  // namespace mw::certificates
