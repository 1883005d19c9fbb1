#include "upstream/upstream.h"

#include <algorithm>

#include "core/clock.h"
#include "upstream/event_reader.h"
#include "upstream/internal/model_list.h"
#include "upstream/internal/refusal.h"

namespace mw::upstream {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kMostAnswerBytes = uint64_t{64} << 20;
constexpr uint64_t kMostListBytes = uint64_t{1} << 20;
constexpr milliseconds kProbeTimeout{3'000};
constexpr milliseconds kSecondProbeAfter{500};
constexpr milliseconds kLongestProbeWait{30'000};

hub::HttpClientOptions client_options(const UpstreamOptions& options, const std::string& agent,
                                      milliseconds idle) {
  hub::HttpClientOptions out;
  out.connect_timeout = options.connect_timeout;
  out.idle_timeout = idle;
  out.max_redirects = 0;  // a question is not sent to where nobody configured
  out.ca_file = options.ca_file;
  out.user_agent = agent;
  return out;
}

/// Rounded up: who has waited so long is past the end.
milliseconds until(int64_t end_ns) {
  return milliseconds(std::max<int64_t>(1, (end_ns - steady_ns() + kNsPerMs - 1) / kNsPerMs));
}

/// The end that comes first; `deadline_ns` 0: none.
int64_t sooner(int64_t end_ns, int64_t deadline_ns) {
  return deadline_ns == 0 ? end_ns : std::min(end_ns, deadline_ns);
}

int64_t ns(milliseconds time) { return time.count() * kNsPerMs; }

std::string seconds_text(milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                  : std::to_string(time.count()) + " ms";
}

Error silent(milliseconds time, bool spoke) {
  return Error::make(
      Code::kDeadlineExceeded,
      std::string(spoke ? "no further" : "no first") + " token within " + seconds_text(time),
      seconds_text(time) + (spoke ? " 内没有后续 token" : " 内没有首个 token"));
}

Error too_late() {
  return Error::make(Code::kDeadlineExceeded, "the request's deadline has passed",
                     "已超过请求的截止时间");
}

Error gone() { return Error::make(Code::kCancelled, "the asker went away", "请求方已离开"); }

/// Which error is told when several replicas failed: what passes soon, before what does not.
int weight(Code code) {
  if (code == Code::kResourceExhausted) return 3;
  if (code == Code::kUnavailable) return 2;
  return code == Code::kDeadlineExceeded ? 1 : 0;
}

}  // namespace

Upstream::Upstream(UpstreamOptions options, std::string user_agent, LogSink log)
    : options_(std::move(options)),
      client_(client_options(options_, user_agent, options_.token_timeout)),
      probe_client_(client_options(options_, user_agent, kProbeTimeout)),
      log_(std::move(log)) {
  for (const hub::Url& base : options_.replicas) {
    replicas_.push_back(std::make_unique<Replica>(base.text()));
  }
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    probers_.emplace_back([this, i](const std::stop_token& stop) { probe(i, stop); });
  }
}

Upstream::~Upstream() {
  for (std::jthread& prober : probers_) prober.request_stop();
}

hub::HttpRequest Upstream::request_to(const hub::Url& base, std::string_view path) const {
  hub::HttpRequest out;
  out.url = base;
  out.url.target += std::string(base.target.ends_with('/') ? "" : "/") + std::string(path);
  out.bearer_token = options_.api_key;
  return out;
}

Outcome Upstream::nobody(const Question& question) const {
  Outcome out;
  out.open = true;
  int64_t rest_ns = 0;
  std::string en;
  std::string zh;
  const int64_t now = steady_ns();
  bool listed = false;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const ReplicaStatus status = replicas_[i]->status(now);
    const auto models = replicas_[i]->models();
    listed = listed || !models ||
             std::find(models->begin(), models->end(), question.model) != models->end();
    const int64_t each = replicas_[i]->rest_ns(now);
    if (each > 0) rest_ns = rest_ns == 0 ? each : std::min(rest_ns, each);
    const std::string number = "replica " + std::to_string(i + 1) + ": ";
    const std::string number_zh = "副本 " + std::to_string(i + 1) + "：";
    if (status.problem.en.empty()) continue;
    en += "; " + number + status.problem.en;
    zh += "；" + number_zh + status.problem.in(Language::kZh);
  }
  out.retry_after_ms = (rest_ns + kNsPerMs - 1) / kNsPerMs;
  out.error = listed ? Error::make(Code::kUnavailable, "no replica can be asked now" + en,
                                   "目前没有可用的副本" + zh)
                     : Error::make(Code::kNotFound,
                                   "no replica has the model '" + question.model + "'" + en,
                                   "没有副本提供模型“" + question.model + "”" + zh, "model");
  return out;
}

