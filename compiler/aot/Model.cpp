#include "compiler/aot/Model.h"

#include "runtime/abi/gradus_abi.h"
#include "runtime/checkpoint/Tensors.h"
#include "runtime/core/Json.h"
#include "runtime/core/Philox.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>

namespace gradus::ahead {

static const std::set<std::string> &keywords() {
  static const std::set<std::string> words = {
      "alignas",   "alignof",  "and",       "and_eq",   "asm",      "auto",     "bitand",   "bitor",
      "bool",      "break",    "case",      "catch",    "char",     "class",    "co_await", "co_return",
      "co_yield",  "compl",    "concept",   "const",    "const_cast", "consteval", "constexpr", "constinit",
      "continue",  "decltype", "default",   "delete",   "do",       "double",   "dynamic_cast", "else",
      "enum",      "explicit", "export",    "extern",   "false",    "float",    "for",      "friend",
      "goto",      "if",       "inline",    "int",      "long",     "mutable",  "namespace", "new",
      "noexcept",  "not",      "not_eq",    "nullptr",  "operator", "or",       "or_eq",    "private",
      "protected", "public",   "register",  "reinterpret_cast", "requires", "restrict", "return", "short",
      "signed",    "sizeof",   "static",    "static_assert", "static_cast", "struct", "switch", "template",
      "this",      "thread_local", "throw", "true",     "try",      "typedef",  "typeid",   "typename",
      "typeof",    "union",    "unsigned",  "using",    "virtual",  "void",     "volatile", "wchar_t",
      "while",     "xor",      "xor_eq",    "stamp",    "linux",    "unix"};
  return words;
}

bool isIdentifier(const std::string &name) {
  auto isLetter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; };
  if (name.empty() || !isLetter(name[0]) || keywords().count(name))
    return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return isLetter(c) || std::isdigit(static_cast<unsigned char>(c)); });
}

std::string identifier(const std::string &name) {
  std::string result;
  for (char c : name)
    result += static_cast<unsigned char>(c) < 128 && (std::isalnum(static_cast<unsigned char>(c)) || c == '_') ? c : '_';
  if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])))
    result = "t" + result;
  return keywords().count(result) ? result + "_" : result;
}

std::string upper(std::string text) {
  for (char &c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Names that become equal in C get a number.
template <class Items, class Field>
static std::string unusedName(std::string wanted, const Items &items, Field field) {
  std::string name = wanted;
  for (int n = 2; std::any_of(items.begin(), items.end(), [&](const auto &item) { return item.*field == name; }); ++n)
    name = wanted + "_" + std::to_string(n);
  return name;
}

// What NAME_ stands before in the header for other purposes.
static std::string notReserved(const std::string &constant) {
  static const std::set<std::string> words = {
      "OK", "NULL_POINTER", "MISALIGNED", "WRONG_STATE", "WRONG_SIZE", "BAD_FILE", "MISSING_TENSOR", "WRONG_TENSOR",
      "BAD_INDEX", "WRONG_VERSION", "NO_CPU", "ALIGNMENT", "ALIGNED", "ASSERT", "BATCH", "BATCH_MAX", "STATE_BYTES",
      "SAVED_BYTES", "ARENA_BYTES", "TENSORS", "H"};
  return words.count(constant) ? constant + "_" : constant;
}

static std::string describe(DType dtype, const Shape &shape) {
  return std::string(nameOf(dtype)) + " " + toString(shape);
}

static int64_t addPort(std::vector<Port> &ports, const PortRecord &record, const std::string &function) {
  auto found = std::find_if(ports.begin(), ports.end(), [&](const Port &port) { return port.record.name == record.name; });
  if (found == ports.end()) {
    ports.push_back({record, unusedName(identifier(record.name), ports, &Port::field),
                     std::vector<bool>(record.shape.size()), {function}});
    return static_cast<int64_t>(ports.size()) - 1;
  }
  if (found->record.dtype != record.dtype || found->record.shape.size() != record.shape.size())
    throw std::invalid_argument("\"" + record.name + "\" is " + describe(record.dtype, record.shape) + " in " +
                                function + " and " + describe(found->record.dtype, found->record.shape) + " in " +
                                found->users.front());
  for (size_t axis = 0; axis < record.shape.size(); ++axis)
    if (record.shape[axis] != found->record.shape[axis])
      found->batchAxes[axis] = true;
  found->users.push_back(function);
  return found - ports.begin();
}

static int64_t addTensor(std::vector<Tensor> &tensors, const StateRecord &record, const std::string &function) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const StateRecord &known = tensors[i].record;
    if (known.name != record.name)
      continue;
    if (known.dtype != record.dtype || known.shape != record.shape || known.layout != record.layout)
      throw std::invalid_argument("the state \"" + record.name + "\" is " +
                                  describe(record.dtype, record.shape) + " " + record.layout.toString() + " in " +
                                  function + " and " + describe(known.dtype, known.shape) + " " +
                                  known.layout.toString() + " before");
    return static_cast<int64_t>(i);
  }
  Tensor tensor;
  tensor.record = record;
  tensor.field = unusedName(identifier(record.name), tensors, &Tensor::field);
  tensor.constant = unusedName(notReserved(upper(tensor.field)), tensors, &Tensor::constant);
  if (__builtin_mul_overflow(elementCount(record.shape), sizeOf(record.dtype), &tensor.bytes))
    throw std::invalid_argument("the state \"" + record.name + "\" is too large");
  tensors.push_back(tensor);
  return static_cast<int64_t>(tensors.size()) - 1;
}

