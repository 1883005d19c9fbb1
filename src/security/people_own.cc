// What a person does for themselves: another password, a second factor.
#include "security/internal/base32.h"
#include "security/internal/people_impl.h"
#include "security/internal/totp.h"
#include "security/people.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 recommends the hash's length
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryBytes = 10;  // of a recovery code and of a made password
constexpr int64_t kOfferNs = 10 * kNsPerMinute;
constexpr std::size_t kMostOffers = 1000;

/// "abcd-efgh-ijkl-mnop".
std::string grouped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += text[i];
  }
  return out;
}

Result<std::string> random_code() {
  MW_ASSIGN(const std::string code, random_bytes(kRecoveryBytes));
  return grouped(lower_ascii(base32(code)));
}

struct MadeTotp {
  std::string secret;  // its bytes
  TotpSetup setup;
};

Result<MadeTotp> make_totp(std::string_view name) {
  MadeTotp made;
  MW_ASSIGN(made.secret, random_bytes(kTotpSecretBytes));
  made.setup.secret = base32(made.secret);
  made.setup.uri = totp_uri(name, made.secret);
  for (int i = 0; i < kRecoveryCodes; ++i) {
    MW_ASSIGN(std::string code, random_code());
    made.setup.recovery_codes.push_back(std::move(code));
  }
  return made;
}

Result<void> store_totp(PeopleDatabase& database, const KeyedHash& hash, Vault& vault, int64_t id,
                        const std::string& secret, int64_t step,
                        const std::vector<std::string>& recovery_codes) {
  MW_ASSIGN(const std::string sealed, vault.seal(database, totp_bound(id), secret));
  MW_TRY(database.run("UPDATE person SET totp = ?, totp_step = ? WHERE id = ?", Blob{sealed}, step,
                      id));
  MW_TRY(database.run("DELETE FROM recovery WHERE person = ?", id));
  for (const std::string& code : recovery_codes) {
    MW_TRY(database.run("INSERT INTO recovery VALUES(?, ?)", id,
                        Blob{as_bytes(hash.of("recovery", code))}));
  }
  return {};
}

}  // namespace

Result<std::string> make_password() { return random_code(); }

Result<void> People::confirm(const Confirmation& who) {
  const auto stored = impl_->confirm(who);
  return stored ? Result<void>{} : stored.error();
}

Result<void> People::change_password(const Actor& actor, const Confirmation& who,
                                     std::string_view token, std::string_view password) {
  MW_TRY(check_new_password(who.name, password));
  if (password == who.password) {
    return Error::make(Code::kInvalidArgument, "the new password is the old one: choose another",
                       "新密码与旧密码相同，请另选一个", "password");
  }
  MW_ASSIGN(const std::string stored, impl_->confirm(who));
  MW_ASSIGN(const std::string made, hash_password(password, impl_->cost()));
  const std::string session = as_bytes(impl_->hash().of(kSessionPurpose, token));
  return impl_->change_person(
      actor, who.name, event_of(actor, "user.passwd", {}, "own"),
      [&](PeopleDatabase& database, int64_t id) -> Result<void> {
        MW_TRY(
            database.run("DELETE FROM session WHERE person = ? AND hash <> ?", id, Blob{session}));
        // Hashing took a while: an administrator who reset the password meanwhile has the last
        // word.
        MW_TRY(
            database.run("UPDATE person SET password = ?, must_change = 0 WHERE id = ? AND "
                         "password = ? AND disabled = 0",
                         made, id, std::string_view(stored)));
        if (database.changes() == 1) return {};
        return Error::make(Code::kConflict,
                           "an administrator changed the password meanwhile: log in with that one",
                           "管理员刚刚修改了密码，请用新密码登录", "own_password");
      });
}

Result<TotpSetup> People::enable_totp(const Actor& actor, std::string_view name) {
  MW_ASSIGN(MadeTotp made, make_totp(name));
  MW_TRY(impl_->change_person(actor, name, event_of(actor, "user.totp", {}, "on"),
                              [&](PeopleDatabase& database, int64_t id) {
                                return store_totp(database, impl_->hash(), impl_->vault(), id,
                                                  made.secret, 0, made.setup.recovery_codes);
                              }));
  return std::move(made.setup);
}

Result<void> People::disable_totp(const Actor& actor, std::string_view name) {
  return impl_->change_person(actor, name, event_of(actor, "user.totp", {}, "off"),
                              [&](PeopleDatabase& database, int64_t id) -> Result<void> {
                                MW_TRY(database.run("DELETE FROM recovery WHERE person = ?", id));
                                return database.run("UPDATE person SET totp = NULL WHERE id = ?",
                                                    id);
                              });
}

Result<TotpSetup> People::offer_totp(std::string_view name) {
  MW_ASSIGN(MadeTotp made, make_totp(name));
  const TimeNs now = impl_->now_ns();
  const std::lock_guard lock(impl_->offers_mutex());
  auto& offers = impl_->offers();
  std::erase_if(offers, [&](const auto& each) { return each.second.until_ns <= now; });
  if (offers.size() >= kMostOffers) {
    return Error::make(Code::kResourceExhausted, "too many second factors are being set up",
                       "正在设置第二因素的人过多，请稍后重试");
  }
  offers.insert_or_assign(
      std::string(name),
      Impl::Offer{std::move(made.secret), made.setup.recovery_codes, now + kOfferNs});
  return std::move(made.setup);
}

Result<void> People::confirm_totp(const Actor& actor, std::string_view name,
                                  std::string_view code) {
  const TimeNs now = impl_->now_ns();
  Impl::Offer offer;
  {
    const std::lock_guard lock(impl_->offers_mutex());
    const auto found = impl_->offers().find(name);
    if (found == impl_->offers().end() || found->second.until_ns <= now) {
      return Error::make(Code::kConflict,
                         "no second factor is being set up, or it took longer than ten minutes: "
                         "begin again",
                         "没有正在设置的第二因素，或已超过十分钟，请重新开始");
    }
    offer = found->second;
    // A right code takes it: whoever comes second with the same one finds nothing.
    if (match_totp(offer.secret, code, now, 0)) impl_->offers().erase(found);
  }
  const auto step = match_totp(offer.secret, code, now, 0);
  if (!step) {
    return Error::make(Code::kInvalidArgument,
                       "the code is not the one that the app should show now: check that the clock "
                       "of the telephone is right, and type the newest one",
                       "验证码与应用当前应显示的不符：请检查手机时钟，并输入最新的验证码", "code");
  }
  const auto stored =
      impl_->change_person(actor, name, event_of(actor, "user.totp", {}, "on, own"),
                           [&](PeopleDatabase& database, int64_t id) {
                             return store_totp(database, impl_->hash(), impl_->vault(), id,
                                               offer.secret, *step, offer.recovery_codes);
                           });
  if (!stored) {  // the disk, not the person: they may try again
    const std::lock_guard lock(impl_->offers_mutex());
    impl_->offers().try_emplace(std::string(name), std::move(offer));
  }
  return stored;
}

}  // namespace mw::security
