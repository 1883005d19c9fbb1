#include "notify/internal/mail_text.h"

#include <gtest/gtest.h>

namespace mw::notify {
namespace {

Mail mail() {
  Mail out;
  out.from = "millwright@plant.example";
  out.to = {"li@plant.example", "wang@plant.example"};
  out.subject = "CNC-2";
  out.text = "hot\n";
  out.id = "0123";
  out.date_ns = 1'795'766'404 * kNsPerSecond;
  return out;
}

TEST(MailText, HasTheHeadersThatMailServersWant) {
  EXPECT_EQ(mail_text(mail()),
            "Date: Fri, 27 Nov 2026 08:00:04 +0000\r\n"
            "From: <millwright@plant.example>\r\n"
            "To: <li@plant.example>,\r\n <wang@plant.example>\r\n"
            "Subject: =?UTF-8?B?Q05DLTI=?=\r\n"
            "Message-ID: <0123@plant.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
            "aG90DQo=\r\n");
}

TEST(MailText, LetsNoTextBecomeAHeaderOrALineOfSmtp) {
  Mail hostile = mail();
  hostile.subject = "x\r\nBcc: thief@elsewhere.example\r\n\r\nbody";
  hostile.text = "first\n.\nQUIT\nBcc: thief@elsewhere.example\n";
  const std::string text = mail_text(hostile);
  EXPECT_EQ(text.find("Bcc"), std::string::npos);
  EXPECT_EQ(text.find("\n."), std::string::npos);
  EXPECT_EQ(text.find("QUIT"), std::string::npos);
}

TEST(MailText, CutsLongSubjectsBetweenCharactersAndLinesAt76) {
  Mail out = mail();
  out.subject.clear();
  for (int i = 0; i < 60; ++i) out.subject += "振";
  for (int i = 0; i < 300; ++i) out.text += "line ";
  const std::string text = mail_text(out);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_LE(end - at, 76u);
    at = end + 2;
  }
  // 45 bytes are 15 whole characters: each word decodes to such.
  EXPECT_NE(
      text.find("=?UTF-8?B?5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv5oyv?=\r\n "),
      std::string::npos);
}

TEST(MailAddress, IsPlain) {
  for (const char* good : {"a@b", "millwright@plant.example", "first.last+tag@mail-1.example"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>",
                          "a,b@c", "-a@b", "\xC3\xA4@b"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace mw::notify
