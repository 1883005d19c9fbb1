#include "server/testing/fakes.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mw::server::testing {
namespace {

// ChatML, as the default model has it.
constexpr char kChatTemplate[] =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|im_start|>assistant\\n' }}{% endif %}";

// The same with a switch for thinking, as Qwen 3 has it.
constexpr char kThinkingTemplate[] =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|im_start|>assistant\\n' }}{% if enable_thinking is defined and not enable_thinking %}{{ "
    "'<think></think>' }}{% endif %}{% endif %}";

constexpr char kCatalogue[] = R"json({
  "site": "test", "simulated": true,
  "lines": [{"id": "line-1", "name": {"en": "Line 1", "zh": "一号线"}}],
  "kinds": [{"id": "cnc", "name": {"en": "CNC machine", "zh": "数控机床"},
    "states": [{"id": "running", "name": {"en": "running", "zh": "运行"}}],
    "tags": [
      {"id": "state", "name": {"en": "state", "zh": "状态"}, "kind": "state"},
      {"id": "spindle_temperature", "name": {"en": "spindle temperature", "zh": "主轴温度"},
       "unit": "degC", "normal": [10, 75], "physical": [-40, 200]}]}],
  "assets": [{"id": "cnc-2", "name": {"en": "CNC-2", "zh": "2号数控机床"}, "kind": "cnc",
    "line": "line-1"}]
})json";

// Printable ASCII, space and newline as tokens of one byte each, then three special ones.
std::shared_ptr<const tokenizers::Tokenizer> byte_tokenizer() {
  tokenizers::TokenizerSpec spec;
  for (char c = '!'; c <= '~'; ++c) spec.tokens.emplace_back(1, c);
  spec.tokens.emplace_back("\xC4\xA0");  // space in GPT-2's byte alphabet
  spec.tokens.emplace_back("\xC4\x8A");  // newline
  spec.token_types.assign(spec.tokens.size(), 1);
  for (const char* special : {"<|im_start|>", "<|im_end|>", "<|endoftext|>"}) {
    spec.tokens.emplace_back(special);
    spec.token_types.push_back(3);
  }
  spec.eos_id = static_cast<int32_t>(spec.tokens.size()) - 2;
  spec.bos_id = static_cast<int32_t>(spec.tokens.size()) - 1;
  spec.pre = "gpt-2";
  auto made = tokenizers::Tokenizer::create(std::move(spec));
  EXPECT_TRUE(made) << made.error().message.en;
  return std::shared_ptr<const tokenizers::Tokenizer>(std::move(*made));
}

Error no_tag(std::string_view tag) {
  return Error::make(Code::kNotFound, "no tag " + std::string(tag));
}

}  // namespace

runtime::Piece piece(std::string text, std::optional<double> logprob) {
  runtime::Piece out{std::move(text), {}};
  if (logprob.has_value()) {
    out.logprobs.push_back({1, out.text, *logprob, {{out.text, *logprob}, {"\xE6", -9.5}}});
    for (int i = 2; i < 20; ++i) {
      out.logprobs[0].top.emplace_back(std::string(1, static_cast<char>('a' + i)), -10.0 - i);
    }
  }
  return out;
}

FakeGenerator::FakeGenerator() : scripts_(1) {
  stats_.decode_tok_s = 42;
  stats_.generated_tokens = 7;
  stats_.kv_bytes = 1000;
  thread_ = std::thread([this] { work(); });
}

FakeGenerator::~FakeGenerator() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<runtime::Generator::RequestId> FakeGenerator::submit(runtime::GenerateRequest request,
                                                            OnPiece on_piece, OnDone on_done) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (refusal_.has_value() && refusal_->first-- == 0) return refusal_->second;
  auto job = std::make_shared<Job>();
  job->id = next_id_++;
  job->script = scripts_[std::min(next_script_++, scripts_.size() - 1)];
  job->on_piece = std::move(on_piece);
  job->on_done = std::move(on_done);
  job->result = job->script.times;
  job->result.prompt_tokens = static_cast<int>(request.prompt_ids.size());
  job->top_logprobs = request.top_logprobs;
  if (keep_requests) requests_.push_back(std::move(request));
  jobs_[job->id] = job;
  changed_.notify_all();
  return job->id;
}

