#pragma once

#include <string>
#include <vector>

#include "apps/millwright/toml.h"
#include "core/log.h"
#include "core/result.h"
#include "upstream/upstream_options.h"

namespace mw::app {

/// One [[upstream]] of a configuration. Keys come from a file or the environment, never from here.
Result<upstream::UpstreamOptions> read_upstream(const toml::table& table, const std::string& file);

/// `NAME=https://host:port/v1`, as --upstream takes it: a further address of the same name is its
/// next replica. The key is that of the environment's MILLWRIGHT_UPSTREAM_KEY_NAME (letters in
/// capitals, all else '_'), where it is set. A name of the configuration keeps its settings, and
/// its addresses are replaced.
Result<void> add_upstreams(const std::vector<std::string>& flags,
                           std::vector<upstream::UpstreamOptions>& upstreams);

/// What is wrong between them: a name twice, too many replicas, a fallback to itself.
Result<void> check_upstreams(const std::vector<upstream::UpstreamOptions>& upstreams);

/// Says where a key goes over the network unencrypted.
void warn_of_clear_keys(const std::vector<upstream::UpstreamOptions>& upstreams,
                        const LogSink& log);

}  // namespace mw::app