Outcome Upstream::each_replica(const Question& question, const std::function<bool()>& told,
                               const std::stop_token& stop, const AskOne& ask_one) {
  Outcome out;
  struct Place {
    std::atomic<int>& running;
    const int before = running.fetch_add(1);
    ~Place() { running.fetch_sub(1); }
  } const place{running_};
  if (place.before >= options_.max_requests) {
    out.error = Error::make(Code::kResourceExhausted,
                            std::to_string(place.before) +
                                " requests are under way there, and no more may be: try again",
                            "已有 " + std::to_string(place.before) + " 个请求进行中，请稍后再试");
    out.open = true;
    return out;
  }
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    Replica& replica = *replicas_[i];
    const auto call = replica.enter(steady_ns(), question.model);
    if (call == nullptr) continue;
    const int number = static_cast<int>(i) + 1;
    const std::stop_callback on_stop(stop, [&call] { call->stop.request_stop(); });
    const auto response = ask_one(options_.replicas[i], number, *call);
    const int64_t now = steady_ns();
    if (stop.stop_requested()) {
      out.error = gone();
      return out;
    }
    if (response && response->status / 100 == 2) {
      call->answered();
      return {{}, number, false, 0};
    }
    Error error =
        in_own_words(response ? refusal_of(*response) : response.error(), options_.api_key);
    if (!response && call->stop.stop_requested()) {
      error = Error::make(Code::kUnavailable, "it was given up: its health checks fail",
                          "健康检查失败，已放弃等待");
    }
    const int status = response ? response->status : 0;
    const bool late = question.deadline_ns != 0 && now >= question.deadline_ns;
    if (status == 429 || (status == 503 && response->headers.contains("retry-after"))) {
      const int64_t wait_ns = retry_after_ns(response->headers);
      call->busy(now, wait_ns);
      out.retry_after_ms = wait_ns / kNsPerMs;
      if (status == 503) error.code = Code::kResourceExhausted;
    } else if (error.code != Code::kInvalidArgument && error.code != Code::kTooLarge &&
               error.code != Code::kNotFound && !late) {
      call->broke(now, error.message, !response && error.code == Code::kUnavailable);
    } else if (!response && !late) {
      call->broke(now, error.message, false);  // what it sent could not be read
    }
    log_(LogLevel::kWarning, "upstream",
         options_.name + ": " + replica.address() + ": " + question.request_id + ": " +
             error.message.en);
    out.replica = number;
    if (late) {
      out.error = too_late();
      return out;
    }
    const bool own_fault =
        response && (error.code == Code::kInvalidArgument || error.code == Code::kTooLarge);
    if (!response && (error.code == Code::kCorrupt || error.code == Code::kTooLarge)) {
      error.code = Code::kUnavailable;  // their bytes, not the asker's
    }
    error.message.en = "replica " + std::to_string(number) + ": " + error.message.en;
    error.message.zh = "副本 " + std::to_string(number) + "：" + error.message.zh;
    if (!out.error || weight(error.code) >= weight(out.error->code) || own_fault) out.error = error;
    if (told() || own_fault) {
      out.open = false;
      return out;
    }
    out.open = true;
  }
  return out.error ? out : nobody(question);
}

Outcome Upstream::ask(const Question& question, AnswerSink& sink, std::stop_token stop) {
  const auto ask_one = [&](const hub::Url& base, int number,
                           Replica::Call& call) -> Result<hub::HttpResponse> {
    sink.begin(number);
    EventReader reader;
    bool done = false;
    bool spoke = false;
    int64_t end_ns = steady_ns() + ns(options_.first_token_timeout);
    const auto on_event = [&](std::string_view data) -> Result<void> {
      if (done) return {};
      MW_ASSIGN(const Progress progress, sink.event(data));
      done = progress == Progress::kDone;
      if (progress == Progress::kToken) {
        if (!spoke) call.speaking();
        spoke = true;
        end_ns = steady_ns() + ns(options_.token_timeout);
      }
      return {};
    };
    hub::HttpRequest request = request_to(base, question.path);
    request.headers["X-Request-Id"] = question.request_id;
    request.body = question.body;
    request.max_body_bytes = kMostAnswerBytes;
    request.patience = [&] { return until(sooner(end_ns, question.deadline_ns)); };
    auto response = client_.get(
        request, {},
        [&](std::string_view bytes) -> Result<void> {
          MW_TRY(reader.push(bytes, on_event));
          if (done) return gone();  // what comes after the end is not waited for
          return {};
        },
        call.stop.get_token());
    if (done) {
      MW_TRY(sink.end());
      return hub::HttpResponse{200, {}, base, {}, {}};
    }
    if (!response && response.error().code == Code::kDeadlineExceeded && steady_ns() >= end_ns) {
      return silent(spoke ? options_.token_timeout : options_.first_token_timeout, spoke);
    }
    if (!response || response->status / 100 != 2) return response;
    if (reader.within_event()) {
      return Error::make(Code::kCorrupt, "the answer ended within an event", "回答在事件中途结束");
    }
    MW_TRY(sink.end());
    return response;
  };
  return each_replica(
      question, [&] { return sink.told(); }, stop, ask_one);
}

