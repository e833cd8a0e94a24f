// Options of optimizers and schedules: what is possible.
#pragma once
#include "compiler/graph/GraphImpl.h"

#include <cmath>

namespace gradus {

/// Refuses an option of trainingStep in a graph. NaN fits no limits.
struct OptionChecks {
  GraphImpl &impl;
  Location at;

  void require(const char *option, double value, double low, double high, const char *rule) const {
    if (!(value >= low && value <= high))
      impl.fail(at, "trainingStep",
                llvm::Twine(option) + " is " + compiler::numberText(value) + " (must be " + rule + ")");
  }
  void notNegative(const char *option, double value) const {
    require(option, value, 0, 1e30, "a finite number, not negative");
  }
  void positive(const char *option, double value) const {
    require(option, value, 1e-300, 1e30, "a positive number");
  }
  void belowOne(const char *option, double value) const {
    require(option, value, 0, std::nextafter(1.0, 0.0), "in [0, 1)");
  }
  void fraction(const char *option, double value) const {
    require(option, value, 0, 1, "between 0 and 1");
  }
};

} // namespace gradus
