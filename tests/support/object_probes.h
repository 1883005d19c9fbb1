#pragma once

#include <map>
#include <string>
#include <vector>

namespace mw::testing_support {

/// A request that names one object: "{ID}" in the target or the body stands for it.
struct ObjectProbe {
  std::string kind;    // of object: see object_probes.cc
  std::string target;  // path and query
  std::string body = {};
  std::string why_told = {};       // not empty: why who asks may tell a hidden object from none
  bool own_is_as_missing = false;  // the answer does not depend on the object at all
};

/// What one route is asked; without a probe, why it names no object of anybody.
struct RouteObjects {
  std::vector<ObjectProbe> probes;
  std::string none = {};
};

/// By route, as "GET /api/plant/series".
const std::map<std::string, RouteObjects>& object_probes();

}  // namespace mw::testing_support
