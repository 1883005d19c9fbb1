#include "plant/no_such_tag.h"

#include <string>

namespace mw::plant {

Error no_such_tag(std::string_view tag) {
  constexpr std::size_t kMostBytes = 200;  // of what a stranger wrote
  const std::string id(tag.substr(0, kMostBytes));
  return Error::make(Code::kNotFound, "there is no tag '" + id + "'", "没有信号“" + id + "”",
                     "tag");
}

}  // namespace mw::plant
