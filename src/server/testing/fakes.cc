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
