#include "notify/email_channel.h"

#include "core/sha256.h"
#include "notify/internal/mail_text.h"
#include "notify/internal/transfer.h"

namespace mw::notify {
namespace {

constexpr std::size_t kMostRecipients = 50;

class EmailChannel final : public Channel {
 public:
  EmailChannel(EmailOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  Result<void> send(const std::vector<Message>& messages, std::stop_token stop) override {
    Mail mail{options_.from, options_.to, messages.front().subject, {}, {}, clock_.now_ns()};
    if (messages.size() > 1) mail.subject += " (+" + std::to_string(messages.size() - 1) + ")";
    std::string keys;
    for (const Message& each : messages) {
      if (!mail.text.empty()) mail.text += "\n----\n\n";
      if (messages.size() > 1) mail.text += each.subject + "\n\n";
      mail.text += each.text;
      keys += each.key + '\0';
    }
    mail.id = sha256_hex(keys).substr(0, 32);  // sent twice over a crash: one in the mailbox
    Transfer transfer;
    transfer.url = options_.server;
    transfer.body = mail_text(mail);
    transfer.user = options_.user;
    transfer.password = options_.password;
    transfer.ca_file = options_.ca_file;
    transfer.from = "<" + options_.from + ">";
    for (const std::string& each : options_.to) transfer.recipients.push_back("<" + each + ">");
    transfer.require_tls = options_.require_tls;
    return perform(transfer, options_.server, std::move(stop));
  }

 private:
  const EmailOptions options_;
  const Clock& clock_;
};

Error wrong(const std::string& member, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, member + ": expected " + en, member + " 应为" + zh,
                     member);
}

}  // namespace

Result<std::unique_ptr<Channel>> make_email_channel(EmailOptions options, const Clock& clock) {
  if (!options.server.starts_with("smtp://") && !options.server.starts_with("smtps://")) {
    return wrong("server", "smtp://HOST:PORT or smtps://HOST:PORT, got '" + options.server + "'",
                 " smtp://主机:端口 或 smtps://主机:端口，实际为“" + options.server + "”");
  }
  if (!is_mail_address(options.from)) {
    return wrong("from", "a mail address, got '" + options.from + "'",
                 "邮件地址，实际为“" + options.from + "”");
  }
  if (options.to.empty() || options.to.size() > kMostRecipients) {
    return wrong("to", "1 to 50 mail addresses", " 1 至 50 个邮件地址");
  }
  for (const std::string& each : options.to) {
    if (!is_mail_address(each)) {
      return wrong("to", "mail addresses, got '" + each + "'", "邮件地址，实际为“" + each + "”");
    }
  }
  if (!options.user.empty() && !options.require_tls && !options.server.starts_with("smtps://")) {
    return wrong("tls", "true where there is a user: a password is not sent in the clear",
                 " true：有用户名时不得明文发送密码");
  }
  return std::unique_ptr<Channel>(new EmailChannel(std::move(options), clock));
}

}  // namespace mw::notify
