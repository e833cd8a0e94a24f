// How close kernels that only stream memory come to the copy bandwidth of this machine. Each row is measured
// in turns with a copy of the same size in the same process, on the same pinned threads; the answer is one line of JSON a row.
#include "gradus/gradus.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace gradus;

namespace {

constexpr int64_t kSmallElements = 32 << 10; // 128 KiB

using Clock = std::chrono::steady_clock;

double secondsOf(const std::function<void()> &work) {
  const Clock::time_point begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// One row: a graph of one input `x` and one result `y`.
struct Row {
  std::string name;
  Shape shape;
  Tensor (*build)(const Tensor &x);
  int64_t bytes; ///< that must cross the bus, at least
};

int64_t elementsOf(const Shape &shape) {
  int64_t n = 1;
  for (int64_t size : shape)
    n *= size;
  return n;
}

/// A copy that does not read what it overwrites, with the widest stores that there are: the bar for all
/// rows. memcpy is often slower.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) void copyLines512(char *to, const char *from, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 64)
    _mm512_stream_si512(reinterpret_cast<__m512i *>(to + i), _mm512_loadu_si512(from + i));
}
__attribute__((target("avx"))) void copyLines256(char *to, const char *from, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 32)
    _mm256_stream_si256(reinterpret_cast<__m256i *>(to + i),
                        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from + i)));
}
void copyPastCaches(char *to, const char *from, int64_t bytes) {
  const int64_t whole = bytes / 64 * 64;
  if (__builtin_cpu_supports("avx512f"))
    copyLines512(to, from, whole);
  else if (__builtin_cpu_supports("avx"))
    copyLines256(to, from, whole);
  else
    return static_cast<void>(std::memcpy(to, from, bytes));
  _mm_sfence();
  std::memcpy(to + whole, from + whole, bytes - whole);
}
#else
void copyPastCaches(char *to, const char *from, int64_t bytes) { std::memcpy(to, from, bytes); }
#endif

Tensor chain(const Tensor &x) { return relu(x * 1.5 + 0.25) * x - 0.5; }
Tensor softmaxRow(const Tensor &x) { return softmax(x); }
Tensor layerNormRow(const Tensor &x) {
  Tensor centred = x - mean(x, -1, true);
  return centred * rsqrt(mean(centred * centred, -1, true) + 1e-5);
}
Tensor columnSum(const Tensor &x) { return sum(x, 0); }
Tensor transposed(const Tensor &x) { return transpose(x); }

} // namespace

/// gradus-bandwidth THREADS [MEBIBYTES [ROUNDS]]
int main(int argc, char **argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const int64_t mebibytes = argc > 2 ? std::atoll(argv[2]) : 256;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  if (threads < 1 || mebibytes < 1 || rounds < 1) {
    std::cerr << "usage: gradus-bandwidth THREADS [MEBIBYTES [ROUNDS]]\n";
    return 2;
  }
  const int64_t elements = mebibytes << 18, both = 8 * elements;
  const Row rows[] = {
      {"chain", {elements}, chain, both},
      {"softmax", {elements / 1024, 1024}, softmaxRow, both},
      {"layer_norm", {elements / 1024, 1024}, layerNormRow, both},
      {"column_sum", {elements / 1024, 1024}, columnSum, both / 2},
      {"column_sum_wide", {elements / 8192, 8192}, columnSum, both / 2},
      {"transpose", {elements / 4096, 4096}, transposed, both},
  };
  NDArray x = NDArray::zeros({elements}), y = NDArray::zeros({elements});
  for (int64_t i = 0; i < elements; ++i)
    x.data<float>()[i] = static_cast<float>(i % 1024) / 256 - 2;
  auto pool = std::make_shared<Threads>(threads);
  auto copy = [&] {
    auto part = [](void *context, int64_t begin, int64_t end) {
      auto *pointers = static_cast<char **>(context);
      copyPastCaches(pointers[0] + begin, pointers[1] + begin, end - begin);
    };
    char *pointers[] = {reinterpret_cast<char *>(y.data<float>()),
                        reinterpret_cast<char *>(x.data<float>())};
    const gradus_threads *abi = pool->abi();
    if (threads > 1)
      abi->parallel_for(abi->self, part, pointers, 4 * elements); // ranges begin at multiples of 64
    else
      part(pointers, 0, 4 * elements);
  };
  for (const Row &row : rows) {
    auto make = [&](const Shape &shape, int threads) {
      Graph g("bandwidth_" + row.name);
      g.result("y", row.build(g.input("x", shape)));
      Program program = compile(g, {.threads = threads});
      program.bind("x", x.data<float>());
      program.bindOutput("y", y.data<float>());
      program.step();
      return program;
    };
    Program program = make(row.shape, threads);
    // The same on data that stay in a cache of one core: what the arithmetic allows.
    const int64_t inner = row.shape.size() == 1 ? 1 : row.shape.back();
    Shape small = row.shape;
    small[0] = std::max<int64_t>(1, kSmallElements / inner);
    if (row.build == transposed) // a square
      small = {128, 128};
    Program cached = make(small, 1);
    const double smallShare = double(elementsOf(small)) / double(elements);
    const int repeats = static_cast<int>(0.002 / smallShare) + 1;
    std::vector<double> mine, copied, ratio, arithmetic;
    copy();
    for (int round = 0; round < rounds; ++round) {
      double before = secondsOf(copy);
      double work = secondsOf([&] { program.step(); });
      double after = secondsOf(copy);
      double fast = secondsOf([&] {
                      for (int i = 0; i < repeats; ++i)
                        cached.step();
                    }) / repeats;
      arithmetic.push_back(double(row.bytes) * smallShare / fast * threads);
      mine.push_back(work);
      copied.push_back((before + after) / 2);
      ratio.push_back((double(row.bytes) / work) / (double(both) / copied.back()));
    }
    for (auto *list : {&mine, &copied, &ratio, &arithmetic})
      std::sort(list->begin(), list->end());
    const size_t middle = mine.size() / 2;
    std::printf("{\"name\": \"%s\", \"threads\": %d, \"gigabytes_per_second\": %.2f, "
                "\"copy_gigabytes_per_second\": %.2f, \"share\": %.3f, \"share_low\": %.3f, \"share_high\": %.3f, \"in_cache_gigabytes_per_second\": %.2f}\n",
                row.name.c_str(), threads, double(row.bytes) / mine[middle] * 1e-9,
                double(both) / copied[middle] * 1e-9, ratio[middle], ratio.front(), ratio.back(), arithmetic[middle] * 1e-9);
    std::fflush(stdout);
  }
  return 0;
}
