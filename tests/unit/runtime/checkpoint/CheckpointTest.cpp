#include "runtime/checkpoint/Checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

using namespace gradus;
using testing::HasSubstr;

namespace {

std::vector<StateRecord> records(Layout layout = {}) {
  StateRecord w{"w", DType::f32, {5, 7}, layout, true, {InitialValues::Kind::normal, 0, 1, 5, 7}};
  StateRecord t{"t", DType::i64, {}, {}, false, {InitialValues::Kind::constant, 3, 0, 1, 1}};
  return {w, t};
}

class CheckpointTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gradus-state-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory = name;
    path = directory / "a.safetensors";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::filesystem::path directory, path;
};

TEST_F(CheckpointTest, AStateComesBackInAnyLayout) {
  State saved(records({Layout::Kind::panels, 4}), 1);
  ASSERT_TRUE(saveState(path, saved, {{"epoch", "2"}}).ok());
  State loaded(records({Layout::Kind::transposed, 0}), 2);
  ASSERT_NE(loaded.get("w").toVector<float>(), saved.get("w").toVector<float>());
  Result<Metadata> metadata = loadState(path, loaded);
  ASSERT_TRUE(metadata.ok()) << metadata.message();
  EXPECT_EQ(metadata->at("epoch"), "2");
  EXPECT_EQ(loaded.get("w").toVector<float>(), saved.get("w").toVector<float>());
  EXPECT_EQ(loaded.get("t").item<int64_t>(), 3);
}

TEST_F(CheckpointTest, TheFirstDifferenceIsNamedAndTheStateStaysAsItWas) {
  State saved(records(), 1);
  ASSERT_TRUE(saveState(path, saved).ok());

  std::vector<StateRecord> other = records();
  other[0].shape = {5, 8};
  State wider(other, 2);
  std::vector<float> before = wider.get("w").toVector<float>();
  EXPECT_THAT(loadState(path, wider).message(),
              HasSubstr("a.safetensors: tensor \"w\": expected f32 5x8, found f32 5x7"));
  EXPECT_EQ(wider.get("w").toVector<float>(), before);

  other = records();
  other[1].name = "step";
  State renamed(other, 2);
  EXPECT_THAT(loadState(path, renamed).message(),
              HasSubstr("tensor \"step\": expected i64 scalar, found none of that name"));

  State smaller({records()[0]}, 2);
  EXPECT_THAT(loadState(path, smaller).message(),
              HasSubstr("tensor \"t\": the model has no state of that name"));
}

} // namespace
