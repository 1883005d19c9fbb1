#include "notify/internal/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

namespace mw::notify {
namespace {

constexpr long kConnectTimeoutS = 20;
constexpr std::size_t kMostAnswerBytes = 400;  // of what is quoted in an error

struct Exchange {
  std::string_view body;
  std::string answer;
  std::stop_token stop;
};

std::size_t read_body(char* to, std::size_t size, std::size_t count, void* user) {
  auto& body = static_cast<Exchange*>(user)->body;
  const std::size_t taken = std::min(size * count, body.size());
  std::memcpy(to, body.data(), taken);
  body.remove_prefix(taken);
  return taken;
}

std::size_t keep_answer(char* bytes, std::size_t size, std::size_t count, void* user) {
  std::string& answer = static_cast<Exchange*>(user)->answer;
  answer.append(
      bytes, std::min(size * count, kMostAnswerBytes - std::min(answer.size(), kMostAnswerBytes)));
  return size * count;
}

int ask_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List list_of(const std::vector<std::string>& lines) {
  List list;
  for (const std::string& line : lines) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  }
  return list;
}

Code code_of(CURLcode result, long answer) {
  switch (result) {
    case CURLE_ABORTED_BY_CALLBACK:
      return Code::kCancelled;
    case CURLE_OPERATION_TIMEDOUT:
      return Code::kDeadlineExceeded;
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return Code::kIo;  // it was sent, and what became of it is not known
    case CURLE_LOGIN_DENIED:
      return Code::kUnauthenticated;
    default:
      return answer == 401 || answer == 403  ? Code::kUnauthenticated
             : answer >= 400 && answer < 500 ? Code::kInvalidArgument
                                             : Code::kUnavailable;
  }
}

void set_common(CURL* curl, const Transfer& transfer, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_URL, transfer.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a name that is being looked up holds up no end
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");    // the environment's proxies are not ours
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(transfer.timeout_s));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_stop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  if (!transfer.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, transfer.ca_file.c_str());
  if (!transfer.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, transfer.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, transfer.password.c_str());
  }
}

}  // namespace

Result<void> perform(const Transfer& transfer, const std::string& what, std::stop_token stop) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };
  const std::unique_ptr<CURL, Cleanup> handle(curl_easy_init());
  if (handle == nullptr) {
    return Error::make(Code::kResourceExhausted, what + ": libcurl has no memory",
                       what + "：libcurl 内存不足");
  }
  CURL* const curl = handle.get();
  Exchange exchange{transfer.body, {}, std::move(stop)};
  char said[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
  set_common(curl, transfer, exchange);
  const List headers = list_of(transfer.headers);
  const List recipients = list_of(transfer.recipients);
  if (recipients != nullptr) {
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, transfer.from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(transfer.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  } else {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, transfer.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(transfer.body.size()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  }
  const CURLcode result = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  if (result == CURLE_OK && (recipients != nullptr || (answer >= 200 && answer < 300))) return {};
  std::string problem = result == CURLE_OK
                            ? "status " + std::to_string(answer) + " " + exchange.answer
                        : *said != '\0' ? std::string(said)
                                        : curl_easy_strerror(result);
  if (result != CURLE_OK && answer > 0) problem += " (answer " + std::to_string(answer) + ")";
  return Error::make(code_of(result, answer), what + ": " + problem, what + "：" + problem);
}

}  // namespace mw::notify
