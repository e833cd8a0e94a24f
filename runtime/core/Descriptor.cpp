#include "runtime/core/Descriptor.h"

#include "runtime/abi/gradus_abi.h"
#include "runtime/core/Json.h"

#include <stdexcept>

namespace gradus {

namespace {

Shape parseShape(const Json &json) {
  Shape shape;
  for (const Json &size : json.asArray())
    shape.push_back(size.asInt());
  elementCount(shape); // throws for sizes that no array has
  return shape;
}

DType parseDType(const Json &json) {
  if (auto type = dtypeNamed(json.asString()))
    return *type;
  throw std::invalid_argument("unknown element type " + quoteJson(json.asString()));
}

PortRecord parsePort(const Json &json) {
  return {json.at("name").asString(), parseDType(json.at("dtype")), parseShape(json.at("shape"))};
}

StateRecord parseState(const Json &json) {
  StateRecord record;
  record.name = json.at("name").asString();
  record.dtype = parseDType(json.at("dtype"));
  record.shape = parseShape(json.at("shape"));
  if (const Json *layout = json.find("layout"))
    record.layout = Layout::fromJson(*layout);
  record.layout.check(record.shape);
  if (const Json *trained = json.find("trained"))
    record.trained = trained->asBool();
  if (const Json *init = json.find("init"))
    record.init = InitialValues::fromJson(*init);
  return record;
}

int64_t optionalInt(const Json &json, std::string_view key) {
  const Json *value = json.find(key);
  if (!value)
    return 0;
  if (value->asInt() < 0)
    throw std::invalid_argument("\"" + std::string(key) + "\" is negative");
  return value->asInt();
}

std::string optionalText(const Json &json, std::string_view key) {
  const Json *value = json.find(key);
  return value ? value->asString() : std::string();
}

} // namespace

Descriptor parseDescriptor(const std::string &text) {
  const Result<Json> parsed = parseJson(text);
  if (!parsed)
    throw std::invalid_argument("program descriptor: " + parsed.message());
  try {
    const Json &json = *parsed;
    Descriptor result;
    if (const int64_t version = json.at("abi").asInt(); version != GRADUS_ABI_VERSION)
      throw std::invalid_argument("expected version " + std::to_string(GRADUS_ABI_VERSION) +
                                  " of the ABI, found " + std::to_string(version));
    ProgramInfo &info = result.info;
    info.name = json.at("name").asString();
    info.target = optionalText(json, "target");
    info.features = optionalText(json, "features");
    info.arenaBytes = optionalInt(json, "arena_bytes");
    info.arenaLowerBoundBytes = optionalInt(json, "arena_lower_bound_bytes");
    info.kernels = optionalInt(json, "kernels");
    info.flops = optionalInt(json, "flops");
    for (const Json &port : json.at("inputs").asArray())
      result.inputs.push_back(parsePort(port));
    for (const Json &port : json.at("outputs").asArray())
      result.outputs.push_back(parsePort(port));
    for (const Json &state : json.at("states").asArray())
      result.states.push_back(parseState(state));
    return result;
  } catch (const std::invalid_argument &problem) {
    throw std::invalid_argument(std::string("program descriptor: ") + problem.what());
  }
}

} // namespace gradus
