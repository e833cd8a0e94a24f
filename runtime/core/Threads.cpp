#include "runtime/core/Threads.h"

#include "runtime/core/FloatMode.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace gradus {

namespace {

inline void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Spins until done() or until `limit` is over; says whether done() holds.
template <class Done> bool spinUntil(std::chrono::microseconds limit, Done done) {
  using Clock = std::chrono::steady_clock;
  // Most waits end within the first rounds; only then is the clock asked.
  for (int round = 0; round < 256; ++round) {
    if (done())
      return true;
    pause();
  }
  const auto end = Clock::now() + limit;
  do {
    for (int round = 0; round < 64; ++round) {
      if (done())
        return true;
      pause();
    }
    // Where another program wants this processor, let it: what we wait for may be waiting, too.
    std::this_thread::yield();
  } while (Clock::now() < end);
  return done();
}

} // namespace

/// How a piece of work goes round: the caller fills in the job and advances `ticket`; each worker
/// that sees a new ticket works on its range and copies the ticket into its own `finished`; the
/// caller waits for all of them. A side that has waited for long announces that it sleeps and then
/// waits on the word itself. Announcement and word are sequentially consistent, so that either the
/// sleeper sees the new word or the other side the announcement.
struct Threads::Impl {
  struct alignas(64) Job { // one cache line travels to each worker
    std::atomic<uint32_t> ticket{0};
    Subnormals mode = Subnormals::keep;
    gradus_tile_fn fn = nullptr; // null: stop
    void *context = nullptr;
    int64_t tiles = 0;
  };
  struct alignas(64) Worker {
    std::atomic<uint32_t> finished{0};
    std::thread thread;
  };

  explicit Impl(int count);
  ~Impl() { stop(); }
  void stop();
  void work(int number);
  void post(gradus_tile_fn fn, void *context, int64_t tiles);
  void await(Worker &worker, uint32_t ticket);
  void run(gradus_tile_fn fn, void *context, int64_t tiles);
  /// The first tile of thread t.
  int64_t begin(int t, int64_t tiles) const {
    return static_cast<int64_t>(static_cast<__int128>(tiles) * t / count);
  }

  Job job;
  alignas(64) std::atomic<int32_t> sleepers{0}; // workers that sleep, or are about to
  alignas(64) std::atomic<bool> callerSleeps{false};
  alignas(64) std::atomic<bool> busy{false};
  const int count;
  std::chrono::microseconds spin;
  std::vector<Worker> workers;
  gradus_threads abi;
};

Threads::Impl::Impl(int count)
    : count(count),
      spin(count <= defaultCount() ? 2000 : 20), // more threads than processors: yield soon
      workers(static_cast<size_t>(count - 1)) {
  abi.self = this;
  abi.count = count;
  abi.parallel_for = [](void *self, gradus_tile_fn fn, void *context, int64_t tiles) {
    static_cast<Impl *>(self)->run(fn, context, tiles);
  };
  try {
    for (int t = 1; t < count; ++t)
      workers[static_cast<size_t>(t - 1)].thread = std::thread([this, t] { work(t); });
  } catch (...) {
    stop();
    throw;
  }
}

void Threads::Impl::stop() {
  post(nullptr, nullptr, 0);
  for (Worker &worker : workers)
    if (worker.thread.joinable())
      worker.thread.join();
}

void Threads::Impl::work(int number) {
  Worker &self = workers[static_cast<size_t>(number - 1)];
  uint32_t seen = 0;
  while (true) {
    const auto posted = [&] { return job.ticket.load(std::memory_order_acquire) != seen; };
    if (!spinUntil(spin, posted)) {
      sleepers.fetch_add(1);
      job.ticket.wait(seen);
      sleepers.fetch_sub(1);
    }
    ++seen; // a ticket is followed by the next only when all have finished it
    if (!job.fn)
      return;
    const int64_t first = begin(number, job.tiles), last = begin(number + 1, job.tiles);
    if (first < last) {
      FloatMode::set(job.mode);
      job.fn(job.context, first, last);
    }
    self.finished.store(seen);
    if (callerSleeps.load())
      self.finished.notify_one();
  }
}

void Threads::Impl::post(gradus_tile_fn fn, void *context, int64_t tiles) {
  job.fn = fn;
  job.context = context;
  job.tiles = tiles;
  job.mode = FloatMode::current();
  job.ticket.fetch_add(1);
  if (sleepers.load() > 0)
    job.ticket.notify_all();
}

void Threads::Impl::await(Worker &worker, uint32_t ticket) {
  const auto done = [&] { return worker.finished.load(std::memory_order_acquire) == ticket; };
  if (spinUntil(spin, done))
    return;
  callerSleeps.store(true);
  while (!done())
    worker.finished.wait(ticket - 1);
  callerSleeps.store(false);
}

void Threads::Impl::run(gradus_tile_fn fn, void *context, int64_t tiles) {
  if (tiles <= 0)
    return;
  // One tile, one thread, nested, or in use by another thread: all on the caller.
  if (tiles == 1 || count == 1 || busy.exchange(true, std::memory_order_acquire)) {
    fn(context, 0, tiles);
    return;
  }
  post(fn, context, tiles);
  const uint32_t ticket = job.ticket.load(std::memory_order_relaxed);
  if (const int64_t last = begin(1, tiles); last > 0)
    fn(context, 0, last);
  for (Worker &worker : workers)
    await(worker, ticket);
  busy.store(false, std::memory_order_release);
}

Threads::Threads(int count) {
  if (count < 0 || count > 1024)
    throw std::invalid_argument("a pool of " + std::to_string(count) +
                                " threads, expected 1 to 1024 (0: one for each processor)");
  impl = std::make_unique<Impl>(count ? count : defaultCount());
}

Threads::~Threads() = default;

int Threads::count() const { return impl->count; }

const gradus_threads *Threads::abi() const { return &impl->abi; }

void Threads::run(gradus_tile_fn fn, void *context, int64_t tiles) {
  impl->run(fn, context, tiles);
}

void Threads::runGuarded(gradus_tile_fn fn, void *context, int64_t tiles) {
  struct Guarded {
    gradus_tile_fn fn;
    void *context;
    std::mutex mutex;
    std::exception_ptr problem;
  } guarded{fn, context, {}, nullptr};
  run(
      [](void *opaque, int64_t begin, int64_t end) {
        Guarded &guarded = *static_cast<Guarded *>(opaque);
        try {
          guarded.fn(guarded.context, begin, end);
        } catch (...) {
          std::lock_guard lock(guarded.mutex);
          guarded.problem = std::current_exception();
        }
      },
      &guarded, tiles);
  if (guarded.problem)
    std::rethrow_exception(guarded.problem);
}

int Threads::defaultCount() {
#ifdef __linux__
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return std::max(1, std::min(1024, CPU_COUNT(&allowed)));
#endif
  return std::max(1, std::min(1024, static_cast<int>(std::thread::hardware_concurrency())));
}

std::shared_ptr<Threads> Threads::shared() {
  static const std::shared_ptr<Threads> pool = std::make_shared<Threads>();
  return pool;
}

} // namespace gradus
