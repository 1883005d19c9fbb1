// Scope: a model that is loaded with and without kept weights computes the same bits, and whatever
// happens to the file of kept weights, the model is right and the file is made anew.
#include "models/packed_cache.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "core/file.h"
#include "core/sha256.h"
#include "models/internal/packed_index.h"
#include "tensor/isa.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llama.h"

namespace mw::models {
namespace {

namespace fs = std::filesystem;

class PackedCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string bytes = testing_support::TinyLlama().build();
    ASSERT_FALSE(bytes.empty());
    ASSERT_TRUE(write_file_atomically(model_path_, bytes));
    sha256_ = sha256_hex(bytes);
    file_ = std::make_unique<formats::GgufFile>(std::move(*formats::GgufFile::open(model_path_)));
    exact_ = logits(*load(std::nullopt));
  }

  PackedCache cache() {
    return PackedCache(folder_.path() / "packed", model_path_, sha256_,
                       [this](LogLevel, std::string_view, std::string_view message) {
                         log_.emplace_back(message);
                       });
  }
  std::unique_ptr<Model> load(std::optional<PackedWeights> packed) {
    auto model = load_model(*file_, ctx_, packed ? &*packed : nullptr);
    EXPECT_TRUE(model) << model.error().message.en;
    return *std::move(model);
  }
  /// Loads as a start does, and keeps.
  std::unique_ptr<Model> start() {
    auto model = load(cache().read(pool_));
    cache().keep(*model);
    return model;
  }
  std::vector<float> logits(const Model& model) {
    KvPool kv_pool(model.config(), uint64_t{1} << 20);
    KvSequence kv(kv_pool);
    EXPECT_TRUE(kv.reserve(5));
    const std::vector<int32_t> ids = {3, 1, 4, 1, 5};
    const auto workspace = model.make_workspace(8, 8);
    tensor::Matrix<float> out(5, model.config().vocabulary);
    const ForwardSegment segment{ids, &kv, ForwardSegment::Logits::kAll};
    model.forward({&segment, 1}, *workspace, out.view(), ctx_);
    std::vector<float> all;
    for (int row = 0; row < 5; ++row) {
      all.insert(all.end(), out.row(row), out.row(row) + model.config().vocabulary);
    }
    return all;
  }
  static bool packed_here(const Model& model) {
    for (const NamedMatrix& each : model.matrices()) {
      if (each.matrix->owns_memory()) return true;
    }
    return false;
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "packed")) {
      if (entry.path().filename() != "lock") names.insert(entry.path().filename().string());
    }
    return names;
  }
  /// Writes the weights in a process that may write `limit` bytes to a file.
  int keep_in_a_process(rlim_t limit, bool survives) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGXFSZ, survives ? SIG_IGN : SIG_DFL);
      const struct rlimit bytes { limit, limit };
      ::setrlimit(RLIMIT_FSIZE, &bytes);
      const auto model = load(std::nullopt);
      cache().keep(*model);
      ::_exit(log_.size() == 1 ? 7 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  testing_support::TemporaryFolder folder_;
  const fs::path model_path_ = folder_.path() / "model.gguf";
  std::string sha256_;
  std::unique_ptr<formats::GgufFile> file_;
  ThreadPool pool_{1};  // a child of fork has no other threads
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
  std::vector<float> exact_;
  std::vector<std::string> log_;
};

TEST_F(PackedCacheTest, TheSecondStartReadsWhatTheFirstKeptAndComputesTheSameBits) {
  EXPECT_TRUE(packed_here(*start()));
  const auto model = start();
  EXPECT_FALSE(packed_here(*model));
  EXPECT_EQ(logits(*model), exact_);
  EXPECT_EQ(log_, std::vector<std::string>());
  EXPECT_EQ(files(), std::set<std::string>{cache().file().filename().string()});
}

TEST_F(PackedCacheTest, AChangedByteAnywhereMeansPackingAgainAndTheFileIsMadeAnew) {
  start();
  const std::string whole = *read_file(cache().file(), 1 << 24);
  const std::size_t index = kPackedHeaderBytes;
  const std::size_t data = kPackedHeaderBytes + 15 * kPackedEntryBytes;
  for (const std::size_t at : {std::size_t{0}, std::size_t{9}, std::size_t{40}, index, index + 200,
                               data, (data + whole.size()) / 2, whole.size() - 1}) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    ASSERT_TRUE(write_file_atomically(cache().file(), bytes));
    log_.clear();
    const auto model = start();
    EXPECT_TRUE(packed_here(*model)) << at;
    EXPECT_EQ(logits(*model), exact_) << at;
    EXPECT_EQ(log_.size(), 1U) << at;
    EXPECT_EQ(*read_file(cache().file(), 1 << 24), whole) << at;
    EXPECT_FALSE(packed_here(*start())) << at;
  }
}

TEST_F(PackedCacheTest, WeightsOfAnotherModelAreNotTaken) {
  start();
  const fs::path mine = cache().file();
  const std::string other = sha256_hex("another");
  fs::rename(mine, folder_.path() / "packed" / (other + mine.filename().string().substr(64)));
  sha256_ = other;
  EXPECT_TRUE(packed_here(*start()));
  EXPECT_EQ(log_.size(), 1U);
  EXPECT_FALSE(packed_here(*start()));
}

TEST_F(PackedCacheTest, OtherLayoutsAndRemainsOfThisModelAreRemovedAndNobodyElses) {
  const fs::path packed = folder_.path() / "packed";
  fs::create_directory(packed);
  const std::string other = sha256_hex("another") + "-v1.mwpack";
  for (const std::string& name :
       {sha256_ + "-v0.mwpack", sha256_ + "-v1.mwpack.Ab12Cd", other, std::string("note")}) {
    ASSERT_TRUE(write_file_atomically(packed / name, "x"));
  }
  start();
  EXPECT_EQ(files(), (std::set<std::string>{cache().file().filename().string(), other, "note"}));
}

TEST_F(PackedCacheTest, AProcessKilledWhileItWritesLeavesNothingThatIsRead) {
  const int status = keep_in_a_process(5000, false);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(files().size(), 1U);  // half a file under a temporary name
  EXPECT_FALSE(fs::exists(cache().file()));
  EXPECT_FALSE(cache().read(pool_));
  EXPECT_TRUE(packed_here(*start()));
  EXPECT_EQ(files(), std::set<std::string>{cache().file().filename().string()});
  EXPECT_EQ(log_, std::vector<std::string>());
}

TEST_F(PackedCacheTest, ADiskThatRefusesCostsOneLineAndNothingElse) {
  const int status = keep_in_a_process(5000, true);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);  // one line in the log
  EXPECT_TRUE(files().empty());

  ASSERT_TRUE(write_file_atomically(folder_.path() / "file", ""));
  const PackedCache nowhere(
      folder_.path() / "file" / "packed", model_path_, sha256_,
      [this](LogLevel, std::string_view, std::string_view message) { log_.emplace_back(message); });
  const auto model = load(nowhere.read(pool_));
  log_.clear();
  nowhere.keep(*model);
  EXPECT_EQ(log_.size(), 1U);
  EXPECT_EQ(logits(*model), exact_);
}

TEST_F(PackedCacheTest, NothingIsKeptOfAModelThatIsGone) {
  const auto model = load(std::nullopt);
  fs::remove(model_path_);
  cache().keep(*model);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace mw::models
