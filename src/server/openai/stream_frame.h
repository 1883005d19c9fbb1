#pragma once

#include <string>

#include "server/openai/answer_format.h"

namespace mw::server::openai {

/// The members that all objects of one answer share.
Json answer_frame(const FormatOptions& options, const char* object);

/// The part of a stream that all answers share.
class StreamFrame {
 public:
  /// `options` must outlive the frame.
  StreamFrame(const FormatOptions& options, const char* object)
      : options_(options), frame_(answer_frame(options, object)) {}

  std::string chunk(Json choice, std::size_t text_bytes);
  /// [DONE], after the usage where that is asked for.
  std::string end(const Usage& usage) const;

 private:
  const FormatOptions& options_;
  const Json frame_;
  ChunkPadding padding_;
};

}  // namespace mw::server::openai
