#include "runtime/adapted_model.h"

#include "runtime/scheduler.h"

namespace mw::runtime {
namespace {

constexpr std::size_t kFingerprintDigits = 12;

/// A scheduler for requests that all run with one adapter.
class AdaptedGenerator final : public Generator {
 public:
  AdaptedGenerator(std::shared_ptr<Scheduler> scheduler,
                   std::shared_ptr<const models::Adapter> adapter)
      : scheduler_(std::move(scheduler)), adapter_(std::move(adapter)) {}

  Result<RequestId> submit(GenerateRequest request, OnPiece on_piece, OnDone on_done) override {
    request.adapter = adapter_;
    return scheduler_->submit(std::move(request), std::move(on_piece), std::move(on_done));
  }
  int64_t predicted_first_token_ns(const GenerateRequest& request) const override {
    return scheduler_->predicted_first_token_ns(request);
  }
  void cancel(RequestId id) override { scheduler_->cancel(id); }
  Result<std::vector<double>> score(
      const std::vector<int32_t>& prompt_ids,
      const std::vector<std::vector<int32_t>>& continuations) override {
    return scheduler_->score(prompt_ids, continuations, adapter_.get());
  }
  /// Of the model: adapters have no batch of their own.
  GeneratorStats stats() const override { return scheduler_->stats(); }
  int context_length() const override { return scheduler_->context_length(); }

 private:
  const std::shared_ptr<Scheduler> scheduler_;
  const std::shared_ptr<const models::Adapter> adapter_;
};

}  // namespace

Result<std::shared_ptr<ServedModel>> serve_adapter(const ServedModel& base, const std::string& name,
                                                   std::shared_ptr<const models::Adapter> adapter) {
  if (!base.scheduler || base.adapter) {
    return Error::make(Code::kUnsupported, "model '" + base.name + "' takes no adapters",
                       "模型“" + base.name + "”不支持适配器", "model");
  }
  auto served = std::make_shared<ServedModel>(base);
  served->name = base.name + ":" + name;
  served->fingerprint = base.fingerprint + "-" + adapter->digest().substr(0, kFingerprintDigits);
  served->generator = std::make_shared<AdaptedGenerator>(base.scheduler, adapter);
  served->adapter = std::move(adapter);
  return served;
}

Result<ModelStatus> ModelHost::load_adapter(const std::string& model, const std::string&) {
  return Error::make(Code::kUnsupported, "model '" + model + "' takes no adapters",
                     "模型“" + model + "”不支持适配器", "model");
}

Result<void> ModelHost::unload_adapter(const std::string& model, const std::string& adapter) {
  return Error::make(Code::kNotFound, "model '" + model + "' has no adapter '" + adapter + "'",
                     "模型“" + model + "”没有适配器“" + adapter + "”", "adapter");
}

}  // namespace mw::runtime
