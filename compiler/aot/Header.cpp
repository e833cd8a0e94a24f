// The text of NAME.h. What it declares is defined by Entries.cpp.
#include "compiler/aot/Model.h"

#include "runtime/abi/gradus_abi.h"
#include "runtime/core/Json.h"

#include <algorithm>

namespace gradus::ahead {
namespace {

const char *cType(DType dtype) {
  switch (dtype) {
  case DType::f32:
    return "float";
  case DType::f64:
    return "double";
  case DType::i32:
    return "int32_t";
  case DType::i64:
    return "int64_t";
  case DType::boolean:
  case DType::u8:
    return "uint8_t";
  }
  return "";
}

/// Nothing that a name contains ends the comment that it stands in.
std::string inComment(std::string text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) < ' ' || (text[i] == '/' && i > 0 && text[i - 1] == '*') ||
        (text[i] == '*' && i > 0 && text[i - 1] == '/'))
      text[i] = '?';
  return text;
}

std::string shapeText(const Port &port) {
  std::string text = "[";
  for (size_t axis = 0; axis < port.record.shape.size(); ++axis)
    text += (axis ? ", " : "") + (port.batchAxes[axis] ? "batch" : std::to_string(port.record.shape[axis]));
  return text + "]";
}

std::string shapeText(const Shape &shape) {
  std::string text = "[";
  for (size_t axis = 0; axis < shape.size(); ++axis)
    text += (axis ? ", " : "") + std::to_string(shape[axis]);
  return text + "]";
}

std::string joined(const std::vector<std::string> &words, const std::string &by) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : by) + word;
  return text;
}

class Writer {
public:
  explicit Writer(const Model &model) : model(model), name(model.name), NAME(upper(model.name)) {}

  std::string write() {
    beginning();
    sizes();
    codes();
    ports("inputs", "What a call reads. The memory stays the caller's; a pointer needs the alignment of its type.",
          model.inputs, true);
    ports("outputs", "Where a call writes.", model.outputs, false);
    state();
    arena();
    if (model.threads)
      threads();
    functions();
    line("#ifdef __cplusplus\n}\n#endif\n\n#endif /* " + NAME + "_H */");
    return text;
  }

private:
  void line(const std::string &what = "") { text += what + "\n"; }
  void define(const std::string &what, int64_t value, const std::string &why) {
    std::string left = "#define " + NAME + "_" + what + " " + std::to_string(value);
    left.resize(std::max<size_t>(left.size(), 40), ' ');
    line(left + " /* " + why + " */");
  }

  void beginning() {
    line("/* " + name + ": a model compiled by Gradus " GRADUS_VERSION " for " + inComment(model.target) + ".");
    line(" *");
    const Entry &first = model.entries.front();
    std::string call = model.hasState() ? "&state, " : "";
    if (model.hasState()) {
      line(" *   static " + name + "_state state;");
    }
    if (model.arenaBytes)
      line(" *   static " + name + "_arena arena; // or any other memory of this type");
    if (model.hasState())
      line(" *   " + name + "_init(&state, 1);");
    line(" *   " + first.function + "(" + call + "&inputs, &outputs, " + (model.arenaBytes ? "&arena" : "NULL") +
         (model.threads ? ", NULL" : "") + ");");
    line(" *");
    line(" * Every function that can fail gives " + NAME + "_OK or another code, of which " + name + "_error says what it");
    line(" * means; then it has changed nothing. Nothing is allocated and nothing kept between calls but what the");
    line(" * caller passes: calls on different states and arenas may run at the same time. */");
    line("#ifndef " + NAME + "_H\n#define " + NAME + "_H\n");
    line("#include <stddef.h>\n#include <stdint.h>\n");
    line("#ifdef __cplusplus\nextern \"C\" {");
    line("#define " + NAME + "_ALIGNED alignas(" + std::to_string(GRADUS_ALIGNMENT) + ")");
    line("#define " + NAME + "_ASSERT static_assert");
    line("#else");
    line("#define " + NAME + "_ALIGNED _Alignas(" + std::to_string(GRADUS_ALIGNMENT) + ")");
    line("#define " + NAME + "_ASSERT _Static_assert");
    line("#endif\n");
  }

