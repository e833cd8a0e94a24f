#include "runtime/train/Interrupt.h"

namespace gradus {
namespace {

std::atomic<bool> raised{false};
std::atomic<int> which{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler must not lock");

extern "C" void raiseFlag(int signal) {
  which.store(signal);
  raised.store(true);
}

} // namespace

InterruptFlag::InterruptFlag() {
  raised.store(false);
  which.store(0);
  struct sigaction action{};
  action.sa_handler = raiseFlag;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART; // the second one acts as before
  sigaction(SIGINT, &action, &oldInterrupt);
  sigaction(SIGTERM, &action, &oldTerminate);
}

InterruptFlag::~InterruptFlag() {
  sigaction(SIGINT, &oldInterrupt, nullptr);
  sigaction(SIGTERM, &oldTerminate, nullptr);
}

const std::atomic<bool> *InterruptFlag::flag() const { return &raised; }

int InterruptFlag::signal() const { return which.load(); }

} // namespace gradus
