// NumPy's array files: NPY, and NPZ (a zip of them).
#pragma once

#include "runtime/core/NDArray.h"
#include "runtime/core/Status.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

/// Format versions 1 to 3, either byte order, C or Fortran order (becomes row-major). Types: f4,
/// f8, i4, i8, u1, b1 as they are; f2 widened to f32; i1, i2, u2 to i32; u4 to i64.
Result<NDArray> parseNpy(std::span<const uint8_t> data, const std::string &name);
Result<NDArray> readNpy(const std::filesystem::path &path);

using NamedArrays = std::vector<std::pair<std::string, NDArray>>;

/// Stored and deflated entries; each one's CRC-32 is checked. Names lose their ".npy".
Result<NamedArrays> parseNpz(std::span<const uint8_t> data, const std::string &name);
Result<NamedArrays> readNpz(const std::filesystem::path &path);

/// The bytes of an NPY file (version 1.0, C order, little endian).
std::vector<uint8_t> formatNpy(const NDArray &array);

} // namespace gradus