Outcome Upstream::fetch(const Question& question,
                        const std::function<Result<void>(std::string_view)>& take,
                        std::stop_token stop) {
  const auto ask_one = [&](const hub::Url& base, int,
                           Replica::Call& call) -> Result<hub::HttpResponse> {
    const int64_t end_ns =
        sooner(steady_ns() + ns(options_.first_token_timeout), question.deadline_ns);
    hub::HttpRequest request = request_to(base, question.path);
    request.headers["X-Request-Id"] = question.request_id;
    request.body = question.body;
    request.max_body_bytes = kMostAnswerBytes;
    request.patience = [&] { return until(end_ns); };
    MW_ASSIGN(auto answer, client_.get_text(request, call.stop.get_token()));
    if (answer.first.status / 100 == 2) MW_TRY(take(answer.second));
    return std::move(answer.first);
  };
  return each_replica(
      question, [] { return false; }, stop, ask_one);
}

Result<std::optional<std::vector<std::string>>> Upstream::probe_once(
    const hub::Url& base, const std::stop_token& stop) const {
  hub::HttpRequest request = request_to(base, "models");
  request.max_body_bytes = kMostListBytes;
  MW_ASSIGN(const auto list, probe_client_.get_text(request, stop));
  if (list.first.status == 200) {
    MW_ASSIGN(auto ids, parse_model_list(list.second));
    return std::optional(std::move(ids));
  }
  if (list.first.status != 404 && list.first.status != 405) return refusal_of(list.first);
  request.url.target = "/health";  // not all list their models
  MW_ASSIGN(const auto health, probe_client_.get_text(request, stop));
  if (health.first.status != 200) return refusal_of(health.first);
  return std::optional<std::vector<std::string>>();
}

void Upstream::probe(std::size_t index, const std::stop_token& stop) {
  Replica& replica = *replicas_[index];
  int failures = 0;
  while (!stop.stop_requested()) {
    auto listed = probe_once(options_.replicas[index], stop);
    if (stop.stop_requested()) return;
    const Health before = replica.status(0).health;
    milliseconds wait = options_.health_interval;
    if (listed) {
      failures = 0;
      replica.probe_succeeded(std::move(*listed));
      if (before != Health::kUp) {
        log_(LogLevel::kInfo, "upstream", options_.name + ": " + replica.address() + " is up");
      }
    } else {
      ++failures;
      const Error error = in_own_words(listed.error(), options_.api_key);
      // One late answer of a busy machine is no death; a refused connection is.
      const bool late = error.code == Code::kDeadlineExceeded && before == Health::kUp;
      if (failures > 1 || !late) {
        replica.probe_failed(error.message);
        if (before != Health::kDown) {
          log_(LogLevel::kWarning, "upstream",
               options_.name + ": " + replica.address() + " is down: " + error.message.en);
        }
        wait = std::min(options_.health_interval * (1 << std::min(failures - 1, 5)),
                        std::max(kLongestProbeWait, options_.health_interval));
      } else {
        wait = std::min(kSecondProbeAfter, wait);
      }
    }
    std::unique_lock<std::mutex> lock(probe_mutex_);
    probe_wake_.wait_for(lock, stop, wait, [] { return false; });
  }
}

std::vector<ReplicaStatus> Upstream::replicas() const {
  std::vector<ReplicaStatus> out;
  const int64_t now = steady_ns();
  for (const auto& replica : replicas_) out.push_back(replica->status(now));
  return out;
}

std::vector<std::string> Upstream::models() const {
  if (!options_.models.empty()) return options_.models;
  std::vector<std::string> out;
  for (const auto& replica : replicas_) {
    const auto listed = replica->models();
    if (!listed) continue;
    for (const std::string& id : *listed) {
      if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
    }
  }
  return out;
}

Health Upstream::health(const std::string& model) const {
  Health out = Health::kDown;
  for (const auto& replica : replicas_) {
    const auto listed = replica->models();
    if (listed && std::find(listed->begin(), listed->end(), model) == listed->end()) continue;
    const Health each = replica->status(0).health;
    if (each == Health::kUp) return each;
    if (each == Health::kUnknown) out = each;
  }
  return out;
}

}  // namespace mw::upstream
