// Element types of runtime arrays and of the inputs, states and outputs of programs.
#pragma once

#include "runtime/abi/gradus_abi.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gradus {

/// The numbers are those of the ABI. A boolean is stored as one byte, 0 or 1.
enum class DType : int32_t {
  f32 = GRADUS_F32,
  f64 = GRADUS_F64,
  i32 = GRADUS_I32,
  i64 = GRADUS_I64,
  boolean = GRADUS_BOOL,
  u8 = GRADUS_U8
};

/// Bytes of one element.
constexpr int64_t sizeOf(DType type) {
  switch (type) {
  case DType::f32:
  case DType::i32:
    return 4;
  case DType::f64:
  case DType::i64:
    return 8;
  case DType::boolean:
  case DType::u8:
    return 1;
  }
  return 1;
}

/// "f32", "f64", "i32", "i64", "bool", "u8": the names in descriptors, messages and checkpoints.
std::string_view nameOf(DType type);

/// Inverse of nameOf; nothing for any other text.
std::optional<DType> dtypeNamed(std::string_view name);

/// The element type of a C++ type: dtypeOf<float>() is f32. unsigned char is u8.
template <class T> constexpr DType dtypeOf();
template <> constexpr DType dtypeOf<float>() { return DType::f32; }
template <> constexpr DType dtypeOf<double>() { return DType::f64; }
template <> constexpr DType dtypeOf<int32_t>() { return DType::i32; }
template <> constexpr DType dtypeOf<int64_t>() { return DType::i64; }
template <> constexpr DType dtypeOf<bool>() { return DType::boolean; }
template <> constexpr DType dtypeOf<uint8_t>() { return DType::u8; }

} // namespace gradus
