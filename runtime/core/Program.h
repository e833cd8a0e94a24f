// A compiled program with its buffers bound, ready to run.
#pragma once

#include "runtime/abi/gradus_abi.h"
#include "runtime/core/Descriptor.h"
#include "runtime/core/FloatMode.h"
#include "runtime/core/NDArray.h"
#include "runtime/core/State.h"
#include "runtime/core/Threads.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

class Program;

/// What Program is made from.
struct ProgramParts {
  std::string descriptor; ///< the JSON text of the ABI
  gradus_step_fn step = nullptr;
  gradus_loop_fn loop = nullptr;    ///< may be null: steps() then calls step in a loop
  std::shared_ptr<void> code;       ///< keeps step and loop alive; may be null
  std::shared_ptr<State> state;     ///< null: a new one, initialised from the descriptor
  std::shared_ptr<Threads> threads; ///< null: everything on the calling thread
  /// A host's own threads, which must outlive the program; used instead of `threads` if not null.
  const gradus_threads *hostThreads = nullptr;
  Subnormals subnormals = Subnormals::flush;
  std::map<std::string, NDArray> data; ///< values of states whose initialiser is `data`
  uint64_t seed = 0;                   ///< for a state made here, and states added to a shared one
  double compileMs = 0;
  bool cacheHit = false;
  int64_t batch = 0; ///< the batch size that this was compiled for; 0: none
  /// The same program compiled for another batch size, on the same state; may be null.
  std::function<Program(int64_t batch)> rebatch;
};

/// A compiled program. A cheap handle: copies run the same program on the same buffers. One thread
/// at a time.
///
/// Inputs are bound once (a pointer is kept, nothing is copied), then step() reads whatever they
/// hold. Misuse throws std::invalid_argument that names the program, the input, what was expected
/// and what was given.
class Program {
public:
  Program() = default; ///< empty; only to be assigned to
  /// Throws std::invalid_argument if the descriptor is malformed, of another ABI version, or does
  /// not fit the given state.
  explicit Program(ProgramParts parts);

  bool valid() const { return impl != nullptr; }

  const std::vector<PortRecord> &inputs() const;
  const std::vector<PortRecord> &outputs() const;
  const std::vector<StateRecord> &states() const;
  const ProgramInfo &info() const;
  /// The descriptor as it was given.
  const std::string &descriptor() const;
  /// Position of an input or output. Throws if there is none of that name.
  int64_t inputIndex(std::string_view name) const;
  int64_t outputIndex(std::string_view name) const;

  /// Elements of an input, row-major, of the declared type and shape; must stay valid while it is
  /// bound.
  void bind(int64_t input, const void *elements);
  void bind(std::string_view input, const void *elements);
  /// Checks type and shape; keeps owned elements alive while they are bound.
  void bind(int64_t input, const NDArray &array);
  void bind(std::string_view input, const NDArray &array);
  /// One value for each of several steps: `array` has one more, leading, axis. steps(n) walks along
  /// it (and throws if it holds fewer than n); step() reads the first.
  void bindSequence(std::string_view input, const NDArray &array);

  /// Where an output is written instead of into the program's own buffer; nullptr: back to that.
  void bindOutput(int64_t output, void *elements);
  void bindOutput(std::string_view output, void *elements);
  void bindOutput(std::string_view output, const NDArray &array);
  /// As bindSequence: the output of each of several steps.
  void bindOutputSequence(std::string_view output, const NDArray &array);

  /// A view of where the output is written (of a sequence: by its first step). Follows no later
  /// bindOutput.
  NDArray output(int64_t index) const;
  NDArray output(std::string_view name) const;

  /// One step. Throws only for an input that is not bound.
  void step();
  /// `count` steps in one call. Inputs and outputs stay where they are, but for those bound as a
  /// sequence.
  void steps(int64_t count);
  /// The same with explicit byte strides, one per input and output (an empty span: all 0).
  void steps(int64_t count, std::span<const int64_t> inputStrides,
             std::span<const int64_t> outputStrides = {});

  /// Binds the inputs by name, runs a step, and gives copies of the outputs by name.
  std::map<std::string, NDArray> run(const std::map<std::string, NDArray> &inputs);

  const std::shared_ptr<State> &state() const;
  const std::shared_ptr<Threads> &threads() const;
  /// Threads for the steps to come; null: the calling thread alone.
  void setThreads(std::shared_ptr<Threads> threads);
  void setHostThreads(const gradus_threads *threads);

  /// The batch size that this was compiled for; 0 if it has none.
  int64_t batch() const;
  /// This program for another batch size, sharing state and threads; compiled when first asked for,
  /// then kept. Its inputs are bound separately. Throws std::invalid_argument if it cannot be
  /// compiled again.
  Program withBatch(int64_t batch) const;

private:
  struct Impl;
  Impl &get() const;
  std::shared_ptr<Impl> impl;
};

} // namespace gradus