  void sizes() {
    define("ALIGNMENT", GRADUS_ALIGNMENT, "of a state and an arena, in bytes");
    std::vector<int64_t> batches;
    for (const Entry &entry : model.entries)
      if (entry.batch && std::find(batches.begin(), batches.end(), entry.batch) == batches.end())
        batches.push_back(entry.batch);
    if (batches.size() == 1)
      define("BATCH", batches[0], "samples of one call");
    else if (!batches.empty())
      define("BATCH_MAX", *std::max_element(batches.begin(), batches.end()), "samples of the largest call");
    if (model.hasState()) {
      define("STATE_BYTES", model.stateBytes, "sizeof(" + name + "_state)");
      define("SAVED_BYTES", model.savedBytes, "what " + name + "_save writes");
    }
    define("ARENA_BYTES", model.arenaBytes, model.arenaBytes ? "sizeof(" + name + "_arena), enough for every function"
                                                             : "no function needs an arena");
    line();
  }

  void codes() {
    line("/* What the functions return. */");
    line("enum {");
    struct Code {
      const char *name;
      int value;
      const char *why;
    };
    static constexpr Code known[] = {
        {"OK", GRADUS_OK, "done"},
        {"NULL_POINTER", GRADUS_NULL_POINTER, "a pointer that is needed is null"},
        {"MISALIGNED", GRADUS_MISALIGNED, "a state or arena is not aligned to 64 bytes, or elements not to their size"},
        {"WRONG_STATE", GRADUS_WRONG_STATE, "not a state of this model: neither initialised nor loaded"},
        {"WRONG_SIZE", GRADUS_WRONG_SIZE, "a buffer of another size than expected"},
        {"BAD_FILE", GRADUS_BAD_FILE, "not a safetensors file, or a damaged one"},
        {"MISSING_TENSOR", GRADUS_MISSING_TENSOR, "the file lacks a tensor of the model"},
        {"WRONG_TENSOR", GRADUS_WRONG_TENSOR, "a tensor of the file has another type or shape"},
        {"BAD_INDEX", GRADUS_BAD_INDEX, "there is no tensor of this number"},
        {"WRONG_VERSION", GRADUS_WRONG_VERSION, "the file was saved by another version"},
        {"NO_CPU", GRADUS_NO_CPU, "this processor lacks instructions that the code needs"}};
    for (const Code &code : known) {
      std::string left = "  " + NAME + "_" + code.name + " = " + std::to_string(code.value) + ",";
      left.resize(std::max<size_t>(left.size(), 28), ' ');
      line(left + " /* " + code.why + " */");
    }
    line("};\n");
  }

  void ports(const std::string &what, const std::string &why, const std::vector<Port> &list, bool reads) {
    line("/* " + why + " */");
    line("typedef struct " + name + "_" + what + " {");
    for (const Port &port : list) {
      std::string left = std::string("  ") + (reads ? "const " : "") + cType(port.record.dtype) + " *" + port.field + ";";
      left.resize(std::max<size_t>(left.size(), 28), ' ');
      std::string note = std::string(nameOf(port.record.dtype)) + " " + shapeText(port);
      if (port.field != port.record.name)
        note += ", \"" + inComment(port.record.name) + "\"";
      if (port.users.size() < model.entries.size())
        note += std::string("; only ") + joined(port.users, ", ") + (port.users.size() > 1 ? " need it" : " needs it");
      line(left + "/* " + note + " */");
    }
    if (list.empty())
      line("  void *nothing; /* the model has none */");
    line("} " + name + "_" + what + ";\n");
  }

