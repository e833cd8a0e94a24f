// How a training or evaluation program meets a data set; internal to runtime/train.
#pragma once

#include "runtime/train/Evaluate.h"

namespace gradus::detail {

/// Positions of a program's inputs and outputs; -1: it has none.
struct Ports {
  int64_t features = -1, target = -1, loss = -1, prediction = -1;
};

/// Finds the ports and checks types and sizes per sample against the data set. Throws
/// std::invalid_argument, beginning with `who`.
Ports findPorts(const Program &program, const Dataset &data, const PortNames &names,
                const std::string &who);

/// Labels or targets, whichever the data set has.
const NDArray &targetsOf(const Dataset &data);

/// Bytes of one row.
int64_t rowBytes(const NDArray &array);

/// A scalar output, read as double whatever its type. Stays valid while the output is not rebound.
class ScalarOutput {
public:
  ScalarOutput(const Program &program, int64_t output);
  double read() const;

private:
  NDArray view;
  bool wide;
};

/// The leading size of the input `features`.
int64_t batchOf(const Program &program, const Ports &ports);

} // namespace gradus::detail
