#include "server/openai/response_store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/file.h"
#include "server/kept_responses.h"
#include "tests/support/temporary_folder.h"

namespace mw::server::openai {
namespace {

using mw::testing_support::TemporaryFolder;

const std::string kA = "resp_00000000000000aa";
const std::string kB = "resp_00000000000000bb";
constexpr char kMe[] = "key:me";

StoredResponse stored(const std::string& id, const std::string& text = "hello") {
  const Json item = {{"id", "msg_1"},
                     {"type", "message"},
                     {"role", "user"},
                     {"content", Json::array({{{"type", "input_text"}, {"text", text}}})}};
  return {kMe, {{"id", id}, {"output", Json::array()}}, Json::array({item})};
}

struct Kept {
  TemporaryFolder folder;
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(SystemClock().now_ns());
  ResponseStoreOptions options;
  std::unique_ptr<ResponseStore> store;

  Kept() {
    options.folder = folder.path() / "responses";
    start();
  }
  void start() {
    store.reset();
    store = std::make_unique<ResponseStore>(options, clock, no_log());
  }
  bool on_disk(const std::string& id) const {
    return std::filesystem::exists(options.folder / (id + ".json"));
  }
};

TEST(ResponseStore, FindsWhatItWasGivenAlsoAfterARestart) {
  Kept kept;
  kept.store->put(stored(kA));
  for (int restarts = 0; restarts < 2; ++restarts) {
    const auto found = kept.store->find(kMe, kA);
    ASSERT_TRUE(found) << found.error().message.en;
    EXPECT_EQ(found->input, stored(kA).input);
    EXPECT_EQ(found->response, stored(kA).response);
    kept.start();
  }
  const auto mode = std::filesystem::status(kept.options.folder / (kA + ".json")).permissions();
  EXPECT_EQ(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
}

TEST(ResponseStore, ShowsAResponseToNobodyElse) {
  Kept kept;
  kept.store->put(stored(kA));
  for (const char* other : {"key:you", "person:me", ""}) {
    const auto found = kept.store->find(other, kA);
    ASSERT_FALSE(found) << other;
    EXPECT_EQ(found.error().code, Code::kNotFound);
    EXPECT_EQ(found.error().message.en.substr(0, 12), "no response ");
    EXPECT_EQ(kept.store->erase(other, kA).error().code, Code::kNotFound);
  }
  EXPECT_TRUE(kept.store->find(kMe, kA));
}

TEST(ResponseStore, ErasesFromTheDiskBeforeItSaysSo) {
  Kept kept;
  for (int round = 0; round < 50; ++round) {  // with the writer before, amid and after its write
    kept.store->put(stored(kA));
    if (round % 2 == 0) kept.store->settle();
    ASSERT_TRUE(kept.store->erase(kMe, kA));
    EXPECT_FALSE(kept.store->find(kMe, kA));
    EXPECT_FALSE(kept.on_disk(kA));
    kept.store->settle();
    EXPECT_FALSE(kept.on_disk(kA));
  }
  EXPECT_EQ(kept.store->erase(kMe, kA).error().code, Code::kNotFound);
}

TEST(ResponseStore, ErasesAllOfOneOwnerAndNothingOfAnother) {
  Kept kept;
  kept.store->put(stored(kA));
  StoredResponse other = stored(kB, "not mine");
  other.owner = "key:other";
  kept.store->put(other);
  EXPECT_EQ(kept.store->erase_all("person:nobody").value(), 0u);
  EXPECT_EQ(kept.store->erase_all(kMe).value(), 1u);
  kept.store->settle();
  EXPECT_FALSE(kept.on_disk(kA));
  EXPECT_TRUE(kept.store->find("key:other", kB));
  // Beside the server, as a command does.
  EXPECT_EQ(erase_kept_responses(kept.options.folder, kMe).value(), 0u);
  EXPECT_EQ(erase_kept_responses(kept.options.folder, "key:other").value(), 1u);
  EXPECT_FALSE(kept.on_disk(kB));
  EXPECT_FALSE(kept.store->find("key:other", kB));
  EXPECT_EQ(erase_kept_responses(kept.folder.path() / "none", kMe).value(), 0u);
}

TEST(ResponseStore, ErasesWhatIsTooOld) {
  Kept kept;
  kept.options.keep_days = 2;
  kept.start();
  kept.store->put(stored(kA));
  kept.clock->set(kept.clock->now_ns() + 2 * kNsPerDay + kNsPerSecond);
  EXPECT_FALSE(kept.store->find(kMe, kA));
  kept.store->put(stored(kB));
  kept.store->settle();
  EXPECT_FALSE(kept.on_disk(kA));
  EXPECT_TRUE(kept.on_disk(kB));
  kept.clock->set(kept.clock->now_ns() + 3 * kNsPerDay);
  kept.start();
  kept.store->settle();
  EXPECT_FALSE(kept.on_disk(kB));
}

TEST(ResponseStore, LetsTheOldestMakeWay) {
  Kept kept;
  kept.options.most = 3;
  kept.start();
  for (int i = 1; i <= 5; ++i) {
    kept.clock->set(kept.clock->now_ns() + kNsPerSecond);
    kept.store->put(stored("resp_000000000000000" + std::to_string(i)));
  }
  kept.store->settle();
  EXPECT_FALSE(kept.store->find(kMe, "resp_0000000000000002"));
  EXPECT_FALSE(kept.on_disk("resp_0000000000000002"));
  EXPECT_TRUE(kept.store->find(kMe, "resp_0000000000000003"));
  kept.options.most_bytes = to_bytes(stored(kA)).size() + 10;
  kept.start();
  kept.store->settle();
  EXPECT_FALSE(kept.store->find(kMe, "resp_0000000000000004"));
  EXPECT_TRUE(kept.store->find(kMe, "resp_0000000000000005"));
}

TEST(ResponseStore, KeepsNothingWhenToldSoAndErasesWhatLiesThere) {
  Kept kept;
  kept.store->put(stored(kA));
  kept.store->settle();
  kept.options.keep_days = 0;
  kept.start();
  EXPECT_FALSE(kept.store->enabled());
  kept.store->put(stored(kB));
  kept.store->settle();
  EXPECT_FALSE(kept.on_disk(kA));
  EXPECT_FALSE(kept.store->find(kMe, kB));
}

TEST(ResponseStore, KeepsInMemoryWhatTheDiskRefuses) {
  Kept kept;
  std::filesystem::remove_all(kept.options.folder);
  std::ofstream(kept.options.folder) << "a file where the folder should be";
  kept.store->put(stored(kA));
  kept.store->settle();
  EXPECT_TRUE(kept.store->find(kMe, kA));
}

TEST(ResponseStore, LivesWithoutAFolder) {
  ResponseStore store({}, std::make_shared<SystemClock>(), no_log());
  store.put(stored(kA));
  store.settle();
  EXPECT_TRUE(store.find(kMe, kA));
  EXPECT_TRUE(store.erase(kMe, kA));
  EXPECT_FALSE(store.find(kMe, kA));
}

TEST(ResponseStore, ClearsWhatAKilledWriterLeftAndToldOfWhatIsBroken) {
  Kept kept;
  kept.store->put(stored(kA));
  kept.store->settle();
  std::ofstream(kept.options.folder / (kB + ".json.x7Gh2q")) << "half";
  std::ofstream(kept.options.folder / (kA + ".json")) << "{";
  kept.start();
  EXPECT_FALSE(std::filesystem::exists(kept.options.folder / (kB + ".json.x7Gh2q")));
  EXPECT_FALSE(kept.store->find(kMe, kA));
  EXPECT_TRUE(kept.store->erase(kMe, kA));  // what nobody can read may go
  EXPECT_FALSE(kept.on_disk(kA));
}

TEST(StoredResponse, IsReadBackAndRefusedWhenItIsBroken) {
  const std::string good = to_bytes(stored(kA));
  ASSERT_TRUE(parse_stored_response(good));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return bytes.replace(at, from.size(), to);
  };
  for (const std::string& bytes :
       {std::string(), std::string("{"), std::string("[]"), std::string("5"),
        good.substr(0, good.size() / 2), changed("millwright response", "other"),
        changed("\"version\":1", "\"version\":2"), changed("\"owner\"", "\"owned\""),
        changed("\"output\":[]", "\"output\":5"), changed(kA, "../../etc/passwd"),
        changed("\"response\"", "\"answer\""), changed("\"input\":[", "\"input\":5,\"x\":["),
        changed("\"role\":\"user\"", "\"role\":7"), changed("\"id\":\"msg_1\",", "")}) {
    const auto parsed = parse_stored_response(bytes);
    ASSERT_FALSE(parsed) << bytes;
    EXPECT_FALSE(parsed.error().message.zh.empty());
  }
}

TEST(StoredResponse, KeepsCallsAndWhatCameOfThem) {
  const auto bytes = [](const char* item) {
    StoredResponse kept = stored(kA);
    kept.input = Json::array({*parse_json(item)});
    return to_bytes(kept);
  };
  for (const char* good :
       {R"({"id":"fc_1","type":"function_call","call_id":"c","name":"f","arguments":"{}"})",
        R"({"id":"fco_1","type":"function_call_output","call_id":"c","output":"x"})",
        R"({"id":"fco_1","type":"function_call_output","call_id":"c","output":[]})"}) {
    EXPECT_TRUE(parse_stored_response(bytes(good))) << good;
  }
  for (const char* bad :
       {R"({"id":"fc_1","type":"function_call","call_id":"c","name":"f"})",
        R"({"id":"fc_1","type":"function_call","call_id":5,"name":"f","arguments":"{}"})",
        R"({"id":"fco_1","type":"function_call_output","call_id":"c"})",
        R"({"id":"fco_1","type":"function_call_output","call_id":"c","output":7})",
        R"({"id":"x_1","type":"web_search_call","role":"user","content":[]})"}) {
    EXPECT_FALSE(parse_stored_response(bytes(bad))) << bad;
  }
}

TEST(StoredResponse, KnowsItsIds) {
  EXPECT_TRUE(is_response_id(kA));
  for (const char* other : {"", "resp_", "resp_00000000000000AA", "resp_00000000000000aaa",
                            "msg__00000000000000aa", "resp_../../../../../a"}) {
    EXPECT_FALSE(is_response_id(other)) << other;
  }
}

}  // namespace
}  // namespace mw::server::openai