  void state() {
    if (!model.hasState())
      return;
    line("/* What training changes" + std::string(model.entries.front().training ? "" : ", or loading sets") +
         ". Where a comment names a layout, read and write by " + name + "_get and " + name + "_set. */");
    line("typedef struct " + name + "_state {");
    line("  " + NAME + "_ALIGNED uint64_t stamp; /* says that this is a state of this model; set by " + name + "_init and " +
         name + "_load */");
    for (const Tensor &tensor : model.tensors) {
      const StateRecord &record = tensor.record;
      bool plain = record.layout.kind == Layout::Kind::rowMajor && !model.perLevel;
      std::string dims;
      if (plain && elementCount(record.shape) > 0)
        for (int64_t size : record.shape)
          dims += "[" + std::to_string(size) + "]";
      else
        dims = "[" + std::to_string(std::max<int64_t>(1, elementCount(record.shape))) + "]";
      std::string note = std::string(nameOf(record.dtype)) + " " + shapeText(record.shape);
      if (record.trained)
        note += ", trained";
      if (model.perLevel && record.shape.size() == 2)
        note += ", in a layout of the processor's";
      else if (!plain)
        note += ", in layout " + record.layout.toString();
      if (tensor.field != record.name)
        note += ", \"" + inComment(record.name) + "\"";
      line("  " + NAME + "_ALIGNED " + cType(record.dtype) + " " + tensor.field + dims + "; /* " + note + " */");
    }
    line("} " + name + "_state;");
    line(NAME + "_ASSERT(sizeof(" + name + "_state) == " + NAME + "_STATE_BYTES, \"another layout of structs\");\n");
    line("/* The tensors of a state, for " + name + "_get and " + name + "_set. */");
    line("enum {");
    for (size_t i = 0; i < model.tensors.size(); ++i)
      line("  " + NAME + "_" + model.tensors[i].constant + " = " + std::to_string(i) + ",");
    line("  " + NAME + "_TENSORS = " + std::to_string(model.tensors.size()));
    line("};\n");
  }

  void arena() {
    line("/* Memory that a call works in. Its content means nothing between calls. */");
    if (model.arenaBytes)
      line("typedef struct " + name + "_arena {\n  " + NAME + "_ALIGNED unsigned char bytes[" + NAME + "_ARENA_BYTES];\n} " +
           name + "_arena;\n");
    else
      line("typedef struct " + name + "_arena " + name + "_arena;\n");
  }

  void threads() {
    line("/* Threads of the caller's choice. parallel_for splits [0, tiles) into ranges, calls work(context, begin, end)\n"
         " * once for each, on as many threads as it likes, and returns when all are done. Of `count` threads, number t\n"
         " * had best take [tiles * t / count, tiles * (t + 1) / count). The numbers are the same however it is split. */\n"
         "#ifndef GRADUS_THREADS\n"
         "#define GRADUS_THREADS\n"
         "typedef void (*gradus_tile_fn)(void *context, int64_t begin, int64_t end);\n"
         "typedef struct gradus_threads {\n"
         "  void *self;\n"
         "  int32_t count;\n"
         "  void (*parallel_for)(void *self, gradus_tile_fn work, void *context, int64_t tiles);\n"
         "} gradus_threads;\n"
         "#endif\n");
  }

