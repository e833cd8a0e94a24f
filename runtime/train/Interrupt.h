// Ctrl-C as a wish instead of a death.
#pragma once

#include <atomic>
#include <csignal>

namespace gradus {

/// While it lives, SIGINT and SIGTERM set a flag; a second one ends the process as usual. One at a
/// time. Restores the former handlers.
class InterruptFlag {
public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag &) = delete;
  InterruptFlag &operator=(const InterruptFlag &) = delete;

  const std::atomic<bool> *flag() const;
  /// The signal that came, or 0.
  int signal() const;

private:
  struct sigaction oldInterrupt, oldTerminate;
};

} // namespace gradus
