#include "plant/internal/store_contract.h"
#include "plant/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<SampleStore>> open(uint64_t seal_samples) override {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = test_catalogue();
    options.seal_samples = seal_samples;
    options.retry_ms = 20;
    MW_ASSIGN(std::unique_ptr<SqliteStore> store, SqliteStore::open(std::move(options)));
    return std::unique_ptr<SampleStore>(std::move(store));
  }

 private:
  testing_support::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreMaker{
                             "SQLite", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         [](const auto&) { return "plant_db"; });

}  // namespace
}  // namespace mw::plant
