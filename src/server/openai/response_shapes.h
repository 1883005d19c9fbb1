#pragma once

// The objects of /v1/responses as the wire has them.

#include <string>

#include "core/json.h"
#include "server/openai/answer_shapes.h"
#include "server/openai/response_request.h"

namespace mw::server::openai {

/// {"type", "text"}, with what else an "output_text" has to have.
Json text_part(const std::string& type, std::string text);
Json reasoning_part(std::string text);
/// `content` is an array of parts; `status` "in_progress", "completed" or "incomplete".
Json message_item(const std::string& id, const char* status, Json content);
Json reasoning_item(const std::string& id, const char* status, Json content);
/// A function_call; without an id where that is empty.
Json call_item(const std::string& id, const std::string& call_id, const std::string& name,
               const std::string& arguments, const char* status);

/// Input items with ids of the response that they are kept with.
Json with_ids(Json items, const std::string& response_id);

/// A response that has just begun: everything that is known from the request.
Json response_object(const ResponseRequest& request, const AnswerIdentity& identity);
/// The same when it has ended. `cut_by`: why before its end, "max_output_tokens" (or the end of the
/// context) or "content_filter"; else null.
Json finished_response(Json response, Json output, const char* cut_by, const Usage& usage,
                       int64_t now_s);
Json failed_response(Json response, const Error& error);

}  // namespace mw::server::openai
