#pragma once

// Parts with known behaviour behind the API, so that the server's tests need no model, no plant
// and no clock but their own.

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "assistant/ask.h"
#include "plant/plant.h"
#include "runtime/model_host.h"
#include "server/system_info.h"

namespace mw::server::testing {

/// Writes a script of pieces for each request, on a thread of its own as the real one does.
class FakeGenerator final : public runtime::Generator {
 public:
  struct Script {
    std::vector<runtime::Piece> pieces;
    runtime::FinishReason finish = runtime::FinishReason::kStop;
    Error error;
    bool endless = false;                // repeats its pieces until it is cancelled
    bool held = false;                   // does nothing until release()
    std::vector<int32_t> ids = {};       // of the whole answer; empty: one for each piece
    runtime::GenerateResult times = {};  // cached tokens, predicted and real times of the result
  };

  FakeGenerator();
  ~FakeGenerator() override;

  Result<RequestId> submit(runtime::GenerateRequest request, OnPiece on_piece,
                           OnDone on_done) override;
  int64_t predicted_first_token_ns(const runtime::GenerateRequest&) const override {
    return predicted_first_token_ns_;
  }
  void predict_first_token(int64_t ns) { predicted_first_token_ns_ = ns; }
  void cancel(RequestId id) override;
  Result<std::vector<double>> score(const std::vector<int32_t>&,
                                    const std::vector<std::vector<int32_t>>&) override;
  runtime::GeneratorStats stats() const override;
  int context_length() const override { return context_length_; }
  void set_context_length(int tokens) { context_length_ = tokens; }

  /// What stats() says beside what runs.
  void set_stats(runtime::GeneratorStats stats);

  std::atomic<int64_t> predicted_first_token_ns_{0};
  std::atomic<bool> keep_requests{true};  // for requests(); off for long runs
  /// What the next requests are answered with; the last one is repeated.
  void set_scripts(std::vector<Script> scripts);
  /// The error of the request after `accept` more.
  void refuse_after(int accept, Error error);
  void release();
  std::vector<runtime::GenerateRequest> requests() const;
  int cancelled() const;
  /// Waits up to five seconds until `count` requests have ended, one way or the other.
  bool wait_ended(int count);

 private:
  struct Job {
    RequestId id = 0;
    Script script;
    OnPiece on_piece;
    OnDone on_done;
    runtime::GenerateResult result;
    std::size_t next = 0;
    int top_logprobs = -1;
    bool cancelled = false;
    bool over = false;
  };
  void work();
  bool step(Job& job);

  std::atomic<int> context_length_{64};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Script> scripts_;
  std::size_t next_script_ = 0;
  std::optional<std::pair<int, Error>> refusal_;
  std::map<RequestId, std::shared_ptr<Job>> jobs_;
  std::vector<runtime::GenerateRequest> requests_;
  RequestId next_id_ = 1;
  int cancelled_ = 0;
  int ended_ = 0;
  bool stopping_ = false;
  runtime::GeneratorStats stats_;
  std::thread thread_;
};

/// One piece of text, with log-probabilities for it as one token when `logprob` is given.
runtime::Piece piece(std::string text, std::optional<double> logprob = std::nullopt);

/// Makes vectors of [ids, sum of ids, 1], or of a ranker the sum of ids over 100; remembers what it
/// was given. Its vocabulary is one token a byte, its window 16 tokens.
class FakeEmbedder final : public runtime::Embedder {
 public:
  explicit FakeEmbedder(bool ranks);
  const runtime::EmbedderInfo& info() const override { return info_; }
  const tokenizers::Tokenizer& tokenizer() const override { return *tokenizer_; }
  Result<std::vector<std::vector<float>>> run(std::span<const runtime::EmbedInput> inputs) override;

  std::vector<runtime::EmbedInput> seen;

 private:
  runtime::EmbedderInfo info_;
  std::shared_ptr<const tokenizers::Tokenizer> tokenizer_;
};

/// One ready model "tiny" (also the default), one that thinks before it answers unless told not to,
/// "thinker", which is not listed, and one that is being fetched, "large".
class FakeModelHost final : public runtime::ModelHost {
 public:
  FakeModelHost();
  std::vector<runtime::ModelStatus> list() const override;
  Result<std::shared_ptr<runtime::ServedModel>> find(const std::string& name) const override;
  Result<std::shared_ptr<runtime::Embedder>> find_embedder(const std::string& name) const override;
  std::shared_ptr<const tokenizers::Tokenizer> client_vocabulary(
      const std::string& encoding) const override;
  Result<void> pull(const std::string& source) override;
  /// There is one to load: "line2", for "tiny".
  Result<runtime::ModelStatus> load_adapter(const std::string& model,
                                            const std::string& adapter) override;
  Result<void> unload_adapter(const std::string& model, const std::string& adapter) override;

