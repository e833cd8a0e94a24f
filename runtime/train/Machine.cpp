#include "runtime/train/Machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include <sys/utsname.h>

namespace gradus {
namespace {

// One round is 12 independent chains of multiply-adds: more than latency times ports on every
// processor so far (4 cycles x 2 ports, 4 x 4 on the widest ARM cores needs 16 and loses a little).
constexpr int kChains = 12;

using Kernel = void (*)(long rounds);

#if defined(__x86_64__)
// Written as assembly so that neither optimisation level nor spilled registers change the number.
// Zeros are multiplied: their speed is that of other numbers, and nothing overflows.
void rounds512(long n) {
  __asm__ volatile("vpxor %%xmm12, %%xmm12, %%xmm12\n vpxor %%xmm13, %%xmm13, %%xmm13\n"
                   "1:\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm0\n vfmadd231ps %%zmm12, %%zmm13, %%zmm1\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm2\n vfmadd231ps %%zmm12, %%zmm13, %%zmm3\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm4\n vfmadd231ps %%zmm12, %%zmm13, %%zmm5\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm6\n vfmadd231ps %%zmm12, %%zmm13, %%zmm7\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm8\n vfmadd231ps %%zmm12, %%zmm13, %%zmm9\n"
                   "vfmadd231ps %%zmm12, %%zmm13, %%zmm10\n vfmadd231ps %%zmm12, %%zmm13, %%zmm11\n"
                   "sub $1, %0\n jnz 1b\n vzeroupper\n"
                   : "+r"(n)
                   :
                   : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                     "xmm10", "xmm11", "xmm12", "xmm13", "cc");
}

void rounds256(long n) {
  __asm__ volatile("vpxor %%xmm12, %%xmm12, %%xmm12\n vpxor %%xmm13, %%xmm13, %%xmm13\n"
                   "1:\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm0\n vfmadd231ps %%ymm12, %%ymm13, %%ymm1\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm2\n vfmadd231ps %%ymm12, %%ymm13, %%ymm3\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm4\n vfmadd231ps %%ymm12, %%ymm13, %%ymm5\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm6\n vfmadd231ps %%ymm12, %%ymm13, %%ymm7\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm8\n vfmadd231ps %%ymm12, %%ymm13, %%ymm9\n"
                   "vfmadd231ps %%ymm12, %%ymm13, %%ymm10\n vfmadd231ps %%ymm12, %%ymm13, %%ymm11\n"
                   "sub $1, %0\n jnz 1b\n vzeroupper\n"
                   : "+r"(n)
                   :
                   : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                     "xmm10", "xmm11", "xmm12", "xmm13", "cc");
}

// Without FMA a multiply and an add are two instructions.
void rounds128(long n) {
  __asm__ volatile("xorps %%xmm12, %%xmm12\n"
                   "1:\n"
                   "mulps %%xmm12, %%xmm0\n addps %%xmm12, %%xmm1\n"
                   "mulps %%xmm12, %%xmm2\n addps %%xmm12, %%xmm3\n"
                   "mulps %%xmm12, %%xmm4\n addps %%xmm12, %%xmm5\n"
                   "mulps %%xmm12, %%xmm6\n addps %%xmm12, %%xmm7\n"
                   "mulps %%xmm12, %%xmm8\n addps %%xmm12, %%xmm9\n"
                   "mulps %%xmm12, %%xmm10\n addps %%xmm12, %%xmm11\n"
                   "mulps %%xmm12, %%xmm0\n addps %%xmm12, %%xmm1\n"
                   "mulps %%xmm12, %%xmm2\n addps %%xmm12, %%xmm3\n"
                   "mulps %%xmm12, %%xmm4\n addps %%xmm12, %%xmm5\n"
                   "mulps %%xmm12, %%xmm6\n addps %%xmm12, %%xmm7\n"
                   "mulps %%xmm12, %%xmm8\n addps %%xmm12, %%xmm9\n"
                   "mulps %%xmm12, %%xmm10\n addps %%xmm12, %%xmm11\n"
                   "sub $1, %0\n jnz 1b\n"
                   : "+r"(n)
                   :
                   : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                     "xmm10", "xmm11", "xmm12", "cc");
}

Kernel widest(int &lanes) {
  lanes = 16;
  if (__builtin_cpu_supports("avx512f"))
    return rounds512;
  lanes = 8;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return rounds256;
  lanes = 4;
  return rounds128;
}
#elif defined(__aarch64__)
void roundsNeon(long n) {
  __asm__ volatile("movi v16.4s, #0\n movi v17.4s, #0\n"
                   "1:\n"
                   "fmla v0.4s, v16.4s, v17.4s\n fmla v1.4s, v16.4s, v17.4s\n"
                   "fmla v2.4s, v16.4s, v17.4s\n fmla v3.4s, v16.4s, v17.4s\n"
                   "fmla v4.4s, v16.4s, v17.4s\n fmla v5.4s, v16.4s, v17.4s\n"
                   "fmla v6.4s, v16.4s, v17.4s\n fmla v7.4s, v16.4s, v17.4s\n"
                   "fmla v18.4s, v16.4s, v17.4s\n fmla v19.4s, v16.4s, v17.4s\n"
                   "fmla v20.4s, v16.4s, v17.4s\n fmla v21.4s, v16.4s, v17.4s\n"
                   "subs %0, %0, #1\n b.ne 1b\n"
                   : "+r"(n)
                   :
                   : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19",
                     "v20", "v21", "cc");
}

Kernel widest(int &lanes) {
  lanes = 4;
  return roundsNeon;
}
#else
void roundsPlain(long n) {
  volatile float sink[kChains] = {};
  for (; n > 0; --n)
    for (volatile float &s : sink)
      s = s * 0.5f + 1.0f;
}

Kernel widest(int &lanes) {
  lanes = 1;
  return roundsPlain;
}
#endif

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The best rate of this thread in multiply-add rounds per second, measured until `seconds` passed.
double bestRate(Kernel kernel, double seconds) {
  constexpr long kRounds = 20000; // 0.1 ms: long against the clock, short against a time slice
  double best = 0, end = now() + seconds;
  do {
    double begin = now();
    kernel(kRounds);
    best = std::max(best, static_cast<double>(kRounds) / (now() - begin));
  } while (now() < end);
  return best;
}

} // namespace

double probePeakGflops(int threads, double seconds) {
  int lanes = 0;
  Kernel kernel = widest(lanes);
  threads = std::max(threads, 1);
  std::vector<double> rates(static_cast<size_t>(threads));
  // All threads measure at the same time: cores that share a power budget slow each other down.
  std::atomic<int> waiting{threads};
  auto measure = [&](size_t t) {
    waiting.fetch_sub(1);
    while (waiting.load() > 0)
      std::this_thread::yield();
    rates[t] = bestRate(kernel, seconds);
  };
  std::vector<std::thread> others;
  for (size_t t = 1; t < rates.size(); ++t)
    others.emplace_back(measure, t);
  measure(0);
  for (std::thread &thread : others)
    thread.join();
  double total = 0;
  for (double rate : rates)
    total += rate * kChains * lanes * 2;
  return total * 1e-9;
}

std::string cpuName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) {
      size_t colon = line.find(':');
      if (colon != std::string::npos && colon + 2 < line.size())
        return line.substr(colon + 2);
    }
  utsname system{};
  return uname(&system) == 0 ? system.machine : "unknown";
}

} // namespace gradus
