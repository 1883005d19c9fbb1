#pragma once

#include "core/result.h"
#include "plant/catalogue.h"
#include "server/http/http_types.h"

namespace mw::server {

/// The tag that `tag` of the query names, of those in `catalogue`, which is what the asker may see;
/// one with a history under an earlier name too.
Result<const plant::Tag*> query_tag(const HttpRequest& request, const plant::Catalogue& catalogue);

}  // namespace mw::server
