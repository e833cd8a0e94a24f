// Outcomes of functions that touch the world (files, memory, disk). Misuse of the API throws
// instead.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace gradus {

/// Success, or one line that says where, what was expected and what was found.
class [[nodiscard]] Status {
public:
  Status() = default;
  static Status error(std::string message) {
    Status status;
    status.failed = true;
    status.text = std::move(message);
    return status;
  }
  bool ok() const { return !failed; }
  explicit operator bool() const { return ok(); }
  /// Empty if ok.
  const std::string &message() const { return text; }
  /// Throws std::runtime_error with the message unless ok.
  void orThrow() const {
    if (failed)
      throw std::runtime_error(text);
  }

private:
  bool failed = false;
  std::string text;
};

/// A value, or the Status that says why there is none.
template <class T> class [[nodiscard]] Result {
public:
  Result(T value) : held(std::move(value)) {}
  Result(Status status) : why(std::move(status)) {
    if (why.ok())
      why = Status::error("no value and no reason given");
  }
  bool ok() const { return held.has_value(); }
  explicit operator bool() const { return ok(); }
  const Status &status() const { return why; }
  const std::string &message() const { return why.message(); }
  /// Throws std::runtime_error with the message if there is no value.
  T &value() & {
    why.orThrow();
    return *held;
  }
  const T &value() const & {
    why.orThrow();
    return *held;
  }
  T value() && {
    why.orThrow();
    return std::move(*held);
  }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }
  T &operator*() & { return value(); }
  const T &operator*() const & { return value(); }
  T operator*() && { return std::move(*this).value(); }

private:
  std::optional<T> held;
  Status why;
};

} // namespace gradus
