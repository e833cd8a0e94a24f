// A made-up model with a tensor of every type and layout, for tests of the library.
#ifndef GRADUS_TESTS_UNIT_RUNTIME_ABI_MODEL_H
#define GRADUS_TESTS_UNIT_RUNTIME_ABI_MODEL_H

#include "runtime/abi/gradus_library.h"
#include "runtime/core/Json.h"
#include "runtime/core/Philox.h"
#include "runtime/core/State.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace gradus::tests {

/// The tables of a model, as the compiler writes them.
class Model {
public:
  explicit Model(const std::vector<StateRecord> &records) : records(records) {
    int64_t offset = 64, file = 0;
    Json header;
    header.set("__metadata__",
               Json::object().set("gradus_abi", "1").set("gradus_model", "made up"));
    for (const StateRecord &record : records) {
      gradus_tensor tensor = tensorEntry(record);
      const int64_t bytes = gradus_tensor_bytes(&tensor);
      tensor.offset = offset;
      tensor.file = file;
      const std::string name = quoteJson(record.name), shape = Json::arrayOf(record.shape).dump();
      tensor.name = static_cast<int64_t>(text.size());
      text += name.substr(1, name.size() - 2) + '\0';
      tensor.shape = static_cast<int64_t>(text.size());
      for (char letter : shape)
        if (letter != ' ')
          text += letter;
      text += '\0';
      if (tensor.init == GRADUS_DATA) {
        tensor.data = static_cast<int64_t>(data.size());
        for (int64_t i = 0; i < bytes; ++i)
          data.push_back(static_cast<uint8_t>(i * 7 % 2));
      }
      tensors.push_back(tensor);
      header.set(record.name,
                 Json::object()
                     .set("dtype", std::string(record.dtype == DType::f32   ? "F32"
                                               : record.dtype == DType::f64 ? "F64"
                                               : record.dtype == DType::i32 ? "I32"
                                               : record.dtype == DType::i64 ? "I64"
                                               : record.dtype == DType::u8  ? "U8"
                                                                            : "BOOL"))
                     .set("shape", Json::arrayOf(record.shape))
                     .set("data_offsets", Json::arrayOf(std::array{file, file + bytes})));
      offset += (bytes + 63) / 64 * 64;
      file += bytes;
    }
    headerText = header.dump();
    headerText.append((64 - (8 + headerText.size()) % 64) % 64, ' ');
    model = {0x1234567812345678, offset, static_cast<int64_t>(tensors.size()),
             static_cast<int64_t>(headerText.size()),
             8 + static_cast<int64_t>(headerText.size()) + file};
  }

  /// Uninitialised memory for a state.
  std::shared_ptr<uint8_t> memory() const {
    auto bytes = std::static_pointer_cast<uint8_t>(allocateAligned(model.state_bytes));
    std::memset(bytes.get(), 0xa5, static_cast<size_t>(model.state_bytes));
    return bytes;
  }
  std::shared_ptr<uint8_t> initialised(uint64_t seed = 0) const {
    auto bytes = memory();
    if (gradus_state_init(&model, tensors.data(), data.data(), bytes.get(), seed) != GRADUS_OK)
      return nullptr;
    return bytes;
  }
  std::string bytesOf(const uint8_t *state) const {
    return std::string(reinterpret_cast<const char *>(state),
                       static_cast<size_t>(model.state_bytes));
  }
  std::string saved(const uint8_t *state) const {
    std::string bytes(static_cast<size_t>(model.saved_bytes), '\xa5');
    if (save(state, bytes.data(), model.saved_bytes) != GRADUS_OK)
      return "";
    return bytes;
  }
  int32_t save(const uint8_t *state, char *buffer, int64_t bytes) const {
    return gradus_state_save(&model, tensors.data(), headerText.data(), state,
                             reinterpret_cast<uint8_t *>(buffer), bytes);
  }
  /// From a copy that ends where the memory ends, so that a read beyond it is seen by
  /// AddressSanitizer.
  int32_t load(uint8_t *state, const std::string &file) const {
    std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
    std::memcpy(exact.get(), file.data(), file.size());
    return gradus_state_load(&model, tensors.data(), text.data(), state, exact.get(),
                             static_cast<int64_t>(file.size()));
  }
  int32_t get(const uint8_t *state, int64_t which, void *values, int64_t bytes) const {
    return gradus_state_get(&model, tensors.data(), state, which, static_cast<uint8_t *>(values),
                            bytes);
  }
  int32_t set(uint8_t *state, int64_t which, const void *values, int64_t bytes) const {
    return gradus_state_set(&model, tensors.data(), state, which,
                            static_cast<const uint8_t *>(values), bytes);
  }
  /// Row-major.
  NDArray values(const uint8_t *state, size_t which) const {
    NDArray array = NDArray::uninitialized(records[which].shape, records[which].dtype);
    if (get(state, static_cast<int64_t>(which), array.raw(), array.bytes()) != GRADUS_OK)
      throw std::runtime_error("gradus_state_get failed");
    return array;
  }

  std::vector<StateRecord> records;
  std::vector<gradus_tensor> tensors;
  std::vector<uint8_t> data;
  std::string text, headerText;
  gradus_model model;
};

inline std::vector<StateRecord> someRecords() {
  using Kind = InitialValues::Kind;
  const Layout transposed{Layout::Kind::transposed, 0}, panels{Layout::Kind::panels, 16};
  return {{"w1", DType::f32, {7, 40}, {}, true, {Kind::glorotUniform, 0, 0, 7, 40}},
          {"w2", DType::f32, {40, 37}, panels, true, {Kind::normal, 1, 0.5}},
          {"w3", DType::f32, {37, 19}, transposed, true, {Kind::uniform, -1, 3}},
          {"b", DType::f32, {19}, {}, true, {Kind::constant, 0.1}},
          {"scale", DType::f32, {}, {}, true, {Kind::constant, 1}},
          {"cube", DType::f32, {2, 3, 4}, {}, true, {Kind::heNormal, 0, 0, 6, 4}},
          {"wide", DType::f64, {5, 33}, panels, false, {Kind::normal, 0, 2}},
          {"tall", DType::f64, {33, 5}, transposed, false, {Kind::uniform, 0, 1}},
          {"step", DType::i64, {}, {}, false, {Kind::constant, -3}},
          {"dice", DType::i32, {3, 50}, transposed, false, {Kind::uniform, 1, 7}},
          {"mask", DType::boolean, {11}, {}, false, {Kind::data}},
          {"bytes", DType::u8, {3, 9}, {}, false, {Kind::constant, 200.9}},
          {"none", DType::f32, {0, 4}, {}, false, {}},
          {"na\"me\\ \xc3\xa9\n", DType::f32, {2}, {}, false, {}}};
}

} // namespace gradus::tests

#endif
