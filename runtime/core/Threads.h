// The runtime's own threads: a pool that splits tiles statically.
#pragma once

#include "runtime/abi/gradus_abi.h"

#include <cstdint>
#include <memory>
#include <type_traits>

namespace gradus {

/// A pool of `count` threads, of which the caller is number 0. Thread t always gets the tiles
/// [n*t/count, n*(t+1)/count), so that what it touched last time is still in its cache. A worker
/// spins for about 2 ms after its last piece of work, then sleeps. Workers run in the caller's
/// float mode (see FloatMode). A call from inside a piece of work, or while another thread is using
/// the pool, runs all tiles on the calling thread instead of waiting, so no use of any number of
/// pools can deadlock.
class Threads {
public:
  /// count 0: defaultCount(). Throws std::invalid_argument for a negative count or more than 1024,
  /// and std::system_error if the system gives no more threads.
  explicit Threads(int count = 0);
  ~Threads();
  Threads(const Threads &) = delete;
  Threads &operator=(const Threads &) = delete;

  int count() const;

  /// Runs fn(context, begin, end) for the range of each thread; empty ranges are left out. fn must
  /// not throw.
  void run(gradus_tile_fn fn, void *context, int64_t tiles);

  /// Runs body(begin, end). An exception of a body is thrown here when all have ended (one of them,
  /// if several threw).
  template <class Body> void parallelFor(int64_t tiles, Body &&body) {
    using Plain = std::remove_reference_t<Body>;
    auto call = [](void *context, int64_t begin, int64_t end) {
      (*static_cast<Plain *>(context))(begin, end);
    };
    runGuarded(call, const_cast<void *>(static_cast<const void *>(&body)), tiles);
  }

  /// For gradus_call::threads; valid as long as the pool.
  const gradus_threads *abi() const;

  /// The processors that this process may use.
  static int defaultCount();
  /// One pool of defaultCount() threads for the whole process, made when first asked for.
  static std::shared_ptr<Threads> shared();

private:
  void runGuarded(gradus_tile_fn fn, void *context, int64_t tiles);
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace gradus
