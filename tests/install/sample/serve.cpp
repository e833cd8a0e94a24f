// The runtime alone: arrays and threads, without a compiler.
#include "runtime/core/NDArray.h"
#include "runtime/core/Threads.h"

#include <cstdio>

using namespace gradus;

int main() {
  NDArray squares = NDArray::zeros({100});
  float *values = squares.data<float>();
  Threads threads(2);
  threads.parallelFor(squares.size(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      values[i] = float(i * i);
  });
  double sum = 0;
  for (int64_t i = 0; i < squares.size(); ++i)
    sum += values[i];
  std::printf("%.0f\n", sum);
  return sum == 328350 ? 0 : 1;
}
