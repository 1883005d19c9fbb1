#include "security/aead.h"

#include <gtest/gtest.h>

#include "core/hex.h"

namespace mw::security {
namespace {

std::string bytes(std::string_view hex) {
  std::string out(hex.size() / 2, '\0');
  EXPECT_TRUE(from_hex(hex, {reinterpret_cast<uint8_t*>(out.data()), out.size()}));
  return out;
}

TEST(Aead, AgreesWithTheVectorsOfTheGcmSpecification) {
  // McGrew, Viega: test cases 14 and 16 (AES-256, without and with bound data).
  EXPECT_EQ(*aead_seal({}, {}, "", std::string(16, '\0')),
            bytes("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"));
  AeadKey key{};
  AeadNonce nonce{};
  ASSERT_TRUE(from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", key));
  ASSERT_TRUE(from_hex("cafebabefacedbaddecaf888", nonce));
  const std::string text = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39");
  const std::string bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = *aead_seal(key, nonce, bound, text);
  EXPECT_EQ(sealed,
            bytes("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
                  "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"));
  EXPECT_EQ(aead_open(key, nonce, bound, sealed), text);
}

TEST(Aead, OpensNothingWhoseBytesKeyNonceOrBoundTextIsAnother) {
  AeadKey key{};
  AeadNonce nonce{};
  const std::string sealed = *aead_seal(key, nonce, "person 1", "secret");
  EXPECT_EQ(aead_open(key, nonce, "person 1", sealed), "secret");
  EXPECT_FALSE(aead_open(key, nonce, "person 2", sealed));
  EXPECT_FALSE(aead_open(key, nonce, "", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string broken = sealed;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(aead_open(key, nonce, "person 1", broken)) << i;
    EXPECT_FALSE(aead_open(key, nonce, "person 1", sealed.substr(0, i))) << i;
  }
  nonce[0] = 1;
  EXPECT_FALSE(aead_open(key, nonce, "person 1", sealed));
  nonce[0] = 0;
  key[31] = 1;
  EXPECT_FALSE(aead_open(key, nonce, "person 1", sealed));
}

TEST(Aead, SealsAnEmptyText) {
  const std::string sealed = *aead_seal({}, {}, "", "");
  EXPECT_EQ(sealed.size(), kAeadTagBytes);
  EXPECT_EQ(aead_open({}, {}, "", sealed), "");
}

}  // namespace
}  // namespace mw::security
