#include "notify/internal/mail_text.h"

#include <openssl/evp.h>
#include <time.h>

#include <algorithm>

namespace mw::notify {
namespace {

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// Encoded words, cut between characters, on lines of at most 76 (RFC 2047 section 2); the first
/// stands behind "Subject: ".
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t most = out.empty() ? 39 : 45;
    std::size_t size = std::min(text.size(), most);
    while (size > 0 && size < text.size() &&
           (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
      --size;
    }
    if (size == 0) size = std::min(text.size(), most);  // not UTF-8: cut anywhere
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(text.substr(0, size)) + "?=");
    text.remove_prefix(size);
  }
  return out;
}

std::string date_text(TimeNs ts_ns) {
  // Not strftime: names of days and months follow the locale there.
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<time_t>(ts_ns / kNsPerSecond);
  struct tm utc {};
  ::gmtime_r(&seconds, &utc);
  char clock[16];
  ::strftime(clock, sizeof clock, "%H:%M:%S", &utc);
  return std::string(kDays[utc.tm_wday]) + ", " + std::to_string(utc.tm_mday) + " " +
         kMonths[utc.tm_mon] + " " + std::to_string(1900 + utc.tm_year) + " " + clock + " +0000";
}

}  // namespace

bool is_mail_address(std::string_view address) {
  const std::size_t at = address.find('@');
  return address.size() <= 254 && at != std::string_view::npos && at > 0 &&
         at + 1 < address.size() && address.find('@', at + 1) == std::string_view::npos &&
         address.front() != '-' && std::all_of(address.begin(), address.end(), [](char c) {
           return c > ' ' && c < 0x7f &&
                  std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
         });
}

std::string mail_text(const Mail& mail) {
  std::string to;
  for (const std::string& each : mail.to) to += (to.empty() ? "" : ",\r\n ") + ("<" + each + ">");
  const std::string host = mail.from.substr(mail.from.find('@') + 1);
  std::string out = "Date: " + date_text(mail.date_ns) + "\r\nFrom: <" + mail.from +
                    ">\r\nTo: " + to + "\r\nSubject: " + encoded_words(mail.subject) +
                    "\r\nMessage-ID: <" + mail.id + "@" + host +
                    ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                    "Content-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n";
  std::string lines;
  for (const char c : mail.text) lines += c == '\n' ? "\r\n" : std::string(1, c);
  const std::string body = base64(lines);
  for (std::size_t at = 0; at < body.size(); at += 76) out += body.substr(at, 76) + "\r\n";
  return out;
}

}  // namespace mw::notify
