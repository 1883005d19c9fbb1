// Any JSON as plant_setup.json and as a look: a setup, or an error that names its place.
#include "apps/millwright/setup_look.h"
#include "apps/millwright/setup_reader.h"
#include "core/check.h"

namespace {

/// Half of the names have a password, so that a setup with one that is lost is read too.
mw::Result<std::string> password_of(const std::string& name) {
  if (name.size() % 2 == 0) return std::string("word");
  return mw::Error::make(mw::Code::kNotFound, "it is not kept", "未保存");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = mw::parse_json(text, mw::app::kMostSetupDepth);
  if (!json) return 0;
  const auto setup = mw::app::read_setup(*json, password_of);
  if (setup) {
    MW_CHECK(setup->catalogue != nullptr && setup->connectors.size() <= 200);
  } else {
    MW_CHECK(!setup.error().message.en.empty());
    MW_CHECK(setup.error().param.empty() || setup.error().param[0] == '/');
  }
  const auto look = mw::app::read_look(*json, "");
  MW_CHECK(look ? !look->kind.empty() : !look.error().message.en.empty());
  return 0;
}
