// A folder for the files of one test, removed at its end.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>

namespace gradus {

class TemporaryFolder {
public:
  TemporaryFolder() {
    static std::atomic<int> number{0};
    where = std::filesystem::temp_directory_path() /
            ("gradus-test-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    std::filesystem::create_directories(where);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(where, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  const std::filesystem::path &path() const { return where; }
  /// Writes a file and gives its path.
  std::filesystem::path write(const std::string &name, std::span<const uint8_t> bytes) const {
    std::ofstream(where / name, std::ios::binary)
        .write(reinterpret_cast<const char *>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return where / name;
  }
  std::filesystem::path write(const std::string &name, std::string_view text) const {
    return write(name, std::span(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
  }

private:
  std::filesystem::path where;
};

} // namespace gradus