void FakeGenerator::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    std::vector<std::shared_ptr<Job>> ready;
    for (const auto& [id, job] : jobs_) {
      if (!job->script.held || job->cancelled) ready.push_back(job);
    }
    if (ready.empty()) {
      changed_.wait(lock);
      continue;
    }
    lock.unlock();
    std::vector<RequestId> done;
    for (const auto& job : ready) {
      if (step(*job)) done.push_back(job->id);
    }
    ready.clear();
    lock.lock();
    for (const RequestId id : done) {
      jobs_.erase(id);
      ++ended_;
    }
    changed_.notify_all();
  }
}

// One piece of one request; true when it has ended. Called without the lock.
bool FakeGenerator::step(Job& job) {
  bool cancelled = false;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    cancelled = job.cancelled;
  }
  const auto& pieces = job.script.pieces;
  if (!cancelled && job.next == pieces.size() && job.script.endless) job.next = 0;
  if (!cancelled && job.next < pieces.size()) {
    const runtime::Piece& next = pieces[job.next++];
    job.result.text += next.text;
    job.result.ids.push_back(1);
    runtime::Piece asked = next;
    for (runtime::TokenLogprob& token : asked.logprobs) {
      const std::size_t count = static_cast<std::size_t>(std::max(0, job.top_logprobs));
      token.top.resize(std::min(token.top.size(), count));
    }
    job.on_piece(asked);
    return false;
  }
  job.result.finish = cancelled ? runtime::FinishReason::kCancelled : job.script.finish;
  job.result.error = job.script.error;
  if (!job.script.ids.empty()) job.result.ids = job.script.ids;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    job.over = true;  // no longer counted when its asker is told, as the real one keeps it
  }
  job.on_done(job.result);
  return true;
}

void FakeGenerator::cancel(RequestId id) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->cancelled) return;
  found->second->cancelled = true;
  ++cancelled_;
  changed_.notify_all();
}

Result<std::vector<double>> FakeGenerator::score(const std::vector<int32_t>&,
                                                 const std::vector<std::vector<int32_t>>&) {
  return Error::make(Code::kUnsupported, "not faked");
}

runtime::GeneratorStats FakeGenerator::stats() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  runtime::GeneratorStats out = stats_;
  out.running = static_cast<int>(std::count_if(
      jobs_.begin(), jobs_.end(), [](const auto& each) { return !each.second->over; }));
  return out;
}

void FakeGenerator::set_stats(runtime::GeneratorStats stats) {
  const std::lock_guard<std::mutex> guard(mutex_);
  stats_ = stats;
}

void FakeGenerator::set_scripts(std::vector<Script> scripts) {
  const std::lock_guard<std::mutex> guard(mutex_);
  scripts_ = std::move(scripts);
  next_script_ = 0;
}

void FakeGenerator::refuse_after(int accept, Error error) {
  const std::lock_guard<std::mutex> guard(mutex_);
  refusal_ = {accept, std::move(error)};
}

void FakeGenerator::release() {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& [id, job] : jobs_) job->script.held = false;
  changed_.notify_all();
}

std::vector<runtime::GenerateRequest> FakeGenerator::requests() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return requests_;
}

int FakeGenerator::cancelled() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return cancelled_;
}

bool FakeGenerator::wait_ended(int count) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return ended_ >= count; });
}

