// What a program keeps between steps: parameters, optimizer state, counters.
#pragma once

#include "runtime/core/Layout.h"
#include "runtime/core/NDArray.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

class Json;

/// How a state gets its first values.
struct InitialValues {
  enum class Kind {
    zeros,
    constant,      ///< a
    uniform,       ///< [a, b)
    normal,        ///< mean a, standard deviation b
    glorotUniform, ///< +-sqrt(6 / (fan_in + fan_out))
    glorotNormal,  ///< standard deviation sqrt(2 / (fan_in + fan_out))
    heUniform,     ///< +-sqrt(6 / fan_in)
    heNormal,      ///< standard deviation sqrt(2 / fan_in)
    data           ///< values given by the caller
  };
  Kind kind = Kind::zeros;
  double a = 0, b = 0;
  int64_t fanIn = 1, fanOut = 1;

  bool operator==(const InitialValues &) const = default;
  Json toJson() const;
  /// {"kind": "glorot_uniform", "a": 0, "b": 0, "fan_in": 784, "fan_out": 10}; all but kind may be
  /// absent. Throws std::invalid_argument for an unknown kind or a fan below 1.
  static InitialValues fromJson(const Json &json);
};

/// One state of a program, as its descriptor tells it.
struct StateRecord {
  std::string name;
  DType dtype = DType::f32;
  Shape shape;
  Layout layout;
  bool trained = false; ///< a parameter, not an optimizer's state
  InitialValues init;
};

/// Named buffers, each in the layout that its programs read, aligned to 64 bytes; they never move.
/// Shared by the programs that work on the same weights. Not synchronised: no program may run
/// during set or initialise.
class State {
public:
  State() = default;
  /// `data` holds the values of the records whose initialiser is `data`, row-major.
  explicit State(const std::vector<StateRecord> &records, uint64_t seed = 0,
                 const std::map<std::string, NDArray> &data = {});
  State(const State &) = delete;
  State &operator=(const State &) = delete;

  /// Adds a state and initialises it. If one of that name exists, it stays as it is, and its type,
  /// shape and layout must be equal; std::invalid_argument otherwise. Returns its buffer.
  void *add(const StateRecord &record, const NDArray *data = nullptr);

  /// All states again from their initialisers. The values depend on seed, name and shape alone: not
  /// on the order, the layout or the machine.
  void initialise(uint64_t seed);
  uint64_t seed() const { return currentSeed; }

  /// In the order of adding.
  const std::vector<std::string> &names() const { return order; }
  bool contains(std::string_view name) const { return index.find(name) != index.end(); }
  const StateRecord &record(std::string_view name) const;
  /// A row-major copy. Throws std::invalid_argument for an unknown name.
  NDArray get(std::string_view name) const;
  /// Takes row-major values of equal type and shape; std::invalid_argument otherwise.
  void set(std::string_view name, const NDArray &values);
  /// The buffer, in the layout of the record.
  void *buffer(std::string_view name);

  int64_t size() const { return static_cast<int64_t>(order.size()); }
  /// Bytes of all states, and of the trained ones.
  int64_t bytes() const;
  int64_t trainedBytes() const;
  /// Elements of the trained states: "the number of parameters".
  int64_t trainedCount() const;

private:
  struct Entry {
    StateRecord record;
    std::shared_ptr<void> elements;
    NDArray initialData; // row-major; only for InitialValues::Kind::data
  };
  Entry &entry(std::string_view name);
  const Entry &entry(std::string_view name) const;
  void initialise(Entry &entry);

  std::vector<std::string> order;
  std::map<std::string, Entry, std::less<>> index;
  uint64_t currentSeed = 0;
};

/// What the library has to know of a state to make its first values and to copy it: all but the
/// places (offset, file, data, name, shape).
gradus_tensor tensorEntry(const StateRecord &record);

/// The first values of a record, row-major. `data` kind gives zeros.
NDArray initialValues(const StateRecord &record, uint64_t seed);

} // namespace gradus
