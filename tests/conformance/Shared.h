// Where the reference material lies, which is not part of the repository.
#pragma once

#include "runtime/core/Json.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gradus::testing {

/// $GRADUS_SHARED, else the folder `shared` beside the repository.
inline std::filesystem::path sharedFolder() {
  if (const char *given = std::getenv("GRADUS_SHARED"))
    return given;
  return std::filesystem::path(GRADUS_SOURCE_DIR).parent_path() / "shared";
}

inline Json parsed(const std::string &text) {
  auto json = parseJson(text);
  if (!json.ok())
    throw std::runtime_error(json.status().message());
  return std::move(json.value());
}

/// One JSON value per line.
inline std::vector<Json> readJsonLines(const std::filesystem::path &path) {
  std::ifstream file(path);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty())
      lines.push_back(parsed(line));
  return lines;
}

inline Json readJson(const std::filesystem::path &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return parsed(text.str());
}

inline std::vector<int64_t> integers(const Json &json) {
  std::vector<int64_t> list;
  for (const Json &item : json.asArray())
    list.push_back(item.asInt());
  return list;
}

} // namespace gradus::testing