void Model::add(Entry entry) {
  for (const PortRecord &port : entry.descriptor.inputs)
    entry.inputs.push_back(addPort(inputs, port, entry.function));
  for (const PortRecord &port : entry.descriptor.outputs)
    entry.outputs.push_back(addPort(outputs, port, entry.function));
  for (const StateRecord &state : entry.descriptor.states)
    entry.states.push_back(addTensor(tensors, state, entry.function));
  arenaBytes = std::max(arenaBytes, entry.descriptor.info.arenaBytes);
  entries.push_back(std::move(entry));
}

// A safetensors file is the length of its header in 8 bytes, the header, the elements.
static std::string headerOfFile(const Model &model) {
  Json header;
  Json metadata;
  metadata.set("gradus_abi", std::to_string(GRADUS_ABI_VERSION)).set("gradus_model", model.name);
  header.set("__metadata__", metadata);
  for (const Tensor &tensor : model.tensors) {
    Json entry;
    entry.set("dtype", safetensorsName(tensor.record.dtype));
    entry.set("shape", tensor.record.shape.empty() ? Json::array() : Json::arrayOf(tensor.record.shape));
    entry.set("data_offsets", Json(Json::Array{tensor.file, tensor.file + tensor.bytes}));
    header.set(tensor.record.name, entry);
  }
  std::string text = header.dump();
  text.resize(static_cast<size_t>(alignUp(static_cast<int64_t>(text.size()) + 8, GRADUS_ALIGNMENT) - 8), ' ');
  return text;
}

void Model::finish() {
  // The widest elements first, so that every tensor of a saved file is aligned to its elements.
  int64_t file = 0;
  for (int64_t size : {8, 4, 1})
    for (Tensor &tensor : tensors)
      if (sizeOf(tensor.record.dtype) == size) {
        tensor.file = file;
        file += tensor.bytes;
      }
  stateBytes = hasState() ? GRADUS_ALIGNMENT : 0; // the stamp
  for (Tensor &tensor : tensors) {
    tensor.offset = stateBytes;
    stateBytes += alignUp(std::max(tensor.bytes, sizeOf(tensor.record.dtype)), GRADUS_ALIGNMENT); // C has no empty arrays
  }
  fileHeader = headerOfFile(*this);
  savedBytes = 8 + static_cast<int64_t>(fileHeader.size()) + file;
  std::string identity = name + ' ' + std::to_string(GRADUS_ABI_VERSION);
  for (const Tensor &tensor : tensors)
    identity += '\n' + tensor.record.name + ' ' + describe(tensor.record.dtype, tensor.record.shape) + ' ' +
                tensor.record.layout.toString();
  stamp = static_cast<int64_t>(hashName(identity) | 1); // never the zero of fresh memory
}

} // namespace gradus::ahead
