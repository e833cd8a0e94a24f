// What a user includes: no header of MLIR, LLVM or Boost, and not much text.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace gradus {
namespace {

/// The output of the preprocessor for a file that includes the umbrella header.
std::string preprocessed() {
  auto source = std::filesystem::temp_directory_path() /
                ("gradus-headers-" + std::to_string(getpid()) + ".cpp");
  std::ofstream(source) << "#include \"gradus/gradus.h\"\n";
  std::string root = GRADUS_SOURCE_DIR;
  std::string command = std::string(GRADUS_CXX) + " -std=c++20 -E -I" + root + " -I" + root +
                        "/compiler/include " + source.string() + " 2>&1";
  std::string text;
  if (FILE *pipe = popen(command.c_str(), "r")) {
    char buffer[1 << 16];
    while (size_t n = fread(buffer, 1, sizeof buffer, pipe))
      text.append(buffer, n);
    pclose(pipe);
  }
  std::filesystem::remove(source);
  return text;
}

TEST(UserHeaders, ReachNoHeavyLibrary) {
  std::string text = preprocessed();
  ASSERT_NE(text.find("class TrainingStep"), std::string::npos) << text.substr(0, 2000);
  for (const char *library : {"/mlir/", "/llvm/", "/boost/", "/llvm-19/"})
    EXPECT_EQ(text.find(library), std::string::npos)
        << text.substr(std::max<size_t>(text.find(library), 100) - 100, 200);
}

} // namespace
} // namespace gradus