namespace {

/// Single letters and digits as whole words, with BERT's template.
std::shared_ptr<const tokenizers::Tokenizer> word_tokenizer() {
  tokenizers::TokenizerSpec spec;
  spec.kind = tokenizers::TokenizerSpec::Kind::kWordPiece;
  spec.tokens = {"[UNK]", "[CLS]", "[SEP]"};
  for (char c = 'a'; c <= 'z'; ++c) spec.tokens.emplace_back(1, c);
  spec.token_types.assign(spec.tokens.size(), 1);
  for (std::size_t i = 0; i < 3; ++i) spec.token_types[i] = 3;
  spec.unknown_id = 0;
  spec.bos_id = 1;
  spec.eos_id = 2;
  spec.add_bos = spec.add_eos = true;
  auto made = tokenizers::Tokenizer::create(std::move(spec));
  EXPECT_TRUE(made);
  return std::shared_ptr<const tokenizers::Tokenizer>(std::move(*made));
}

}  // namespace

FakeModelHost::FakeModelHost() {
  auto chat_template = runtime::ChatTemplate::parse(kChatTemplate, "<|endoftext|>", "<|im_end|>");
  EXPECT_TRUE(chat_template) << chat_template.error().message.en;
  model_ = std::make_shared<runtime::ServedModel>();
  model_->name = "tiny";
  model_->fingerprint = "fp_test";
  model_->created_s = 1'600'000'000;
  model_->tokenizer = byte_tokenizer();
  model_->chat_template = *chat_template;
  model_->generator = generator;
  model_->card = {{"context_length", 64}};
  auto thinking = runtime::ChatTemplate::parse(kThinkingTemplate, "<|endoftext|>", "<|im_end|>");
  EXPECT_TRUE(thinking) << thinking.error().message.en;
  thinker_ = std::make_shared<runtime::ServedModel>(*model_);
  thinker_->name = "thinker";
  thinker_->chat_template = *thinking;
  adapted_ = std::make_shared<runtime::ServedModel>(*model_);
  adapted_->name = "tiny:line2";
}

static runtime::ModelStatus adapter_status() {
  runtime::ModelStatus status;
  status.name = "tiny:line2";
  status.parent = "tiny";
  status.state = runtime::ModelState::kReady;
  status.rank = 8;
  status.bytes = 1'000'000;
  status.source = "file:adapters/line2";
  return status;
}

Result<runtime::ModelStatus> FakeModelHost::load_adapter(const std::string& model,
                                                         const std::string& adapter) {
  if (model != "tiny") return ModelHost::load_adapter(model, adapter);
  if (adapter != "line2") {
    return Error::make(Code::kNotFound, "there is no adapter '" + adapter + "'", "没有该适配器",
                       "name");
  }
  adapted = true;
  return adapter_status();
}

Result<void> FakeModelHost::unload_adapter(const std::string& model, const std::string& adapter) {
  if (!adapted || model + ":" + adapter != adapted_->name) {
    return ModelHost::unload_adapter(model, adapter);
  }
  adapted = false;
  return {};
}

std::vector<runtime::ModelStatus> FakeModelHost::list() const {
  runtime::ModelStatus tiny;
  tiny.name = "tiny";
  tiny.state = ready ? runtime::ModelState::kReady : runtime::ModelState::kLoading;
  tiny.bytes = 98'000'000;
  tiny.licence = "Apache-2.0";
  tiny.card = model_->card;
  runtime::ModelStatus large;
  large.name = "large";
  large.state = runtime::ModelState::kFetching;
  large.progress = 0.5;
  if (!adapted) return {tiny, large};
  runtime::ModelStatus adapter = adapter_status();
  return {tiny, adapter, large};
}

Result<std::shared_ptr<runtime::ServedModel>> FakeModelHost::find(const std::string& name) const {
  if (name == "large" || !ready) {
    return Error::make(Code::kUnavailable, "model is not ready yet", "模型尚未就绪");
  }
  if (name.empty() || name == "tiny") return model_;
  if (name == "thinker") return thinker_;
  if (adapted && name == adapted_->name) return adapted_;
  return Error::make(Code::kNotFound, "there is no model '" + name + "'", "没有该模型");
}

