#include "runtime/core/DType.h"

#include <array>
#include <utility>

namespace gradus {

static constexpr std::array<std::pair<DType, std::string_view>, 6> kNames{{
    {DType::f32, "f32"},
    {DType::f64, "f64"},
    {DType::i32, "i32"},
    {DType::i64, "i64"},
    {DType::boolean, "bool"},
    {DType::u8, "u8"},
}};

std::string_view nameOf(DType type) {
  for (const auto &[known, name] : kNames)
    if (known == type)
      return name;
  return "unknown";
}

std::optional<DType> dtypeNamed(std::string_view name) {
  for (const auto &[type, known] : kNames)
    if (known == name)
      return type;
  return std::nullopt;
}

} // namespace gradus
