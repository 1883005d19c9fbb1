#include "hub/internal/download.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include "core/file_lock.h"
#include "core/json.h"
#include "hub/internal/fetch.h"
#include "hub/internal/partial_file.h"

namespace mw::hub {
namespace {

constexpr uint64_t kMaxBlobBytes = uint64_t{1} << 40;  // 1 TiB: a lying length must end somewhere

std::optional<uint64_t> whole_number(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc() || stopped != end) return std::nullopt;
  return value;
}

/// First byte of "bytes 100-199/200".
std::optional<uint64_t> range_start(const HttpHeaders& headers) {
  const auto range = headers.find("content-range");
  if (range == headers.end() || !range->second.starts_with("bytes ")) return std::nullopt;
  return whole_number(std::string_view(range->second).substr(6, range->second.find('-') - 6));
}

/// False when `stop` was asked for while waiting.
bool wait_for(std::chrono::milliseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock<std::mutex> lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

/// The hub's own word for the hash of a large file: it comes with its redirect to the storage.
/// Nothing when it is no sha256 (a small file's etag is a git hash).
std::optional<std::string> linked_sha256(const HttpResponse& response) {
  std::vector<const HttpHeaders*> heads = {&response.headers};
  for (const HttpHeaders& redirect : response.redirects) heads.push_back(&redirect);
  for (const HttpHeaders* headers : heads) {
    const auto etag = headers->find("x-linked-etag");
    if (etag == headers->end()) continue;
    std::string value = etag->second;
    std::erase(value, '"');
    if (is_sha256_hex(value)) return value;
  }
  return std::nullopt;
}

/// One request: appends what comes to `file`, and notes the hash that the hub announces.
Result<void> fetch_rest(Download& download, const PullOptions& options, PartialFile& file,
                        ProgressMeter& meter, std::stop_token stop) {
  HttpRequest request = download.request;
  const uint64_t limit = download.bytes > 0 ? download.bytes : kMaxBlobBytes;
  request.max_body_bytes = limit;
  if (file.bytes() > 0) request.headers["Range"] = "bytes=" + std::to_string(file.bytes()) + "-";
  const auto on_head = [&](const HttpResponse& response) -> Result<void> {
    const auto announced = linked_sha256(response);
    if (announced && download.sha256.empty()) download.sha256 = *announced;
    if (announced && download.sha256 != *announced) {
      return Error::make(Code::kCorrupt,
                         download.name + ": the hub lists sha256 " + download.sha256 +
                             " and then announces " + *announced + ": pull again later",
                         download.name + "：服务器前后声明的 sha256 不一致，请稍后重试");
    }
    if (response.status == 206 && range_start(response.headers) == file.bytes()) return {};
    // The whole file again: this server does not resume.
    if (file.bytes() > 0) MW_TRY(file.clear());
    if (response.status == 206) {
      return Error::make(Code::kUnavailable,
                         download.name + ": the server sent another range than asked for",
                         download.name + "：服务器返回的区间与请求不符");
    }
    return {};
  };
  const auto on_body = [&](std::string_view bytes) -> Result<void> {
    if (file.bytes() + bytes.size() > limit) {
      return Error::make(
          Code::kCorrupt,
          download.name + ": more than the " + std::to_string(limit) + " bytes that were announced",
          download.name + "：内容超过声明的 " + std::to_string(limit) + " 字节");
    }
    MW_TRY(file.append(bytes));
    meter.set_done(file.bytes());
    return {};
  };
  MW_ASSIGN(const HttpResponse response,
            HttpClient(options.http).get(request, on_head, on_body, std::move(stop)));
  if (response.status == 416) {  // what we have reaches past the file's end: not the same file
    MW_TRY(file.clear());
    return Error::make(Code::kUnavailable, download.name + ": the partial file did not fit",
                       download.name + "：断点文件不匹配");
  }
  if (response.status / 100 != 2) return status_error(response, download.name);
  return {};
}

/// fetch_rest until all is there; a try that brought something does not count against the retries.
Result<void> fetch_all(Download& download, const PullOptions& options, PartialFile& file,
                       ProgressMeter& meter, std::stop_token stop) {
  std::chrono::milliseconds delay = options.retry_delay;
  for (int failures = 0;;) {
    if (download.bytes > 0 && file.bytes() == download.bytes) return {};
    const uint64_t before = file.bytes();
    const auto fetched = fetch_rest(download, options, file, meter, stop);
    const bool whole = download.bytes == 0 || file.bytes() == download.bytes;
    if (fetched && whole) return {};
    Error error = fetched
                      ? Error::make(Code::kUnavailable, download.name + ": the server ended early",
                                    download.name + "：服务器提前结束传输")
                      : fetched.error();
    const bool passing = error.code == Code::kUnavailable || error.code == Code::kDeadlineExceeded;
    if (file.bytes() > before) {
      failures = 0;
      delay = options.retry_delay;
    }
    if (!passing || ++failures > options.retries) return error;
    if (!wait_for(delay, stop)) return Error::make(Code::kCancelled, "cancelled", "已取消");
    delay *= 2;
  }
}

}  // namespace

Error status_error(const HttpResponse& response, const std::string& what) {
  std::string said = response.error_body;
  if (const auto json = parse_json(response.error_body)) {
    if (const auto message = json_string(*json, "error"); message && !message->empty()) {
      said = *message;
    }
  }
  said = said.substr(0, said.find('\n'));
  if (said.size() > 200) said.resize(200);
  const std::string status = std::to_string(response.status);
  const std::string tail = said.empty() ? "" : " (\"" + said + "\")";
  switch (response.status) {
    case 401:
    case 403:
      return Error::make(
          response.status == 401 ? Code::kUnauthenticated : Code::kPermissionDenied,
          what + ": " + response.url.host + " answered " + status + tail +
              ": the repository does not exist, is private or gated. Accept its terms in a "
              "browser, then set HF_TOKEN to an access token and pull again",
          what + "：" + response.url.host + " 返回 " + status + tail +
              "：仓库不存在、私有或需授权。请先在浏览器中接受条款，将访问令牌设为 HF_TOKEN "
              "后重新获取");
    case 404:
      return Error::make(Code::kNotFound, what + ": not found on " + response.url.host + tail,
                         what + "：" + response.url.host + " 上不存在" + tail);
    default:
      return Error::make(Code::kUnavailable,
                         what + ": " + response.url.host + " answered " + status + tail,
                         what + "：" + response.url.host + " 返回 " + status + tail);
  }
}

Result<ModelFile> download_blob(const ModelStore& store, Download download,
                                const PullOptions& options, ProgressMeter& meter,
                                std::stop_token stop) {
  // Without a known hash the key is the address, so that two pulls of it still meet at one lock.
  const bool known = !download.sha256.empty();
  const std::string key = known ? download.sha256 : sha256_hex(download.request.url.text());
  const auto partial = store.partial_path(key);
  MW_ASSIGN(const FileLock lock, FileLock::acquire(partial.string() + ".lock", stop, [&] {
              meter.set_stage(PullProgress::Stage::kWaiting, download.bytes);
              std::error_code missing;
              const uint64_t there = std::filesystem::file_size(partial, missing);
              if (!missing) meter.set_done(there);  // the other process's progress
            }));
  if (known && store.has_blob(download.sha256, download.bytes)) {
    return ModelFile{download.name, download.sha256, download.bytes};
  }
  MW_ASSIGN(PartialFile file, PartialFile::open(partial));
  if (!known || (download.bytes > 0 && file.bytes() > download.bytes)) MW_TRY(file.clear());
  if (download.bytes > 0) {
    MW_TRY(check_free_space(store.folder(), download.bytes - file.bytes() + kSpareBytes));
  }
  meter.set_stage(PullProgress::Stage::kFetching, download.bytes);
  meter.set_done(file.bytes());
  MW_TRY(fetch_all(download, options, file, meter, std::move(stop)));
  meter.flush();
  const std::string actual = file.sha256();
  if (!download.sha256.empty() && actual != download.sha256) {
    file.discard();
    return Error::make(Code::kCorrupt,
                       download.name + ": expected sha256 " + download.sha256 + ", got " + actual +
                           ". What came was removed; pull again, and do not trust this server if "
                           "it happens twice",
                       download.name + "：sha256 应为 " + download.sha256 + "，实际为 " + actual +
                           "。已删除收到的内容；请重试，若再次出现请勿信任该服务器");
  }
  if (const auto model = check_is_gguf(file.path()); !model) {
    file.discard();
    return model.error().within(download.name);
  }
  MW_TRY(store.adopt_blob(file.path(), actual));
  return ModelFile{download.name, actual, file.bytes()};
}

}  // namespace mw::hub
