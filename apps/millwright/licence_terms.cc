#include "apps/millwright/licence_terms.h"

namespace mw::app {
namespace {

struct Terms {
  std::string_view prefix;  // of the licence's name, as hubs spell it
  const char* en;
  const char* zh;
};

constexpr const char* kPermissiveEn =
    "Use, change and pass on freely, also commercially; keep the copyright notice and the licence.";
constexpr const char* kPermissiveZh =
    "可自由使用、修改和分发，包括商业用途；须保留版权声明和许可证。";

constexpr Terms kTerms[] = {
    {"apache-2.0",
     "Use, change and pass on freely, also commercially; keep notices and the licence, say what "
     "you "
     "changed. Includes a patent grant.",
     "可自由使用、修改和分发，包括商业用途；须保留声明和许可证，并说明所做修改。含专利授权。"},
    {"mit", kPermissiveEn, kPermissiveZh},
    {"bsd", kPermissiveEn, kPermissiveZh},
    {"gemma",
     "Google's Gemma Terms of Use: commercial use is allowed; uses that its Prohibited Use Policy "
     "names are not. Whoever gets the model or one made from it must be bound by the same terms "
     "and "
     "receive a copy. The person who fetches it has to accept the terms.",
     "Google 的 Gemma "
     "使用条款：允许商业用途；其《禁止使用政策》所列用途除外。模型及其衍生模型的接收者须受"
     "相同条款约束并获得条款副本。下载者须接受该条款。"},
    {"llama",
     "Meta's community licence: commercial use is allowed under its acceptable use policy; "
     "products "
     "say \"Built with Llama\"; companies with over 700 million monthly users need a licence of "
     "their "
     "own.",
     "Meta 社区许可证：在其可接受使用政策下允许商业用途；产品须标注“Built with "
     "Llama”；月活用户超过 7 "
     "亿的公司需另行取得许可。"},
    {"cc-by-nc", "Creative Commons, non-commercial: no commercial use; name the authors.",
     "知识共享（非商业）：不得用于商业用途；须署名。"},
    {"cc-by",
     "Creative Commons: commercial use is allowed; name the authors, say what you changed.",
     "知识共享：允许商业用途；须署名并说明所做修改。"},
    {"other", "A licence of its own: read it where the model comes from before you use it.",
     "自有许可证：使用前请在模型来源处阅读。"},
};

}  // namespace

Text licence_terms(std::string_view licence) {
  if (licence.empty()) {
    return {"The files state no licence: ask where the model comes from before you use it.",
            "文件未说明许可证：使用前请向模型来源确认。"};
  }
  for (const Terms& each : kTerms) {
    if (licence.starts_with(each.prefix)) return {each.en, each.zh};
  }
  return {"Not one that is known here: read its text before you use the model.",
          "此处不了解该许可证：使用模型前请阅读其全文。"};
}

}  // namespace mw::app
