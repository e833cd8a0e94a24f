// A data set that needs no file: digits drawn from strokes.
#pragma once

#include "runtime/data/Dataset.h"

#include <cstdint>

namespace gradus {

/// `count` images of the ten digits, f32 [count, 28, 28] in [0, 1], ink 1, with labels i32 [count].
/// Each is one of several templates of its digit (lines and curves), distorted by a random
/// rotation, shear, scale and shift and by moved control points, drawn with a random stroke width
/// and ink, crossed now and then by a short stray stroke, and covered with noise. Image i depends
/// on (seed, i) alone, so a smaller set is the beginning of a larger one; only + - * / and sqrt are
/// used, so the bits are the same on every machine. Throws std::invalid_argument for a negative
/// count.
Dataset makeDigits(int64_t count, uint64_t seed, Threads *threads = nullptr);

} // namespace gradus
