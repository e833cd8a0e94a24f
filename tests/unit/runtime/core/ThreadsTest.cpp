#include "runtime/core/Threads.h"

#include "runtime/core/FloatMode.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace gradus;

TEST(Threads, EveryTileRunsExactlyOnceForAnyCountOfThreadsAndTiles) {
  for (int count : {1, 2, 3, 7}) {
    Threads pool(count);
    EXPECT_EQ(pool.count(), count);
    for (int64_t tiles : {0, 1, 2, 3, 6, 7, 8, 100, 1001}) {
      std::vector<std::atomic<int>> hits(static_cast<size_t>(tiles));
      pool.parallelFor(tiles, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
          ++hits[static_cast<size_t>(i)];
      });
      for (auto &hit : hits)
        EXPECT_EQ(hit, 1);
    }
  }
}

TEST(Threads, EachThreadAlwaysGetsTheSameContiguousRange) {
  const int count = 3;
  Threads pool(count);
  for (int64_t tiles : {3, 10, 64}) {
    std::map<int64_t, std::thread::id> first;
    for (int repeat = 0; repeat < 20; ++repeat) {
      std::mutex mutex;
      std::map<int64_t, std::pair<int64_t, std::thread::id>> ranges;
      pool.parallelFor(tiles, [&](int64_t begin, int64_t end) {
        std::lock_guard lock(mutex);
        ranges[begin] = {end, std::this_thread::get_id()};
      });
      ASSERT_EQ(ranges.size(), static_cast<size_t>(count));
      for (int t = 0; t < count; ++t) {
        const auto range = ranges.find(tiles * t / count);
        ASSERT_NE(range, ranges.end());
        EXPECT_EQ(range->second.first, tiles * (t + 1) / count);
        if (repeat == 0)
          first[range->first] = range->second.second;
        EXPECT_EQ(first[range->first], range->second.second);
      }
      EXPECT_EQ(ranges[0].second, std::this_thread::get_id()) << "the caller is thread 0";
    }
  }
}

TEST(Threads, TilesBeyondThirtyTwoBitsAreSplitWithoutOverflow) {
  Threads pool(2);
  std::atomic<int64_t> sum{0};
  const int64_t tiles = std::numeric_limits<int64_t>::max();
  pool.parallelFor(tiles, [&](int64_t begin, int64_t end) { sum += end - begin; });
  EXPECT_EQ(sum, tiles);
}

TEST(Threads, ANestedCallRunsOnItsOwnThreadInsteadOfDeadlocking) {
  Threads pool(3);
  std::atomic<int> inner{0};
  pool.parallelFor(6, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto self = std::this_thread::get_id();
      pool.parallelFor(10, [&](int64_t b, int64_t e) {
        EXPECT_EQ(std::this_thread::get_id(), self);
        inner += static_cast<int>(e - b);
      });
    }
  });
  EXPECT_EQ(inner, 60);
}

TEST(Threads, PoolsThatUseEachOtherFromManyThreadsNeverDeadlock) {
  Threads a(2), b(3);
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> users;
  for (int user = 0; user < 4; ++user)
    users.emplace_back([&, user] {
      Threads &outer = user % 2 ? a : b, &inner = user % 2 ? b : a;
      for (int repeat = 0; repeat < 50; ++repeat)
        outer.parallelFor(5, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i)
            inner.parallelFor(7, [&](int64_t x, int64_t y) { sum += y - x; });
        });
    });
  for (std::thread &user : users)
    user.join();
  EXPECT_EQ(sum, 4 * 50 * 5 * 7);
}

TEST(Threads, WorkersThatFellAsleepWakeUpAgain) {
  Threads pool(3);
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::atomic<int> sum{0};
    pool.parallelFor(3, [&](int64_t begin, int64_t end) { sum += static_cast<int>(end - begin); });
    EXPECT_EQ(sum, 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(8)); // beyond the spin
  }
}

TEST(Threads, ACallerThatFallsAsleepWaitingIsWoken) {
  Threads pool(2);
  bool done = false;
  pool.parallelFor(2, [&](int64_t begin, int64_t) {
    if (begin == 1) {
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
      done = true;
    }
  });
  EXPECT_TRUE(done);
}

TEST(Threads, TheExceptionOfAWorkerReachesTheCallerAndThePoolStaysUsable) {
  Threads pool(2);
  for (int64_t thrower : {0, 1})
    EXPECT_THROW(pool.parallelFor(2,
                                  [&](int64_t begin, int64_t) {
                                    if (begin == thrower)
                                      throw std::runtime_error("no");
                                  }),
                 std::runtime_error);
  std::atomic<int> sum{0};
  pool.parallelFor(2, [&](int64_t begin, int64_t end) { sum += static_cast<int>(end - begin); });
  EXPECT_EQ(sum, 2);
}

TEST(Threads, WorkersTakeTheFloatModeOfTheCaller) {
  if (!FloatMode::supported())
    GTEST_SKIP() << "this processor has no such mode";
  Threads pool(3);
  for (Subnormals wanted : {Subnormals::flush, Subnormals::keep, Subnormals::flush}) {
    FloatMode mode(wanted);
    std::atomic<int> right{0};
    pool.parallelFor(3, [&](int64_t, int64_t) { right += FloatMode::current() == wanted; });
    EXPECT_EQ(right, 3);
  }
}

TEST(Threads, TheCInterfaceIsTheSamePool) {
  Threads pool(2);
  const gradus_threads *abi = pool.abi();
  EXPECT_EQ(abi->count, 2);
  std::atomic<int64_t> sum{0};
  abi->parallel_for(
      abi->self,
      [](void *context, int64_t begin, int64_t end) {
        *static_cast<std::atomic<int64_t> *>(context) += end - begin;
      },
      &sum, 17);
  EXPECT_EQ(sum, 17);
}

TEST(Threads, ManyPoolsComeAndGo) {
  for (int i = 0; i < 50; ++i) {
    Threads pool(1 + i % 4);
    if (i % 2)
      pool.parallelFor(4, [](int64_t, int64_t) {});
  }
}

TEST(Threads, ImpossibleCountsAreRefused) {
  EXPECT_THROW(Threads(-1), std::invalid_argument);
  EXPECT_THROW(Threads(100000), std::invalid_argument);
  EXPECT_GE(Threads::defaultCount(), 1);
  EXPECT_EQ(Threads::shared()->count(), Threads::defaultCount());
}
