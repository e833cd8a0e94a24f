// What an ahead-of-time compilation promises its callers: names, sizes, places. Header, description
// and entry functions are written from this alone. Private to compiler/aot.
#pragma once

#include "runtime/core/Descriptor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gradus::ahead {

/// A member of the struct of inputs or outputs.
struct Port {
  PortRecord record; ///< the shape of its first use
  std::string field; ///< in C
  std::vector<bool> batchAxes; ///< axes whose sizes differ from entry to entry
  std::vector<std::string> users; ///< functions that read or write it
};

/// A member of the struct of the state.
struct Tensor {
  StateRecord record;
  std::string field, constant; ///< in C: the member, and its number for get and set
  int64_t bytes = 0;
  int64_t offset = 0; ///< in the state
  int64_t file = 0;   ///< in the data of a saved state
  int64_t data = -1;  ///< in the values that the object carries; -1: none
};

/// A function that runs a program.
struct Entry {
  std::string function; ///< in C: mlp_step
  std::string program;  ///< stem of its symbols: mlp_training
  bool training = false;
  int64_t batch = 0;
  Descriptor descriptor;
  std::vector<int64_t> inputs, outputs, states; ///< positions in the model's lists
  int64_t bytes = 0; ///< that its kernels read and write
};

struct Model {
  std::string name;
  std::string triple, target; ///< target: what a reader wants to know
  bool threads = false;
  bool embedded = false; ///< the weights are constants: there is no state
  bool perLevel = false; ///< compiled for several machines: layouts differ
  std::vector<Port> inputs, outputs;
  std::vector<Tensor> tensors;
  std::vector<Entry> entries;
  std::string values;     ///< first values of tensors, row-major, one after the other
  std::string fileHeader; ///< of a saved state: its JSON, padded
  int64_t stamp = 0, stateBytes = 0, arenaBytes = 0, savedBytes = 0;

  bool hasState() const { return !embedded && !tensors.empty(); }
  /// Adds an entry: finds its ports and states among those of the others, or adds them. Throws
  /// std::invalid_argument if they do not agree.
  void add(Entry entry);
  /// Settles places, sizes and stamp, when all entries are there. `values` holds the first values of
  /// states that are not drawn.
  void finish();
};

/// A C identifier that is no keyword of C or C++: "adam/m/w1" becomes adam_m_w1.
std::string identifier(const std::string &name);
bool isIdentifier(const std::string &name);
std::string upper(std::string text);

/// NAME.h, and what NAME_description gives.
std::string writeHeader(const Model &model);
std::string writeDescription(const Model &model);

/// The next multiple of `alignment`.
constexpr int64_t alignUp(int64_t bytes, int64_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

} // namespace gradus::ahead