Result<std::shared_ptr<runtime::Embedder>> FakeModelHost::find_embedder(
    const std::string& name) const {
  if (name == "vectors") return std::shared_ptr<runtime::Embedder>(embedder);
  if (name == "ranker") return std::shared_ptr<runtime::Embedder>(ranker);
  return Error::make(Code::kNotFound, "there is no model '" + name + "'", "没有该模型");
}

std::shared_ptr<const tokenizers::Tokenizer> FakeModelHost::client_vocabulary(
    const std::string& encoding) const {
  return encoding == "cl100k_base" ? cl100k : nullptr;
}

FakeEmbedder::FakeEmbedder(bool ranks) : tokenizer_(word_tokenizer()) {
  info_.name = ranks ? "ranker" : "vectors";
  info_.dimensions = ranks ? 1 : 3;
  if (!ranks) info_.shorter = {2};
  info_.max_tokens = 16;
  info_.ranks = ranks;
}

Result<std::vector<std::vector<float>>> FakeEmbedder::run(
    std::span<const runtime::EmbedInput> inputs) {
  std::vector<std::vector<float>> rows;
  for (const runtime::EmbedInput& input : inputs) {
    seen.push_back(input);
    float sum = 0;
    for (const int32_t id : input.ids) sum += static_cast<float>(id);
    if (info_.ranks) {
      rows.push_back({sum / 100});
    } else {
      rows.push_back({static_cast<float>(input.ids.size()), sum, 1});
    }
  }
  return rows;
}

Result<void> FakeModelHost::pull(const std::string& source) {
  if (source == "nonsense") {
    return Error::make(Code::kInvalidArgument, "not a source", "无效来源", "source");
  }
  pulled.push_back(source);
  return {};
}

Result<assistant::AskAnswer> FakeAsker::ask(const Identity&, const assistant::AskRequest& request,
                                            const assistant::AskListener& listener,
                                            std::stop_token stop) {
  last = request;
  for (const auto& [event, data] : events) listener(event, data);
  if (wait_for_stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait_for(lock, stop, std::chrono::seconds(5), [] { return false; });
    stopped = stop.stop_requested();
    return Error::make(Code::kCancelled, "cancelled");
  }
  if (error.has_value()) return *error;
  return assistant::AskAnswer{};
}

FakePlant::FakePlant() {
  auto parsed = plant::Catalogue::parse(kCatalogue);
  EXPECT_TRUE(parsed) << parsed.error().message.en;
  catalogue_ = *parsed;
}

std::shared_ptr<const plant::Catalogue> FakePlant::catalogue(const Identity& who) const {
  return plant::Catalogue::visible_to(catalogue_, who);
}

plant::Snapshot FakePlant::snapshot(const Identity& who) const {
  plant::Snapshot out;
  out.now_ns = now_ns();
  out.simulated = true;
  out.site = "test";
  out.broker = broker();
  if (!who.may_see_line("line-1")) return out;
  plant::ConnectorStatus link;
  link.name = "press-plc";
  link.kind = "modbus_tcp";
  link.address = "10.0.0.7:502";
  link.state = plant::ConnectorState::kFailed;
  link.since_ns = now_ns() - kNsPerMinute;
  link.problem = {"connection refused", "连接被拒绝"};
  link.problem_ns = now_ns();
  link.samples = 12;
  out.connectors = {link};
  const std::lock_guard<std::mutex> guard(mutex_);
  plant::TagValue state{
      "cnc-2/state", {}, "running", now_ns(), Quality::kGood, plant::QualityReason::kNone};
  plant::TagValue temperature{
      "cnc-2/spindle_temperature", temperature_, "", now_ns(), Quality::kGood,
      plant::QualityReason::kNone};
  out.values = {state, temperature};
  out.assets = {{"cnc-2",
                 "running",
                 now_ns() - kNsPerHour,
                 {{"cnc-2/spindle_temperature", {"above the normal 75.0", "高于正常值75.0"}}}}};
  return out;
}

