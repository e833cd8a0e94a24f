// How fast is this machine right now? Answers lines of the form
//     fma THREADS ITERATIONS
// on standard input with the GFLOP/s (f32) that THREADS pinned threads reach together with independent
// fused multiply-adds in registers. The benchmark asks before and after each sample: when two virtual CPUs
// share one core, or the clock drops, the answer says so, and the sample is taken again.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sched.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// One kernel: twelve independent chains, `iterations` times; twelve hide the latency of any core known.
struct Kernel {
  void (*run)(int64_t iterations);
  int lanes;
};
constexpr int kChains = 12;

#if defined(__x86_64__)
#define GRADUS_CHAINS(R)                                                                           \
  "1:\n"                                                                                           \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "0\n vfmadd231ps %%" R "14, %%" R "15, %%" R "1\n"     \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "2\n vfmadd231ps %%" R "14, %%" R "15, %%" R "3\n"     \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "4\n vfmadd231ps %%" R "14, %%" R "15, %%" R "5\n"     \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "6\n vfmadd231ps %%" R "14, %%" R "15, %%" R "7\n"     \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "8\n vfmadd231ps %%" R "14, %%" R "15, %%" R "9\n"     \
  "vfmadd231ps %%" R "14, %%" R "15, %%" R "10\n vfmadd231ps %%" R "14, %%" R "15, %%" R "11\n"   \
  "sub $1, %0\n jnz 1b\n"
#define GRADUS_CLOBBERS                                                                            \
  "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",   \
      "xmm11", "xmm14", "xmm15"

// The registers are cleared first: what they happen to hold may be subnormal, which is slow.
#define GRADUS_CLEAR "vxorps %%xmm14, %%xmm14, %%xmm14\n vxorps %%xmm15, %%xmm15, %%xmm15\n"
#define GRADUS_CLEAR_SUMS                                                                          \
  "vxorps %%xmm0, %%xmm0, %%xmm0\n vxorps %%xmm1, %%xmm1, %%xmm1\n"                                \
  "vxorps %%xmm2, %%xmm2, %%xmm2\n vxorps %%xmm3, %%xmm3, %%xmm3\n"                                \
  "vxorps %%xmm4, %%xmm4, %%xmm4\n vxorps %%xmm5, %%xmm5, %%xmm5\n"                                \
  "vxorps %%xmm6, %%xmm6, %%xmm6\n vxorps %%xmm7, %%xmm7, %%xmm7\n"                                \
  "vxorps %%xmm8, %%xmm8, %%xmm8\n vxorps %%xmm9, %%xmm9, %%xmm9\n"                                \
  "vxorps %%xmm10, %%xmm10, %%xmm10\n vxorps %%xmm11, %%xmm11, %%xmm11\n"

void runAvx2(int64_t n) {
  __asm__ volatile(GRADUS_CLEAR GRADUS_CLEAR_SUMS GRADUS_CHAINS("ymm") "vzeroupper\n"
                   : "+r"(n)
                   :
                   : GRADUS_CLOBBERS);
}
void runAvx512(int64_t n) {
  __asm__ volatile(GRADUS_CLEAR GRADUS_CLEAR_SUMS GRADUS_CHAINS("zmm") "vzeroupper\n"
                   : "+r"(n)
                   :
                   : GRADUS_CLOBBERS);
}
std::vector<Kernel> kernels() {
  std::vector<Kernel> all;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    all.push_back({runAvx2, 8});
  if (__builtin_cpu_supports("avx512f"))
    all.push_back({runAvx512, 16});
  return all;
}
#elif defined(__aarch64__)
void runNeon(int64_t n) {
  __asm__ volatile("movi v30.4s, #0\n movi v31.4s, #0\n"
                   "1:\n"
                   "fmla v0.4s, v30.4s, v31.4s\n fmla v1.4s, v30.4s, v31.4s\n"
                   "fmla v2.4s, v30.4s, v31.4s\n fmla v3.4s, v30.4s, v31.4s\n"
                   "fmla v4.4s, v30.4s, v31.4s\n fmla v5.4s, v30.4s, v31.4s\n"
                   "fmla v6.4s, v30.4s, v31.4s\n fmla v7.4s, v30.4s, v31.4s\n"
                   "fmla v16.4s, v30.4s, v31.4s\n fmla v17.4s, v30.4s, v31.4s\n"
                   "fmla v18.4s, v30.4s, v31.4s\n fmla v19.4s, v30.4s, v31.4s\n"
                   "subs %0, %0, #1\n b.ne 1b\n"
                   : "+r"(n)
                   :
                   : "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18",
                     "v19", "v30", "v31");
}
std::vector<Kernel> kernels() { return {{runNeon, 4}}; }
#else
std::vector<Kernel> kernels() { return {}; }
#endif

/// The CPUs that this process may use, in order.
std::vector<int> allowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set))
      cpus.push_back(cpu);
  return cpus;
}

/// GFLOP/s of `threads` threads, one on each of the first CPUs, from the first start to the last end.
double measure(const Kernel &kernel, int threads, int64_t iterations) {
  const std::vector<int> cpus = allowedCpus();
  std::vector<Clock::time_point> begin(threads), end(threads);
  std::atomic<int> waiting{threads};
  auto work = [&](int id) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpus[id % cpus.size()], &set);
    sched_setaffinity(0, sizeof set, &set);
    kernel.run(std::max<int64_t>(1, iterations / 10));
    --waiting;
    while (waiting.load() > 0)
      std::this_thread::yield(); // two threads may have to share a CPU
    begin[id] = Clock::now();
    kernel.run(iterations);
    end[id] = Clock::now();
  };
  std::vector<std::thread> pool;
  for (int id = 0; id < threads; ++id)
    pool.emplace_back(work, id);
  for (std::thread &thread : pool)
    thread.join();
  const double seconds = std::chrono::duration<double>(*std::max_element(end.begin(), end.end()) -
                                                       *std::min_element(begin.begin(), begin.end()))
                             .count();
  return 2.0 * kChains * kernel.lanes * threads * double(iterations) / seconds * 1e-9;
}

/// The kernel that is the fastest here; on some cores wide vectors run at half the rate.
Kernel fastest(const std::vector<Kernel> &all) {
  Kernel best = all.front();
  double rate = 0;
  for (const Kernel &kernel : all)
    for (int i = 0; i < 5; ++i)
      if (const double now = measure(kernel, 1, 100000); now > rate * 1.02) {
        rate = now;
        best = kernel;
      }
  return best;
}

} // namespace

int main() {
  const std::vector<Kernel> all = kernels();
  if (all.empty()) {
    std::cerr << "gradus-probe: no fused multiply-add kernel for this CPU\n";
    return 1;
  }
  const Kernel kernel = fastest(all);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    int threads = 0;
    int64_t iterations = 0;
    if (!(words >> verb >> threads >> iterations) || verb != "fma" || threads < 1 ||
        threads > 1024 || iterations < 1) {
      std::cout << "error: expected 'fma THREADS ITERATIONS'" << std::endl;
      continue;
    }
    std::cout << measure(kernel, threads, iterations) << std::endl;
  }
  return 0;
}
