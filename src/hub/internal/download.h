#pragma once

#include <stop_token>
#include <string>

#include "hub/internal/progress_meter.h"
#include "hub/model_store.h"
#include "hub/pull.h"

namespace mw::hub {

/// One file to bring into the store.
struct Download {
  HttpRequest request;
  std::string name;    // for messages
  std::string sha256;  // expected; empty when the hub does not say, then nothing is resumed
  uint64_t bytes = 0;  // expected; 0 when not known
};

/// Brings a file into blobs/: resumes what an earlier try left, tries again when the connection is
/// cut, verifies the hash (the one given, else the one that the hub announces). Returns the file as
/// stored.
Result<ModelFile> download_blob(const ModelStore& store, Download download,
                                const PullOptions& options, ProgressMeter& meter,
                                std::stop_token stop);

/// What a status over 299 means to whoever asked for `what`.
Error status_error(const HttpResponse& response, const std::string& what);

}  // namespace mw::hub
