#include "runtime/data/Csv.h"

#include "runtime/core/Philox.h"
#include "runtime/data/Dataset.h"
#include "tests/unit/runtime/data/TemporaryFolder.h"

#include <gtest/gtest.h>

using namespace gradus;
using Fields = std::vector<std::string>;

static CsvTable table(std::string_view text, CsvOptions options = {}) {
  return parseCsv(text, "t.csv", options).value();
}
static std::string problem(std::string_view text) { return parseCsv(text, "t.csv").message(); }

TEST(Csv, ReadsQuotesLineEndsMarksAndEmptyLines) {
  const CsvTable t = table("\xef\xbb\xbf"
                           "a,\"b \"\"x\"\", y\"\r\n\r\n1,\"two\nlines\"\r\n3,\n\n");
  EXPECT_EQ(t.header, (Fields{"a", "b \"x\", y"}));
  EXPECT_EQ(t.fields, (Fields{"1", "two\nlines", "3", ""}));
  EXPECT_EQ(t.lines, (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(t.place(1, 0), "t.csv:5: column 1 (a)");
}

TEST(Csv, FindsOutWhetherTheFirstRecordIsAHeader) {
  EXPECT_EQ(table("a,b\n1,2\n").rows(), 1);
  EXPECT_EQ(table("1,b\n1,2\n").rows(), 2);
  EXPECT_EQ(table("1,b\n1,2\n").header, (Fields{"column 1", "column 2"}));
  EXPECT_EQ(table("x,y\nz,w\n", {.header = CsvOptions::Header::no}).rows(), 2);
  EXPECT_EQ(table("1;2\n3;4", {.separator = ';', .header = CsvOptions::Header::yes}).header,
            (Fields{"1", "2"}));
}

TEST(Csv, ErrorsSayFileLineColumnExpectedAndFound) {
  EXPECT_EQ(problem("a,b\n1,2\n1,2,3\n"), "t.csv:3: expected 2 fields, found 3");
  EXPECT_EQ(problem("a,b\n1,2\n1"), "t.csv:3: expected 2 fields, found 1");
  EXPECT_EQ(
      problem("a,b\n1,x\"y\n"),
      "t.csv:2:4: expected a field without quotes, found '\"' (a quoted field begins with it)");
  EXPECT_EQ(problem("a,b\n1,\"x\"y\n"), "t.csv:2:6: expected the end of a quoted field");
  EXPECT_EQ(
      problem("a,b\n1,\"x\n\n"),
      "t.csv:4:1: expected '\"', found the end of the file (the field began at line 2, column 3)");
  EXPECT_EQ(problem("a\rb\n"), "t.csv:1:2: expected a line feed after the carriage return");
  EXPECT_EQ(problem(std::string_view("a,b\n1,\0\n", 8)),
            "t.csv:2:3: expected text, found a NUL byte");
  EXPECT_EQ(problem(""), "t.csv:1: expected rows, found the end of the file");
  EXPECT_EQ(problem("a,b\n"), "t.csv:2: expected rows, found the end of the file");
}

TEST(Csv, ColumnsAreFoundByNameOrNumber) {
  const CsvTable t = table("a,b,a\n1,2,3\n");
  EXPECT_EQ(t.column("b").value(), 1);
  EXPECT_EQ(t.column("2").value(), 2);
  EXPECT_EQ(t.column("-1").value(), 2);
  EXPECT_EQ(t.column("z").message(), "t.csv: expected a column \"z\", found a, b, a");
  EXPECT_EQ(t.column("a").message(), "t.csv: two columns are named \"a\"");
  for (const char *bad : {"3", "-4", "1x", ""})
    EXPECT_FALSE(t.column(bad).ok());
}

TEST(Csv, NumbersAreWholeFieldsAndFinite) {
  double x = 0;
  for (auto [text, value] : {std::pair{"1", 1.0},
                             {" -2.5e3 ", -2500.0},
                             {".5", 0.5},
                             {"+3", 3.0},
                             {"-.5", -0.5},
                             {"1e-999", 0.0}}) {
    EXPECT_TRUE(parseNumber(text, x)) << text;
    EXPECT_EQ(x, value);
  }
  for (const char *text :
       {"", " ", "x", "1x", "1 2", "inf", "nan", "-inf", "1e999", "-", "+-1", "0x1", "."})
    EXPECT_FALSE(parseNumber(text, x)) << text;
}

TEST(Csv, EveryTruncationAndManyMutationsAreReadOrRefused) {
  const std::string text = "a,\"b\"\r\n1,\"x\"\"y\"\r\n3.5,\"u\nv\"\r\n";
  for (size_t length = 0; length < text.size(); ++length)
    (void)parseCsv(std::string_view(text).substr(0, length), "t.csv");
  Philox random(3);
  const std::string alphabet = "\",\r\n1a \0";
  for (int round = 0; round < 10000; ++round) {
    std::string changed = text;
    for (int i = 0; i < 3; ++i)
      changed[random.nextBelow(changed.size())] = alphabet[random.nextBelow(alphabet.size())];
    const Result<CsvTable> t = parseCsv(changed, "t.csv");
    if (t.ok())
      EXPECT_EQ(t->fields.size(), static_cast<size_t>(t->rows() * t->columns()));
    else
      EXPECT_EQ(t.message().substr(0, 6), "t.csv:");
  }
}

TEST(CsvTable, ATextTargetGivesSortedClassesAndTextFeaturesBecomeOneHot) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("f.csv", "size,colour,kind\n1.5,red,b\n2,blue,a\n?,red,a\n4,red,a\n");
  const TableData t = loadCsv(path, "kind").value();
  EXPECT_EQ(t.skippedRows, 1);
  EXPECT_EQ(t.data.featureNames, (Fields{"size", "colour=blue", "colour=red"}));
  EXPECT_EQ(t.data.features.toVector<float>(), (std::vector<float>{1.5, 0, 1, 2, 1, 0, 4, 0, 1}));
  EXPECT_EQ(t.data.labels.toVector<int32_t>(), (std::vector<int32_t>{1, 0, 0}));
  EXPECT_EQ(t.data.classNames, (Fields{"a", "b"}));
  EXPECT_TRUE(t.data.check().ok());
}

TEST(CsvTable, ANumericTargetIsAClassOnlyIfItHasFewIntegersOften) {
  const TemporaryFolder folder;
  std::string often = "x,y\n", rare = "x,y\n";
  for (int i = 0; i < 40; ++i) {
    often += std::to_string(i) + "," + std::to_string(i % 3 - 1) + "\n";
    rare += std::to_string(i) + "," + std::to_string(i % 7) + "\n";
  }
  const TableData classes = loadCsv(folder.write("often.csv", often), "y").value();
  EXPECT_EQ(classes.data.classes, 3);
  EXPECT_EQ(classes.data.classNames, (Fields{"-1", "0", "1"}));
  EXPECT_EQ(classes.data.labels.data<int32_t>()[0], 0);
  const auto path = folder.write("rare.csv", rare);
  const TableData numbers = loadCsv(path, "y").value();
  EXPECT_FALSE(numbers.data.classification());
  EXPECT_EQ(numbers.data.targets.data<float>()[6], 6);
  EXPECT_TRUE(numbers.data.check().ok());
  EXPECT_EQ(loadCsv(path, "y", TargetKind::classification).value().data.classes, 7);
  EXPECT_FALSE(loadCsv(folder.path() / "often.csv", "y", TargetKind::regression)
                   .value()
                   .data.classification());
}

TEST(CsvTable, AFieldThatIsNoNumberAmongNumbersIsNamed) {
  const TemporaryFolder folder;
  std::string text = "x,y\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(i) + ",0.5\n";
  text += "12x,1\n";
  const auto message = loadCsv(folder.write("f.csv", text), "y").message();
  EXPECT_NE(
      message.find("f.csv:22: column 1 (x): expected a number as in the other rows, found \"12x\""),
      std::string::npos)
      << message;
}

TEST(CsvTable, TablesThatNothingCanBeLearntFromAreRefused) {
  const TemporaryFolder folder;
  auto message = [&](std::string_view text, const std::string &target,
                     TargetKind kind = TargetKind::automatic) {
    return loadCsv(folder.write("f.csv", text), target, kind).message();
  };
  EXPECT_NE(message("y\n1\n", "y").find("expected feature columns"), std::string::npos);
  EXPECT_NE(message("x,y\n?,1\n", "y").find("expected feature columns"), std::string::npos);
  EXPECT_NE(message("x,z,y\n?,1,1\n1,?,1\n", "y").find("without missing fields"),
            std::string::npos);
  EXPECT_NE(message("x,y\n1,a\n2,a\n", "y").find("at least 2 classes"), std::string::npos);
  EXPECT_NE(message("x,y\n1,a\n2,b\n", "y", TargetKind::regression).find("expected numbers"),
            std::string::npos);
  EXPECT_NE(message("x,y\n1,a\n", "z").find("expected a column \"z\""), std::string::npos);
  EXPECT_NE(message("x,y\n1e300,.5\n", "y").find("within f32"), std::string::npos);
  EXPECT_FALSE(loadCsv(folder.path() / "none.csv", "y").ok());
}

TEST(CsvTable, AColumnOfTooManyTextsIsLeftOut) {
  const TemporaryFolder folder;
  std::string text = "x,name,y\n";
  for (int i = 0; i < 100; ++i)
    text += std::to_string(i) + ",n" + std::to_string(i) + ",0.25\n";
  const TableData t = loadCsv(folder.write("f.csv", text), "y").value();
  EXPECT_EQ(t.droppedColumns, (Fields{"name"}));
  EXPECT_EQ(t.data.featureNames, (Fields{"x"}));
}
