#include "core/json.h"
#include "hub/internal/download.h"
#include "hub/internal/fetch.h"
#include "hub/repository.h"

namespace mw::hub {
namespace {

constexpr uint64_t kMaxListBytes = 32 << 20;  // repositories with thousands of files answer MBs

Result<HttpRequest> hub_request(const PullOptions& options, const std::string& path) {
  std::string endpoint = options.hub_endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  auto url = parse_url(endpoint + path);
  if (!url) return url.error().within("HF_ENDPOINT");
  HttpRequest request;
  request.url = std::move(*url);
  request.bearer_token = options.hub_token;
  request.max_body_bytes = kMaxListBytes;
  return request;
}

Error without_network(const Error& error) {
  if (error.code != Code::kUnavailable && error.code != Code::kDeadlineExceeded) return error;
  Error out = error;
  out.message.en +=
      ". Without a way to the hub, copy the file from another machine and run: "
      "millwright pull file:PATH";
  out.message.zh += "。若无法访问该服务器，请从其他机器复制文件后执行：millwright pull file:路径";
  return out;
}

Result<Repository> list_repository(const Source& source, const PullOptions& options,
                                   std::stop_token stop) {
  MW_ASSIGN(const HttpRequest request,
            hub_request(options, "/api/models/" + source.repo + "?blobs=true"));
  const auto answer = HttpClient(options.http).get_text(request, std::move(stop));
  if (!answer) return without_network(answer.error());
  const auto& [response, text] = *answer;
  if (response.status / 100 != 2) return status_error(response, source.repo);
  auto json = parse_json(text);
  if (!json) return json.error().within(response.url.host);
  return parse_repository(*json);
}

}  // namespace

Result<Fetched> fetch_from_hub(const ModelStore& store, const Source& source,
                               const PullOptions& options, ProgressMeter& meter,
                               std::stop_token stop) {
  meter.set_stage(PullProgress::Stage::kLocating, 0);
  MW_ASSIGN(const Repository repository, list_repository(source, options, stop));
  MW_ASSIGN(const Repository::File chosen, choose_file(repository, source.repo, source.file));
  Download download;
  MW_ASSIGN(download.request,
            hub_request(options, "/" + source.repo + "/resolve/" + repository.revision + "/" +
                                     encode_path(chosen.path)));
  download.name = chosen.path;
  download.sha256 = chosen.sha256;
  download.bytes = chosen.bytes;
  auto file = download_blob(store, std::move(download), options, meter, std::move(stop));
  if (!file) return without_network(file.error());
  return Fetched{{std::move(*file)}, repository.licence};
}

}  // namespace mw::hub
