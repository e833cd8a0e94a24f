// What a compiled program says about itself: the JSON text beside its code.
#pragma once

#include "runtime/core/DType.h"
#include "runtime/core/Shape.h"
#include "runtime/core/State.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gradus {

/// An input or output of a program.
struct PortRecord {
  std::string name;
  DType dtype = DType::f32;
  Shape shape;
};

/// What a compiled program says about itself, and how it came to be.
struct ProgramInfo {
  std::string name;
  std::string target, features;
  int64_t arenaBytes = 0, arenaLowerBoundBytes = 0;
  int64_t kernels = 0;
  int64_t flops = 0; ///< of one step
  double compileMs = 0;
  bool cacheHit = false;
};

struct Descriptor {
  ProgramInfo info;
  std::vector<PortRecord> inputs, outputs;
  std::vector<StateRecord> states;
};

/// Throws std::invalid_argument for a text that is malformed, or of another version of the ABI than
/// GRADUS_ABI_VERSION.
Descriptor parseDescriptor(const std::string &text);

} // namespace gradus