class FakePlant::FakeSubscription final : public plant::Subscription {
 public:
  FakeSubscription(std::shared_ptr<std::vector<std::shared_ptr<Listener>>> all,
                   std::shared_ptr<Listener> mine)
      : all_(std::move(all)), mine_(std::move(mine)) {}
  ~FakeSubscription() override { std::erase(*all_, mine_); }

 private:
  const std::shared_ptr<std::vector<std::shared_ptr<Listener>>> all_;
  const std::shared_ptr<Listener> mine_;
};

std::unique_ptr<plant::Subscription> FakePlant::subscribe(
    const Identity& who, std::function<void(const plant::Change&)> callback) {
  auto listener = std::make_shared<Listener>(Listener{who, std::move(callback)});
  listeners_->push_back(listener);
  return std::make_unique<FakeSubscription>(listeners_, std::move(listener));
}

void FakePlant::tell() {
  for (const std::shared_ptr<Listener>& listener : *listeners_) {
    const plant::Snapshot now = snapshot(listener->who);
    listener->callback({now.values, now.assets, {}});
  }
}

Result<plant::TagValue> FakePlant::latest(const Identity&, std::string_view tag) const {
  return no_tag(tag);
}

Result<plant::Series> FakePlant::series(const Identity&, std::string_view, TimeWindow window,
                                        int max_points) const {
  plant::Series out;
  out.good_share = 0.98;
  out.points = {{window.start_ns, 60.0, 59.0, 61.0}, {window.start_ns + kNsPerSecond, {}, {}, {}}};
  out.points.resize(std::min<std::size_t>(out.points.size(), static_cast<std::size_t>(max_points)));
  return out;
}

Result<plant::Aggregate> FakePlant::aggregate(const Identity&, std::string_view tag,
                                              TimeWindow) const {
  return no_tag(tag);
}

Result<plant::StateHistory> FakePlant::state_history(const Identity&, std::string_view,
                                                     TimeWindow window) const {
  plant::StateHistory out;
  out.spans = {{"running", window.start_ns, window.end_ns}};
  out.good_share = 1;
  return out;
}

Result<plant::CounterIncrease> FakePlant::counter_increase(const Identity&, std::string_view tag,
                                                           TimeWindow) const {
  return no_tag(tag);
}

/// 6 of 7 busy hours of production, 1400 parts at 14 s, 21 of them rejected.
Result<plant::OeeReport> FakePlant::oee(const Identity& who, std::string_view asset,
                                        TimeWindow window) const {
  const auto view = catalogue(who);
  if (view->asset(asset) == nullptr) {
    return Error::make(Code::kNotFound, "there is no asset", "没有设备", "asset");
  }
  plant::OeeReport report;
  plant::OeeInputs& in = report.inputs;
  in.window = window;
  in.scheduled_ns = in.known_ns = 8 * kNsPerHour;
  in.production_ns = 6 * kNsPerHour;
  in.unplanned_ns = in.planned_stop_ns = kNsPerHour;
  in.has_states = in.has_shifts = in.total_described = in.quality_described = true;
  in.total = 1400;
  in.reject = 21;
  in.ideal_cycle_s = 14;
  in.state_share = 0.998;
  in.counter_share = 0.997;
  in.states = {{"running", plant::StateUse::kProduction, 6 * kNsPerHour, 3},
               {"fault", plant::StateUse::kUnplannedStop, kNsPerHour, 2}};
  report.oee = plant::compute_oee(in);
  return report;
}

Result<TimeWindow> FakePlant::shift_run(const Identity&, std::string_view, std::string_view shift,
                                        std::string_view) const {
  if (shift != "early") return Error::make(Code::kNotFound, "no such shift", "没有班次", "shift");
  return TimeWindow{now_ns() - 8 * kNsPerHour, now_ns()};
}

