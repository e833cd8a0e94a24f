#include "runtime/core/State.h"

#include "runtime/core/Json.h"
#include "runtime/core/Philox.h"

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace gradus {

static constexpr std::array<std::pair<InitialValues::Kind, std::string_view>, 9> kKinds{{
    {InitialValues::Kind::zeros, "zeros"},
    {InitialValues::Kind::constant, "constant"},
    {InitialValues::Kind::uniform, "uniform"},
    {InitialValues::Kind::normal, "normal"},
    {InitialValues::Kind::glorotUniform, "glorot_uniform"},
    {InitialValues::Kind::glorotNormal, "glorot_normal"},
    {InitialValues::Kind::heUniform, "he_uniform"},
    {InitialValues::Kind::heNormal, "he_normal"},
    {InitialValues::Kind::data, "data"},
}};

Json InitialValues::toJson() const {
  Json json;
  for (const auto &[known, name] : kKinds)
    if (known == kind)
      json.set("kind", name);
  return json.set("a", a).set("b", b).set("fan_in", fanIn).set("fan_out", fanOut);
}

InitialValues InitialValues::fromJson(const Json &json) {
  InitialValues init;
  const std::string &wanted = json.at("kind").asString();
  bool found = false;
  for (const auto &[known, name] : kKinds)
    if (name == wanted) {
      init.kind = known;
      found = true;
    }
  if (!found)
    throw std::invalid_argument("unknown initialiser " + quoteJson(wanted));
  if (const Json *a = json.find("a"))
    init.a = a->asDouble();
  if (const Json *b = json.find("b"))
    init.b = b->asDouble();
  auto fan = [&](const char *key) {
    const Json *value = json.find(key);
    if (!value)
      return int64_t{1};
    if (value->asInt() < 1)
      throw std::invalid_argument(std::string("expected ") + key + " of at least 1, found " +
                                  std::to_string(value->asInt()));
    return value->asInt();
  };
  init.fanIn = fan("fan_in");
  init.fanOut = fan("fan_out");
  return init;
}

gradus_tensor tensorEntry(const StateRecord &record) {
  gradus_tensor entry = tensorEntry(record.shape, record.dtype, record.layout);
  entry.stream = static_cast<int64_t>(hashName(record.name));
  const InitialValues &init = record.init;
  const auto set = [&](int64_t kind, double a, double b) {
    entry.init = kind;
    const int64_t type = record.dtype == DType::f32 ? GRADUS_F32 : GRADUS_F64;
    entry.a = gradus_element(type, a);
    entry.b = gradus_element(type, b);
  };
  const auto uniform = [&](double low, double high) { set(GRADUS_UNIFORM, low, high - low); };
  const auto normal = [&](double mean, double deviation) { set(GRADUS_NORMAL, mean, deviation); };
  const double in = static_cast<double>(init.fanIn), both = in + static_cast<double>(init.fanOut);
  switch (init.kind) {
  case InitialValues::Kind::zeros:
    break;
  case InitialValues::Kind::data:
    entry.init = GRADUS_DATA;
    break;
  case InitialValues::Kind::constant:
    entry.init = GRADUS_CONSTANT;
    entry.a = gradus_element(entry.dtype, init.a);
    break;
  case InitialValues::Kind::uniform:
    uniform(init.a, init.b);
    break;
  case InitialValues::Kind::normal:
    normal(init.a, init.b);
    break;
  case InitialValues::Kind::glorotUniform:
    uniform(-std::sqrt(6 / both), std::sqrt(6 / both));
    break;
  case InitialValues::Kind::glorotNormal:
    normal(0, std::sqrt(2 / both));
    break;
  case InitialValues::Kind::heUniform:
    uniform(-std::sqrt(6 / in), std::sqrt(6 / in));
    break;
  case InitialValues::Kind::heNormal:
    normal(0, std::sqrt(2 / in));
    break;
  }
  return entry;
}

NDArray initialValues(const StateRecord &record, uint64_t seed) {
  NDArray array = NDArray::zeros(record.shape, record.dtype);
  gradus_tensor entry = tensorEntry(record);
  entry.layout = GRADUS_ROW_MAJOR;
  if (entry.init != GRADUS_DATA)
    gradus_tensor_init(&entry, nullptr, static_cast<uint8_t *>(array.raw()), seed);
  return array;
}

static std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

State::State(const std::vector<StateRecord> &records, uint64_t seed,
             const std::map<std::string, NDArray> &data)
    : currentSeed(seed) {
  for (const StateRecord &record : records) {
    const auto found = data.find(record.name);
    add(record, found == data.end() ? nullptr : &found->second);
  }
}

void *State::add(const StateRecord &record, const NDArray *data) {
  if (const auto found = index.find(record.name); found != index.end()) {
    const StateRecord &have = found->second.record;
    auto describe = [](const StateRecord &r) {
      return std::string(nameOf(r.dtype)) + " " + toString(r.shape) + " " + r.layout.toString();
    };
    if (have.dtype != record.dtype || have.shape != record.shape || have.layout != record.layout)
      throw std::invalid_argument("state " + quoted(record.name) + ": expected " +
                                  describe(record) + ", found " + describe(have));
    return found->second.elements.get();
  }
  record.layout.check(record.shape);
  Entry entry;
  entry.record = record;
  if (record.init.kind == InitialValues::Kind::data) {
    if (!data)
      throw std::invalid_argument("state " + quoted(record.name) +
                                  ": its initial values were not given");
    if (data->dtype() != record.dtype || data->shape() != record.shape)
      throw std::invalid_argument("state " + quoted(record.name) + ": expected initial values " +
                                  std::string(nameOf(record.dtype)) + " " + toString(record.shape) +
                                  ", found " + data->describe());
    entry.initialData = data->copy();
  }
  int64_t bytes;
  if (__builtin_mul_overflow(elementCount(record.shape), sizeOf(record.dtype), &bytes))
    throw std::invalid_argument("state " + quoted(record.name) + " is too large");
  entry.elements = allocateAligned(bytes);
  initialise(entry);
  void *elements = entry.elements.get();
  order.push_back(record.name);
  index.emplace(record.name, std::move(entry));
  return elements;
}

void State::initialise(Entry &entry) {
  const gradus_tensor tensor = tensorEntry(entry.record);
  gradus_tensor_init(&tensor, static_cast<const uint8_t *>(entry.initialData.raw()),
                     static_cast<uint8_t *>(entry.elements.get()), currentSeed);
}

void State::initialise(uint64_t seed) {
  currentSeed = seed;
  for (auto &[name, entry] : index)
    initialise(entry);
}

State::Entry &State::entry(std::string_view name) {
  return const_cast<Entry &>(std::as_const(*this).entry(name));
}

const State::Entry &State::entry(std::string_view name) const {
  const auto found = index.find(name);
  if (found == index.end())
    throw std::invalid_argument("there is no state " + quoted(name));
  return found->second;
}

const StateRecord &State::record(std::string_view name) const { return entry(name).record; }

NDArray State::get(std::string_view name) const {
  const Entry &found = entry(name);
  NDArray values = NDArray::uninitialized(found.record.shape, found.record.dtype);
  unpackFrom(found.elements.get(), found.record.layout, values);
  return values;
}

void State::set(std::string_view name, const NDArray &values) {
  Entry &found = entry(name);
  if (values.dtype() != found.record.dtype || values.shape() != found.record.shape)
    throw std::invalid_argument("state " + quoted(name) + ": expected " +
                                std::string(nameOf(found.record.dtype)) + " " +
                                toString(found.record.shape) + ", found " + values.describe());
  packInto(values, found.record.layout, found.elements.get());
}

void *State::buffer(std::string_view name) { return entry(name).elements.get(); }

static int64_t bytesOf(const StateRecord &record) {
  return elementCount(record.shape) * sizeOf(record.dtype);
}

int64_t State::bytes() const {
  int64_t sum = 0;
  for (const auto &[name, entry] : index)
    sum += bytesOf(entry.record);
  return sum;
}

int64_t State::trainedBytes() const {
  int64_t sum = 0;
  for (const auto &[name, entry] : index)
    sum += entry.record.trained ? bytesOf(entry.record) : 0;
  return sum;
}

int64_t State::trainedCount() const {
  int64_t sum = 0;
  for (const auto &[name, entry] : index)
    sum += entry.record.trained ? elementCount(entry.record.shape) : 0;
  return sum;
}

} // namespace gradus