  std::shared_ptr<FakeEmbedder> embedder = std::make_shared<FakeEmbedder>(false);
  std::shared_ptr<FakeEmbedder> ranker = std::make_shared<FakeEmbedder>(true);
  std::shared_ptr<const tokenizers::Tokenizer> cl100k;  // none, unless a test gives one
  std::shared_ptr<FakeGenerator> generator = std::make_shared<FakeGenerator>();
  bool ready = true;
  bool adapted = false;  // whether "tiny:line2" is loaded
  std::vector<std::string> pulled;

 private:
  std::shared_ptr<runtime::ServedModel> model_;
  std::shared_ptr<runtime::ServedModel> thinker_;
  std::shared_ptr<runtime::ServedModel> adapted_;
};

/// Tells its script of events to the listener; waits for the stop token when asked to.
class FakeAsker final : public assistant::Asker {
 public:
  Result<assistant::AskAnswer> ask(const Identity& who, const assistant::AskRequest& request,
                                   const assistant::AskListener& listener,
                                   std::stop_token stop) override;

  std::vector<std::pair<std::string, Json>> events;
  std::optional<Error> error;
  bool wait_for_stop = false;
  std::atomic<bool> stopped{false};
  assistant::AskRequest last;
};

/// A line with one machine, one temperature and one state.
class FakePlant final : public plant::Plant {
 public:
  FakePlant();
  std::shared_ptr<const plant::Catalogue> catalogue(const Identity& who) const override;
  bool simulated() const override { return true; }
  TimeNs now_ns() const override { return 1'700'000'000 * kNsPerSecond; }
  plant::Snapshot snapshot(const Identity& who) const override;
  std::unique_ptr<plant::Subscription> subscribe(
      const Identity& who, std::function<void(const plant::Change&)> callback) override;
  Result<plant::TagValue> latest(const Identity& who, std::string_view tag) const override;
  /// The temperature was in degF before, an hour long.
  Result<std::vector<plant::EarlierHistory>> earlier(const Identity& who,
                                                     std::string_view asset) const override;
  Result<plant::Series> series(const Identity& who, std::string_view tag, TimeWindow window,
                               int max_points,
                               std::optional<plant::Interpolation> asked) const override;
  Result<plant::Aggregate> aggregate(const Identity& who, std::string_view tag, TimeWindow window,
                                     std::optional<plant::Interpolation> asked) const override;
  /// Its temperature is 60 at any time, of a sample a second before.
  Result<plant::PointValue> value_at(const Identity& who, std::string_view tag, TimeNs ts_ns,
                                     std::optional<plant::Interpolation> asked) const override;
  Result<plant::StateHistory> state_history(const Identity& who, std::string_view tag,
                                            TimeWindow window) const override;
  Result<plant::CounterIncrease> counter_increase(const Identity& who, std::string_view tag,
                                                  TimeWindow window) const override;
  Result<plant::OeeReport> oee(const Identity& who, std::string_view asset,
                               TimeWindow window) const override;
  Result<TimeWindow> shift_run(const Identity& who, std::string_view asset, std::string_view shift,
                               std::string_view date) const override;
  /// As many samples as `exported_rows` of each tag.
  Result<plant::SampleExport> export_samples(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const std::function<bool(std::string_view text)>& write) const override;
  /// The same, whatever the grid.
  Result<plant::SampleExport> export_values(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const plant::CsvGrid& grid,
      const std::function<bool(std::string_view text)>& write) const override;
  uint64_t exported_rows = 2;
  std::optional<TimeNs> earliest_ns(const Identity& who) const override;
  plant::BrokerStatus broker() const override;
  plant::IngestStats stats() const override;
  Result<plant::PushOutcome> push(const Identity& who, plant::PushedSamples samples) override;
  Result<plant::BatchList> batches(const Identity& who, std::string_view asset,
                                   std::string_view line, TimeWindow window) const override;
  Result<plant::ConnectorHistory> connector_history(const Identity& who, std::string_view connector,
                                                    TimeWindow window,
                                                    int max_points) const override;
  Result<plant::Batch> push_batch(const Identity& who, const plant::PushedBatch& batch,
                                  const plant::BatchRecord& record) override;
  Result<plant::PlantEventList> events(const Identity& who, std::string_view asset,
                                       std::string_view line, TimeWindow window) const override;
  Result<plant::PlantEvent> tell_event(const Identity& who, const plant::ToldEvent& told,
                                       const plant::EventRecord& record) override;
  plant::Ingest& ingest() override;

  void set_temperature(double value);
  /// Tells the subscribers who may see it what the snapshot holds now.
  void tell();

 private:
  struct Listener {
    Identity who;
    std::function<void(const plant::Change&)> callback;
  };
  class FakeSubscription;
  std::shared_ptr<std::vector<std::shared_ptr<Listener>>> listeners_ =
      std::make_shared<std::vector<std::shared_ptr<Listener>>>();
  std::shared_ptr<const plant::Catalogue> catalogue_;
  mutable std::mutex mutex_;
  double temperature_ = 61.25;
};

class FakeSystemInfo final : public SystemInfo {
 public:
  SystemFacts facts() const override;
};

}  // namespace mw::server::testing
