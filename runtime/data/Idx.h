// The IDX format of MNIST and Fashion-MNIST.
#pragma once

#include "runtime/core/NDArray.h"
#include "runtime/core/Status.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace gradus {

/// Big-endian magic {0, 0, type, rank}, `rank` sizes of 4 bytes, then the elements, row-major.
/// Types: 08 u8; 09 i8 and 0B i16 (both widened to i32); 0C i32; 0D f32; 0E f64. The length must be
/// exactly what the sizes say.
Result<NDArray> parseIdx(std::span<const uint8_t> data, const std::string &name);

/// A plain or gzip file.
Result<NDArray> readIdx(const std::filesystem::path &path);

} // namespace gradus