  void functions() {
    if (model.hasState()) {
      line("/* The first values, drawn by `seed`: the same on every machine. */");
      line("int32_t " + name + "_init(" + name + "_state *state, uint64_t seed);\n");
    }
    for (const Entry &entry : model.entries) {
      line("/* " + std::string(entry.training ? "One training step: forward, backward, update"
                                              : "One inference") +
           (entry.batch ? ", of " + std::to_string(entry.batch) + " samples" : "") + "." +
           (entry.training || !model.hasState() ? "" : " The state stays as it is.") +
           (model.threads ? " `threads` may be null." : "") + " */");
      std::string parameters;
      if (model.hasState())
        parameters = (entry.training ? "" : "const ") + name + "_state *state, ";
      line("int32_t " + entry.function + "(" + parameters + "const " + name + "_inputs *inputs, const " + name +
           "_outputs *outputs,\n    " + name + "_arena *arena" + (model.threads ? ", const gradus_threads *threads" : "") +
           ");\n");
    }
    if (model.hasState()) {
      line("/* The state as a safetensors file, in a buffer of at least " + NAME + "_SAVED_BYTES bytes. */");
      line("int32_t " + name + "_save(const " + name + "_state *state, void *buffer, size_t bytes);");
      line("/* Takes the tensors of a safetensors file, found by their names; others in it are not looked at. */");
      line("int32_t " + name + "_load(" + name + "_state *state, const void *buffer, size_t bytes);");
      line("/* All elements of one tensor, row-major; `bytes` is what they take. */");
      line("int32_t " + name + "_get(const " + name + "_state *state, int32_t tensor, void *values, size_t bytes);");
      line("int32_t " + name + "_set(" + name + "_state *state, int32_t tensor, const void *values, size_t bytes);\n");
    }
    line("/* What a code means, in English. Never null. */");
    line("const char *" + name + "_error(int32_t code);");
    line("/* The model as JSON: ports, states, sizes, target, version. */");
    line("const char *" + name + "_description(void);\n");
    if (model.perLevel)
      return;
    line("/* The same programs for hosts that speak the ABI of Gradus's runtime (gradus::Program, gradus_abi.h). */");
    line("struct gradus_call;");
    for (const Entry &entry : model.entries)
      line("int32_t " + entry.program + "_step(const struct gradus_call *call);\nextern const char " + entry.program +
           "_descriptor[];");
    line();
  }

  const Model &model;
  std::string name, NAME, text;
};

Json portJson(const Port &port) {
  Json shape = Json::array();
  for (size_t axis = 0; axis < port.record.shape.size(); ++axis)
    shape.push(port.batchAxes[axis] ? Json("batch") : Json(port.record.shape[axis]));
  return Json().set("name", port.record.name).set("field", port.field).set("dtype", nameOf(port.record.dtype)).set("shape", shape);
}

Json fieldsOf(const std::vector<int64_t> &positions, const std::vector<Port> &ports) {
  Json list = Json::array();
  for (int64_t position : positions)
    list.push(ports[static_cast<size_t>(position)].record.name);
  return list;
}

} // namespace

std::string writeHeader(const Model &model) { return Writer(model).write(); }

std::string writeDescription(const Model &model) {
  Json json;
  json.set("abi", GRADUS_ABI_VERSION).set("gradus", GRADUS_VERSION).set("name", model.name);
  json.set("target", model.target).set("threads", model.threads);
  json.set("state_bytes", model.stateBytes).set("arena_bytes", model.arenaBytes).set("saved_bytes", model.hasState() ? model.savedBytes : 0);
  Json inputs = Json::array(), outputs = Json::array(), states = Json::array(), functions = Json::array();
  for (const Port &port : model.inputs)
    inputs.push(portJson(port));
  for (const Port &port : model.outputs)
    outputs.push(portJson(port));
  for (const Tensor &tensor : model.tensors) {
    const StateRecord &record = tensor.record;
    Json state;
    state.set("name", record.name).set("field", tensor.field).set("dtype", nameOf(record.dtype));
    state.set("shape", record.shape.empty() ? Json::array() : Json::arrayOf(record.shape));
    state.set("trained", record.trained).set("offset", tensor.offset);
    if (!model.perLevel)
      state.set("layout", record.layout.toJson());
    states.push(state.set("init", record.init.toJson()));
  }
  for (const Entry &entry : model.entries) {
    Json function;
    function.set("name", entry.function).set("training", entry.training).set("batch", entry.batch);
    function.set("inputs", fieldsOf(entry.inputs, model.inputs)).set("outputs", fieldsOf(entry.outputs, model.outputs));
    function.set("kernels", entry.descriptor.info.kernels).set("flops", entry.descriptor.info.flops).set("bytes", entry.bytes);
    functions.push(function.set("arena_bytes", entry.descriptor.info.arenaBytes));
  }
  json.set("inputs", inputs).set("outputs", outputs).set("states", states).set("functions", functions);
  return json.dump(1);
}

} // namespace gradus::ahead
