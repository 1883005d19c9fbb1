#include "server/api/query_parameter.h"

namespace mw::server {

Json query_parameter(const char* name, const char* type, const char* description, bool required) {
  return {{"name", name},
          {"in", "query"},
          {"required", required},
          {"description", description},
          {"schema", {{"type", type}}}};
}

}  // namespace mw::server