Result<plant::SampleExport> FakePlant::export_samples(
    const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
    const std::function<bool(std::string_view text)>& write) const {
  const auto view = catalogue(who);
  for (const std::string& tag : tags) {
    if (view->tag(tag) == nullptr) return no_tag(tag);
  }
  plant::SampleExport out;
  out.thinned_until_ns = window.start_ns + kNsPerSecond;
  if (!write("time,tag,value,quality,unit\n")) return out;
  for (const std::string& tag : tags) {
    for (uint64_t i = 0; i < exported_rows; ++i) {
      ++out.samples;
      if (!write("2023-11-14T22:13:20.000Z," + tag + ",61.5,good,degC\n")) return out;
    }
  }
  return out;
}

std::optional<TimeNs> FakePlant::earliest_ns(const Identity&) const { return std::nullopt; }

plant::BrokerStatus FakePlant::broker() const {
  return {true, true, now_ns() - kNsPerHour, "127.0.0.1:1883", {}};
}

plant::IngestStats FakePlant::stats() const {
  plant::IngestStats out;
  out.samples_per_s = 30;
  out.store.stored_samples = 1234;
  return out;
}

Result<plant::PushOutcome> FakePlant::push(const Identity& who, plant::PushedSamples samples) {
  if (who.kind != Identity::Kind::kApiKey) {
    return Error::make(Code::kPermissionDenied, "not you", "无权");
  }
  plant::PushOutcome out;
  out.stored = samples.readings.size();
  out.refusals = std::move(samples.refusals);
  return out;
}

// One that ended an hour ago with 512 parts.
Result<plant::BatchList> FakePlant::batches(const Identity& who, std::string_view asset,
                                            std::string_view line, TimeWindow) const {
  const auto view = catalogue(who);
  const std::string id(asset.empty() ? "cnc-2" : asset);
  if (view->asset(id) == nullptr || (asset.empty() && view->line(line) == nullptr)) {
    return Error::make(Code::kNotFound, "there is no asset", "没有设备",
                       asset.empty() ? "line" : "asset");
  }
  plant::Batch batch;
  batch.number = "B-1042";
  batch.product = "A-100";
  batch.asset = id;
  batch.line = view->asset(id)->line;
  batch.start_ns = now_ns() - 3 * kNsPerHour;
  batch.end_ns = now_ns() - kNsPerHour;
  batch.add(plant::BatchDoubt::kSignalLost);
  batch.report = plant::OeeReport();
  batch.report->oee.parts = 512;
  plant::BatchList list;
  list.batches.push_back(std::move(batch));
  return list;
}

Result<plant::Batch> FakePlant::push_batch(const Identity& who, const plant::PushedBatch& pushed,
                                           const plant::BatchRecord& record) {
  if (who.kind != Identity::Kind::kApiKey) {
    return Error::make(Code::kPermissionDenied, "not you", "无权");
  }
  plant::Batch batch;
  batch.number = pushed.number;
  batch.asset = pushed.asset;
  batch.line = pushed.line;
  batch.start_ns = pushed.start_ns.value_or(now_ns());
  batch.end_ns = now_ns();
  batch.running = !pushed.end_ns;
  if (record) MW_TRY(record(batch));
  return batch;
}

plant::Ingest& FakePlant::ingest() { std::abort(); }

void FakePlant::set_temperature(double value) {
  const std::lock_guard<std::mutex> guard(mutex_);
  temperature_ = value;
}

SystemFacts FakeSystemInfo::facts() const {
  SystemFacts out;
  out.version = "1.2.3";
  out.commit = "abcdef0";
  out.isa_available = {"scalar", "avx2"};
  out.isa_used = "avx2";
  out.threads = 2;
  out.machine = MachineFacts{470, 117, 229, 58.5, 1'790'000'000'000, false};
  out.model_bytes = 98'000'000;
  out.disk_free_bytes = 5'000'000;
  return out;
}

}  // namespace mw::server::testing
