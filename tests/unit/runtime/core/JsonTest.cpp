#include "runtime/core/Json.h"

#include "runtime/core/Philox.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>

using namespace gradus;

static std::string problemOf(std::string_view text, int depth = 128) {
  return parseJson(text, depth).message();
}

TEST(Json, ReadsEveryKindOfValue) {
  const Json json =
      parseJson(
          R"( {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00"}} )")
          .value();
  const Json &a = json.at("a");
  EXPECT_EQ(a.at(0).asInt(), 1);
  EXPECT_EQ(a.at(1).asDouble(), -2.5);
  EXPECT_EQ(a.at(2).asInt(), 1000);
  EXPECT_TRUE(a.at(3).asBool());
  EXPECT_FALSE(a.at(4).asBool());
  EXPECT_TRUE(a.at(5).isNull());
  EXPECT_EQ(json.at("b").at("c").asString(), "x\n\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(json.find("z"), nullptr);
  EXPECT_THROW(json.at("z"), std::invalid_argument);
  EXPECT_THROW(a.at(6), std::invalid_argument);
  EXPECT_THROW(a.asString(), std::invalid_argument);
  EXPECT_THROW(a.at(1).asInt(), std::invalid_argument);
}

TEST(Json, SaysWhereATextIsMalformedAndWhatWasExpected) {
  EXPECT_EQ(problemOf("{\"a\" 1}"), "line 1, column 6: expected ':', found '1'");
  EXPECT_EQ(problemOf("[1,\n 2"),
            "line 2, column 3: expected ',' or ']', found the end of the text");
  EXPECT_EQ(problemOf(""), "line 1, column 1: expected a value, found the end of the text");
  EXPECT_EQ(problemOf("1 2"), "line 1, column 3: expected the end of the text, found '2'");
  EXPECT_EQ(problemOf("{\"a\":1,\"a\":2}"),
            "line 1, column 8: expected a key that was not there before (\"a\"), found '\"'");
  EXPECT_EQ(problemOf("[[1]]", 1), "line 1, column 2: expected at most 1 levels, found '['");
}

TEST(Json, IsStrict) {
  for (const char *text : {"01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "NaN",
                           "Infinity",
                           "[1,]",
                           "{,}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "'a'",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "tru",
                           "nulll",
                           "\"a\nb\"",
                           "\"\xff\"",
                           "\"\xc0\x80\"",
                           "\"\xed\xa0\x80\"",
                           "\"abc",
                           "1e999",
                           "[",
                           "{",
                           "\"\\",
                           "//x\n1"})
    EXPECT_FALSE(parseJson(text).ok()) << text;
  EXPECT_FALSE(parseJson(std::string_view("\0", 1)).ok());
}

TEST(Json, NestingDeeperThanTheLimitIsAnErrorNotAnOverflow) {
  EXPECT_FALSE(parseJson(std::string(1000000, '[')).ok());
  std::string objects;
  for (int i = 0; i < 100000; ++i)
    objects += "{\"a\":";
  EXPECT_FALSE(parseJson(objects).ok());
}

TEST(Json, NumbersReadBackEqual) {
  const double values[] = {0.0,     -0.0, 0.1,   1e300,  5e-324,
                           1.0 / 3, 3.0,  -1e22, 0x1p63, 123456789.125};
  for (double value : values) {
    const Json back = parseJson(Json(value).dump()).value();
    EXPECT_EQ(back.asDouble(), value);
    EXPECT_EQ(std::signbit(back.asDouble()), std::signbit(value));
    EXPECT_FALSE(back.isInt());
  }
  for (int64_t value : {int64_t{0}, int64_t{-7}, INT64_MAX, INT64_MIN})
    EXPECT_EQ(parseJson(Json(value).dump()).value().asInt(), value);
  EXPECT_EQ(parseJson("9223372036854775808").value().asDouble(), 0x1p63);
  EXPECT_EQ(parseJson("1e-999").value().asDouble(), 0);
  EXPECT_EQ(Json(NAN).dump(), "null");
  EXPECT_EQ(Json(HUGE_VAL).dump(), "null");
  EXPECT_FALSE(Json(uint64_t{1} << 63).isInt());
}

TEST(Json, WritesCompactAndIndented) {
  Json json;
  json.set("name", "a\"b").set("shape", Json::arrayOf(std::vector<int64_t>{2, 3}));
  json.set("inner", Json::object().set("x", 1.5)).set("none", Json::array());
  EXPECT_EQ(json.dump(), R"({"name":"a\"b","shape":[2,3],"inner":{"x":1.5},"none":[]})");
  EXPECT_EQ(json.dump(2),
            "{\n  \"name\": \"a\\\"b\",\n  \"shape\": [2, 3],\n  \"inner\": {\n    \"x\": "
            "1.5\n  },\n  \"none\": []\n}");
  EXPECT_EQ(parseJson(json.dump(2)).value(), json);
  json.set("name", 1);
  EXPECT_EQ(json.size(), 4u);
  EXPECT_EQ(json.at("name").asInt(), 1);
}

TEST(Json, AnyTextIsWrittenAsAValidString) {
  std::string all;
  for (int c = 0; c < 256; ++c)
    all += static_cast<char>(c);
  EXPECT_TRUE(parseJson(quoteJson(all)).ok());
  const std::string plain = "tab\t quote\" back\\ \x01 \xe2\x82\xac";
  EXPECT_EQ(parseJson(quoteJson(plain)).value().asString(), plain);
}

TEST(Json, RandomBytesNeverCrashTheParser) {
  Philox random(11);
  const std::string alphabet = "{}[]\",:0123456789.eE+-truefalsn\\u \n\x80\xe2";
  for (int round = 0; round < 10000; ++round) {
    std::string text;
    const uint64_t length = random.nextBelow(40);
    for (uint64_t i = 0; i < length; ++i)
      text += round % 2 ? alphabet[random.nextBelow(alphabet.size())]
                        : static_cast<char>(random.nextBelow(256));
    const Result<Json> json = parseJson(text);
    if (json.ok()) {
      EXPECT_TRUE(parseJson(json->dump()).ok()) << text;
    } else {
      EXPECT_NE(json.message().find("expected"), std::string::npos);
    }
  }
}

TEST(Json, EveryMutationOfADescriptorIsReadOrRefused) {
  const std::string text =
      R"({"abi":1,"states":[{"name":"w","shape":[784,10],"init":{"a":-0.5e-3}}]})";
  for (size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parseJson(text.substr(0, length)).ok());
  Philox random(12);
  for (int round = 0; round < 10000; ++round) {
    std::string changed = text;
    changed[random.nextBelow(changed.size())] = static_cast<char>(random.nextBelow(256));
    (void)parseJson(changed);
  }
}
