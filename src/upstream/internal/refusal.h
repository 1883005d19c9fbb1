#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "hub/http_client.h"

namespace mw::upstream {

/// What a replica's status other than 2xx means here, with the first 500 bytes of its own words.
Error refusal_of(const hub::HttpResponse& response);

/// Nothing that comes from a replica may carry our key on, or drive a terminal.
Error in_own_words(Error error, const std::string& api_key);

/// How long a busy replica asks to be left alone (retry-after, retry-after-ms); 1 s when it does
/// not say.
int64_t retry_after_ns(const hub::HttpHeaders& headers);

}  // namespace mw::upstream
