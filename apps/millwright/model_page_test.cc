// Scope: the page of a model: what it holds, in both languages; that foreign text stays text; that
// it asks nobody for anything; files and their hashes; licences; layers by names.
#include "apps/millwright/model_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/millwright/html_text.h"
#include "apps/millwright/licence_terms.h"
#include "core/file.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"

namespace mw::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::TemporaryFolder;
using testing_support::TinyDecoder;

class ModelPages : public ::testing::Test {
 protected:
  ModelPages() : tiny_(mw::testing_support::source_dir(), "mistral_window") {
    tiny_.write_folder(folder_.path(), 2);
    const std::string card = "---\nlanguage: en\nlicense: gemma\n---\n# Mill\n";
    EXPECT_TRUE(write_file_atomically(folder_.path() / "README.md", card));
    EXPECT_TRUE(write_file_atomically(
        folder_.path() / "chat_template.jinja",
        "{% for t in tools %}</pre><script>alert(1)</script>{% endfor %}<think>"));
  }
  std::string page(Language language) const {
    const auto described = describe_model(folder_.path());
    const auto files = hash_model_files(folder_.path());
    EXPECT_TRUE(described && files);
    return model_page(*described, *files, language);
  }
  TemporaryFolder folder_;
  TinyDecoder tiny_;
};

TEST_F(ModelPages, HoldLayersTypesAbilitiesLicenceAndHashes) {
  const std::string html = page(Language::kEn);
  for (const char* part :
       {"<html lang=\"en\">", "llama: 2 layers", "<code>gemma</code>", "Gemma Terms of Use",
        "yes: be told of tools", "yes: think before", "no: turn texts into vectors",
        "part-1.safetensors", "KiB a token", "aria-label=\"F32 ",
        "model.layers.1.mlp.down_proj.weight", "outside of layers"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST_F(ModelPages, SpeakChinese) {
  const std::string html = page(Language::kZh);
  EXPECT_THAT(html, HasSubstr("<html lang=\"zh-CN\">"));
  EXPECT_THAT(html, HasSubstr("许可证"));
  EXPECT_THAT(html, HasSubstr("禁止使用政策"));
}

TEST_F(ModelPages, KeepForeignTextAsText) {
  const std::string html = page(Language::kEn);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;/pre&gt;&lt;script&gt;alert(1)"));
}

TEST_F(ModelPages, AskNobodyForAnything) {
  const std::string html = page(Language::kEn);
  for (const char* part : {"http://", "https://", "src=", "href=", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(part)));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST_F(ModelPages, OfWhatIsNotServedSayWhy) {
  TinyDecoder broken(mw::testing_support::source_dir(), "llama");
  broken.config()["quantization_config"] = {{"quant_method", "<b>gptq</b>"}};
  const TemporaryFolder folder;
  broken.write_folder(folder.path(), 1);
  const std::string html = model_page(*describe_model(folder.path()), {}, Language::kEn);
  EXPECT_THAT(html, HasSubstr("does not serve it"));
  EXPECT_THAT(html, HasSubstr("quantization_config"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, HasSubstr("state no licence"));
}

TEST(HtmlText, EscapesMarkupControlsAndMarksOfDirection) {
  EXPECT_EQ(html_text("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(html_text(std::string("\0\x1b[m", 4)), "[U+0000][U+001B][m");
  EXPECT_EQ(html_text("a\xe2\x80\xae z"), "a[U+202E] z");
  EXPECT_EQ(html_text("\xff<"), "\xef\xbf\xbd&lt;");
  EXPECT_EQ(html_text("\xe4\xb8\xad\n\t"), "\xe4\xb8\xad\n\t");
}

TEST(LicenceTerms, KnowTheUsualOnesAndSayWhatTheyDoNotKnow) {
  EXPECT_THAT(licence_terms("apache-2.0").en, HasSubstr("commercially"));
  EXPECT_THAT(licence_terms("gemma").zh, HasSubstr("条款"));
  EXPECT_THAT(licence_terms("llama3.2").en, HasSubstr("Built with Llama"));
  EXPECT_THAT(licence_terms("cc-by-nc-4.0").en, HasSubstr("no commercial use"));
  EXPECT_THAT(licence_terms("cc-by-4.0").en, HasSubstr("commercial use is allowed"));
  EXPECT_THAT(licence_terms("mill-1.0").en, HasSubstr("Not one that is known"));
  EXPECT_THAT(licence_terms("").en, HasSubstr("no licence"));
}

TEST(LayerOf, FindsTheNumberInNamesOfEitherKind) {
  EXPECT_EQ(layer_of("blk.12.attn_q.weight"), 12);
  EXPECT_EQ(layer_of("model.layers.3.mlp.up_proj.weight"), 3);
  EXPECT_EQ(layer_of("token_embd.weight"), std::nullopt);
  EXPECT_EQ(layer_of("a.1"), std::nullopt);
  EXPECT_EQ(layer_of("a.-1.b"), std::nullopt);
  EXPECT_EQ(layer_of("a.99999999999999.b"), std::nullopt);
}

}  // namespace
}  // namespace mw::app
