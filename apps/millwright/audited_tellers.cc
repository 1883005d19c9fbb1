#include "apps/millwright/audited_tellers.h"

#include "security/rights.h"

namespace mw::app {
namespace {

class AuditedTellers final : public plant::Tellers {
 public:
  explicit AuditedTellers(std::shared_ptr<security::AuditNames> names) : names_(std::move(names)) {}

  Result<std::string> kept(const Identity& who) override {
    if (who.kind != Identity::Kind::kPerson) return who.name;
    return names_->kept(security::audit_name(who));
  }
  std::string shown(std::string_view kept) override {
    const auto name = names_->name_of(kept);
    return name && *name ? **name : std::string(kept);
  }

 private:
  const std::shared_ptr<security::AuditNames> names_;
};

}  // namespace

std::shared_ptr<plant::Tellers> tellers_of(std::shared_ptr<security::AuditNames> names) {
  if (names == nullptr) return nullptr;
  return std::make_shared<AuditedTellers>(std::move(names));
}

}  // namespace mw::app
