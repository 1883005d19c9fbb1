#include "server/api/query_tag.h"

#include <string>

#include "plant/no_such_tag.h"

namespace mw::server {

Result<const plant::Tag*> query_tag(const HttpRequest& request, const plant::Catalogue& catalogue) {
  const std::string id(request.query_value("tag"));
  if (id.empty()) {
    return Error::make(Code::kInvalidArgument, "'tag' is missing: see GET /api/plant",
                       "缺少“tag”：可用信号见 GET /api/plant", "tag");
  }
  if (const plant::Tag* tag = catalogue.stored_tag(id)) return tag;
  return plant::no_such_tag(id);
}

}  // namespace mw::server
