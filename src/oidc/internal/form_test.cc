#include "oidc/internal/form.h"

#include <gtest/gtest.h>

namespace mw::oidc {
namespace {

TEST(Form, EncodesWhatWouldBeReadAsSomethingElse) {
  EXPECT_EQ(form_text({{"a", "1"}, {"b c", "x&y=z+%"}, {"\xe7\xba\xbf", ""}}),
            "a=1&b%20c=x%26y%3Dz%2B%25&%E7%BA%BF=");
  EXPECT_EQ(form_text({}), "");
  EXPECT_EQ(form_encoded("A-z_0.~/\r\n"), "A-z_0.~%2F%0D%0A");
}

}  // namespace
}  // namespace mw::oidc
