// What the machine can do, so that a run can say how much of it was used.
#pragma once

#include <string>

namespace gradus {

/// The processor's name as the system gives it ("AMD EPYC ..."), or the architecture.
std::string cpuName();

/// f32 multiply-adds that `threads` threads reach together on independent registers, in GFLOP/s (a
/// multiply-add counts as two), with the widest vectors of this processor. Takes about `seconds`.
/// The best of several slices counts, so that a short interruption does not lower it.
double probePeakGflops(int threads, double seconds = 0.03);

} // namespace gradus
