#include "compiler/aot/Entries.h"

#include "compiler/codegen/CompileError.h"
#include "runtime/abi/gradus_abi.h"
#include "runtime/abi/gradus_library.h"
#include "runtime/core/Json.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/Parser/Parser.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;

namespace gradus::ahead {
namespace {

// --- the float mode of a thread ----------------------------------------------------------------

// Statements that read the mode's register into %was and set the bits of flushing there, and such that write %was back;
// on x86 through %slot, an i32 in memory.
struct FloatModeText {
  std::string type, slot, set, restore;
};

FloatModeText floatModeText(const compiler::Target &target) {
  llvm::Triple triple(target.triple);
  if (triple.isX86()) // MXCSR: flush to zero (bit 15), denormals are zero (bit 6)
    return {"i32",
            "  %one = llvm.mlir.constant(1 : i32) : i32\n  %slot = llvm.alloca %one x i32 : (i32) -> !llvm.ptr\n",
            "  llvm.call_intrinsic \"llvm.x86.sse.stmxcsr\"(%slot) : (!llvm.ptr) -> ()\n"
            "  %was = llvm.load %slot : !llvm.ptr -> i32\n"
            "  %bits = llvm.mlir.constant(32832 : i32) : i32\n  %now = llvm.or %was, %bits : i32\n"
            "  llvm.store %now, %slot : i32, !llvm.ptr\n"
            "  llvm.call_intrinsic \"llvm.x86.sse.ldmxcsr\"(%slot) : (!llvm.ptr) -> ()\n",
            "  llvm.store %was, %slot : i32, !llvm.ptr\n"
            "  llvm.call_intrinsic \"llvm.x86.sse.ldmxcsr\"(%slot) : (!llvm.ptr) -> ()\n"};
  // FZ, bit 24, of FPCR or FPSCR.
  bool wide = triple.isAArch64();
  std::string type = wide ? "i64" : "i32";
  std::string write = std::string("  llvm.inline_asm has_side_effects \"") + (wide ? "msr fpcr" : "vmsr fpscr") + ", $0\", \"r\" %";
  return {type, "",
          std::string("  %was = llvm.inline_asm has_side_effects \"") + (wide ? "mrs $0, fpcr" : "vmrs $0, fpscr") +
              "\", \"=r\" : () -> " + type + "\n  %bits = llvm.mlir.constant(16777216 : " + type + ") : " + type +
              "\n  %now = llvm.or %was, %bits : " + type + "\n" + write + "now : (" + type + ") -> ()\n",
          write + "was : (" + type + ") -> ()\n"};
}

// The same as functions, for work on threads of the caller's.
std::string floatModeFunctions(const compiler::Target &target, const FloatModeNames &names) {
  FloatModeText mode = floatModeText(target);
  bool wide = mode.type == "i64";
  return "llvm.func internal @" + names.enter + "() -> i64 {\n" + mode.slot + mode.set +
         (wide ? "  llvm.return %was : i64\n}\n" : "  %old = llvm.zext %was : i32 to i64\n  llvm.return %old : i64\n}\n") +
         "llvm.func internal @" + names.leave + "(%" + (wide ? "was" : "old") + ": i64) {\n" + mode.slot +
         (wide ? "" : "  %was = llvm.trunc %old : i64 to i32\n") + mode.restore + "  llvm.return\n}\n";
}

// --- functions ---------------------------------------------------------------------------------

// The functions are short and all of one kind, so they are written as text. Every function that returns an i32 says
// signext: some calling conventions ask for it.
class Text {
public:
  Text(const Model &model, const compiler::Target &target, const EntryOptions &options)
      : model(model), options(options), mode(floatModeOf(target, options).enter.empty() ? FloatModeText{} : floatModeText(target)),
        size(llvm::Triple(target.triple).isArch32Bit() ? "i32" : "i64") {}

  std::string write() {
    if (model.hasState())
      state();
    text += "llvm.func @gradus_check_call(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32\n";
    for (const Entry &entry : model.entries)
      run(entry);
    error();
    description();
    return text;
  }

private:
  static constexpr const char *code = " -> (i32 {llvm.signext})";

  // Unless something else than f32 is drawn, there is a form without double arithmetic, which some processors lack.
  std::string initName() const {
    for (const Tensor &tensor : model.tensors) {
      int64_t init = tensorEntry(tensor.record).init;
      if (tensor.record.dtype != DType::f32 && tensor.data < 0 && (init == GRADUS_UNIFORM || init == GRADUS_NORMAL))
        return "gradus_state_init";
    }
    return "gradus_state_init_single";
  }

  std::string address(const std::string &local, const std::string &global) const {
    return "  %" + local + " = llvm.mlir.addressof @" + options.prefix + "_" + global + " : !llvm.ptr\n";
  }
  std::string begin(const std::string &function, const std::string &parameters, const std::string &result = code) const {
    return "llvm.func @" + options.prefix + "_" + function + "(" + parameters + ")" + result + " {\n";
  }

  // A function that hands its parameters, and tables of the model, on to a function of the library, which is declared, too.
  // What is called bytes or which there is 64 bits wide.
  void forward(const std::string &verb, const std::string &parameters, const std::string &callee,
               const std::vector<std::string> &arguments) {
    std::string statements, values, types;
    for (const std::string &argument : arguments) {
      bool isTable = argument != "state" && parameters.find("%" + argument + ":") == std::string::npos;
      if (argument == "bytes")
        statements += size == "i64" ? "  %zero = llvm.mlir.constant(0 : i64) : i64\n  %bytes = llvm.add %size, %zero : i64\n"
                                    : "  %bytes = llvm.zext %size : i32 to i64\n";
      else if (argument == "which")
        statements += "  %which = llvm.sext %tensor : i32 to i64\n";
      else if (isTable)
        statements += address(argument, argument);
      bool isNumber = argument == "bytes" || argument == "which" || argument == "seed";
      std::string comma = values.empty() ? "" : ", ";
      values += comma + "%" + argument;
      types += comma + (isNumber ? "i64" : "!llvm.ptr");
    }
    text += "llvm.func @" + callee + "(" + types + ") -> i32\n" + begin(verb, parameters) + statements + "  %code = llvm.call @" +
            callee + "(" + values + ") : (" + types + ") -> i32\n  llvm.return %code : i32\n}\n";
  }

  void state() {
    std::string buffer = "%state: !llvm.ptr, %buffer: !llvm.ptr, %size: " + size;
    std::string tensor = "%state: !llvm.ptr, %tensor: i32, %values: !llvm.ptr, %size: " + size;
    forward("init", "%state: !llvm.ptr, %seed: i64", initName(), {"model", "tensors", "values", "state", "seed"});
    forward("save", buffer, "gradus_state_save", {"model", "tensors", "header", "state", "buffer", "bytes"});
    forward("load", buffer, "gradus_state_load", {"model", "tensors", "names", "state", "buffer", "bytes"});
    forward("get", tensor, "gradus_state_get", {"model", "tensors", "state", "which", "values", "bytes"});
    forward("set", tensor, "gradus_state_set", {"model", "tensors", "state", "which", "values", "bytes"});
  }

  // Checks and gathers all pointers, then runs the program. A small model's step takes some 20 ns, so this is written
  // out; what exactly is wrong, the library finds.
  void run(const Entry &entry) {
    std::string parameters = model.hasState() ? "%state: !llvm.ptr, " : "";
    parameters += "%inputs: !llvm.ptr, %outputs: !llvm.ptr, %arena: !llvm.ptr";
    if (model.threads)
      parameters += ", %threads: !llvm.ptr";
    std::string stem = entry.program.substr(model.name.size() + 1);
    text += begin(entry.function.substr(model.name.size() + 1), parameters) + "  %ok = llvm.mlir.constant(0 : i32) : i32\n" +
            "  %null = llvm.mlir.zero : !llvm.ptr\n" + (model.hasState() ? "" : address("state", "weights")) +
            (model.threads ? "" : "  %threads = llvm.mlir.zero : !llvm.ptr\n") + mode.slot + "  %count = llvm.mlir.constant(" +
            std::to_string(std::max<size_t>(1, entry.inputs.size() + entry.outputs.size() + entry.states.size())) +
            " : i32) : i32\n  %table = llvm.alloca %count x !llvm.ptr : (i32) -> !llvm.ptr\n";
    Check check(text, size);
    if (model.hasState())
      check.pointer("%state", GRADUS_ALIGNMENT);
    if (entry.descriptor.info.arenaBytes)
      check.pointer("%arena", GRADUS_ALIGNMENT);
    if (!entry.inputs.empty())
      check.pointer("%inputs", 1);
    if (!entry.outputs.empty())
      check.pointer("%outputs", 1);
    check.branch("^look");
    if (model.hasState())
      check.stamp(model.stamp);
    std::vector<std::string> pointers;
    auto load = [&](const std::string &from, int64_t position, const std::vector<Port> &ports) {
      std::string value = "%p" + std::to_string(pointers.size());
      text += "  " + value + "at = llvm.getelementptr " + from + "[" + std::to_string(position) +
              "] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr\n  " + value + " = llvm.load " + value + "at : !llvm.ptr -> !llvm.ptr\n";
      check.pointer(value, sizeOf(ports[static_cast<size_t>(position)].record.dtype));
      pointers.push_back(value);
    };
    for (int64_t position : entry.inputs)
      load("%inputs", position, model.inputs);
    for (int64_t position : entry.outputs)
      load("%outputs", position, model.outputs);
    check.branch("^work");
    for (int64_t position : entry.states) {
      std::string value = "%p" + std::to_string(pointers.size());
      text += "  " + value + "at = llvm.mlir.constant(" + std::to_string(model.tensors[static_cast<size_t>(position)].offset) +
              " : i64) : i64\n  " + value + " = llvm.getelementptr %state[" + value + "at] : (!llvm.ptr, i64) -> !llvm.ptr, i8\n";
      pointers.push_back(value);
    }
    for (size_t i = 0; i < pointers.size(); ++i)
      text += "  " + slot("%t" + std::to_string(i), i) + "  llvm.store " + pointers[i] + ", %t" + std::to_string(i) +
              " : !llvm.ptr, !llvm.ptr\n";
    text += "  " + slot("%results", entry.inputs.size()) + "  " + slot("%states", entry.inputs.size() + entry.outputs.size());
    text += mode.set + "  func.call @" + options.prefix + "_" + stem + "_body(%table, %states, %results, %arena, %threads) : (!llvm.ptr, "
            "!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()\n" + mode.restore + "  llvm.return %ok : i32\n^refuse:\n" + address("model", "model") + address("entry", stem + "_table") +
            "  %code = llvm.call @gradus_check_call(%model, %entry, %state, %inputs, %outputs, %arena) : (!llvm.ptr, !llvm.ptr, "
            "!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32\n  llvm.return %code : i32\n}\n";
  }

  static std::string slot(const std::string &value, size_t i) {
    return value + " = llvm.getelementptr %table[" + std::to_string(i) + "] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr\n";
  }

  // Conditions gathered in one bit: whether any pointer is null, misaligned, or a state is no state of the model.
  class Check {
  public:
    Check(std::string &text, const std::string &size) : text(text), size(size) {}

    void pointer(const std::string &value, int64_t alignment) {
      bad("icmp \"eq\" " + value + ", %null : !llvm.ptr");
      if (alignment == 1)
        return;
      std::string n = std::to_string(count++);
      text += "  %bits" + n + " = llvm.ptrtoint " + value + " : !llvm.ptr to " + size + "\n  %mask" + n +
              " = llvm.mlir.constant(" + std::to_string(alignment - 1) + " : " + size + ") : " + size + "\n  %low" + n +
              " = llvm.and %bits" + n + ", %mask" + n + " : " + size + "\n  %zero" + n + " = llvm.mlir.constant(0 : " + size +
              ") : " + size + "\n";
      bad("icmp \"ne\" %low" + n + ", %zero" + n + " : " + size);
    }
    void stamp(int64_t expected) {
      text += "  %stamp = llvm.load %state : !llvm.ptr -> i64\n  %expected = llvm.mlir.constant(" + std::to_string(expected) +
              " : i64) : i64\n";
      bad("icmp \"ne\" %stamp, %expected : i64");
    }
    void branch(const std::string &where) {
      text += any.empty() ? "  llvm.br " + where + "\n" : "  llvm.cond_br " + any + ", ^refuse, " + where + "\n";
      text += where + ":\n";
      any.clear();
    }

  private:
    void bad(const std::string &condition) {
      std::string n = std::to_string(count++), value = "%bad" + n;
      text += "  " + value + " = llvm." + condition + "\n";
      if (!any.empty()) {
        text += "  %any" + n + " = llvm.or " + any + ", " + value + " : i1\n";
        value = "%any" + n;
      }
      any = value;
    }

    std::string &text;
    const std::string &size;
    std::string any;
    int count = 0;
  };

  void error() {
    text += "llvm.func @gradus_error_text(i32) -> !llvm.ptr\n" + begin("error", "%code: i32", " -> !llvm.ptr") +
            "  %text = llvm.call @gradus_error_text(%code) : (i32) -> !llvm.ptr\n  llvm.return %text : !llvm.ptr\n}\n";
  }
  void description() {
    text += begin("description", "", " -> !llvm.ptr") + address("text", "json") + "  llvm.return %text : !llvm.ptr\n}\n";
  }

  const Model &model;
  const EntryOptions &options;
  FloatModeText mode; ///< empty: stays as it is
  std::string size; ///< size_t
  std::string text;
};

// --- tables ------------------------------------------------------------------------------------

class Tables {
public:
  Tables(ModuleOp module, const std::string &prefix) : b(module.getContext()), module(module), prefix(prefix) {}

  void add(const Model &model) {
    b.setInsertionPointToEnd(module.getBody());
    numbers("model", {model.stamp, model.stateBytes, static_cast<int64_t>(model.tensors.size()),
                      static_cast<int64_t>(model.fileHeader.size()), model.savedBytes});
    std::string names;
    std::vector<int64_t> tensors;
    for (const Tensor &tensor : model.tensors)
      append(tensors, tensor, names);
    numbers("tensors", tensors);
    if (model.hasState()) {
      bytes("names", names);
      bytes("header", model.fileHeader);
      bytes("values", model.values);
    } else {
      bytes("weights", model.values);
    }
    for (const Entry &entry : model.entries)
      numbers(entry.program.substr(model.name.size() + 1) + "_table", tableOf(entry, model));
    bytes("json", writeDescription(model) + '\0');
  }

private:
  static void append(std::vector<int64_t> &table, const Tensor &tensor, std::string &names) {
    const StateRecord &record = tensor.record;
    gradus_tensor known = tensorEntry(record);
    int64_t name = static_cast<int64_t>(names.size());
    std::string quoted = quoteJson(record.name);
    names += quoted.substr(1, quoted.size() - 2) + '\0';
    int64_t shape = static_cast<int64_t>(names.size());
    names += '[';
    for (size_t axis = 0; axis < record.shape.size(); ++axis)
      names += (axis ? "," : "") + std::to_string(record.shape[axis]);
    names += std::string("]") + '\0';
    bool given = tensor.data >= 0;
    for (int64_t word : {tensor.offset, tensor.file, known.dtype, known.rows, known.cols, known.layout, known.panel,
                         given ? int64_t{GRADUS_DATA} : known.init, known.a, known.b, known.stream,
                         given ? tensor.data : 0, name, shape})
      table.push_back(word);
  }

  // As gradus_check_call reads it.
  static std::vector<int64_t> tableOf(const Entry &entry, const Model &model) {
    std::vector<int64_t> table = {static_cast<int64_t>(entry.inputs.size()), static_cast<int64_t>(entry.outputs.size()),
                                  model.hasState(), entry.descriptor.info.arenaBytes};
    auto port = [&](int64_t position, const std::vector<Port> &ports) {
      table.push_back(position);
      table.push_back(sizeOf(ports[static_cast<size_t>(position)].record.dtype));
    };
    for (int64_t position : entry.inputs)
      port(position, model.inputs);
    for (int64_t position : entry.outputs)
      port(position, model.outputs);
    return table;
  }

  void numbers(const std::string &symbol, std::vector<int64_t> values) {
    if (values.empty())
      values.push_back(0);
    auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI64Type());
    global(symbol, DenseElementsAttr::get(type, ArrayRef(values)), b.getI64Type(), values.size(), 8);
  }
  void bytes(const std::string &symbol, std::string values) {
    if (values.empty())
      values.push_back(0);
    global(symbol, b.getStringAttr(values), b.getI8Type(), values.size(), GRADUS_ALIGNMENT);
  }
  void global(const std::string &symbol, Attribute value, Type element, size_t count, unsigned alignment) {
    b.create<LLVM::GlobalOp>(b.getUnknownLoc(), LLVM::LLVMArrayType::get(element, count), true, LLVM::Linkage::Private,
                             prefix + "_" + symbol, value, alignment);
  }

  OpBuilder b;
  ModuleOp module;
  std::string prefix;
};

// Ops of a text, appended; declarations of what is there already are left out.
void appendText(ModuleOp module, const std::string &text) {
  auto parsed = parseSourceString<ModuleOp>(text, ParserConfig(module.getContext(), /*verifyAfterParse=*/false));
  if (!parsed)
    throw compiler::CompileError("aot: the entries cannot be parsed:\n" + text);
  parsed->walk([&](Operation *op) { op->setLoc(module.getLoc()); }); // not a line of the text above
  for (Operation &op : llvm::make_early_inc_range(parsed->getBody()->getOperations()))
    op.moveBefore(module.getBody(), module.getBody()->end());
}

} // namespace

FloatModeNames floatModeOf(const compiler::Target &target, const EntryOptions &options) {
  llvm::Triple triple(target.triple);
  if (!options.flush || !(triple.isX86() || triple.isAArch64() || triple.isARM() || triple.isThumb()))
    return {};
  return {options.prefix + "_flush_subnormals", options.prefix + "_restore_subnormals"};
}

void addEntries(ModuleOp programs, const Model &model, const compiler::Target &target, const EntryOptions &options) {
  FloatModeNames mode = floatModeOf(target, options);
  if (!mode.enter.empty() && model.threads)
    appendText(programs, floatModeFunctions(target, mode));
  appendText(programs, Text(model, target, options).write());
  Tables(programs, options.prefix).add(model);
}

// Asking the processor takes long (in a virtual machine, very), so one word remembers the answer; whoever asks first
// writes it, and whoever else asks at the same time writes the same.
OwningOpRef<ModuleOp> dispatchers(MLIRContext *context, const Model &model, const std::vector<std::string> &prefixes,
                                  const std::vector<int> &levels) {
  context->loadDialect<LLVM::LLVMDialect>();
  std::string text = "llvm.func @gradus_cpu_level() -> i32\n"
                     "llvm.func @gradus_error_text(i32) -> !llvm.ptr\n"
                     "llvm.mlir.global internal @" + model.name + "_level(0 : i32) {alignment = 4 : i64} : i32\n"
                     "llvm.func internal @" + model.name + "_processor() -> i32 {\n"
                     "  %word = llvm.mlir.addressof @" + model.name + "_level : !llvm.ptr\n"
                     "  %known = llvm.load %word atomic monotonic {alignment = 4 : i64} : !llvm.ptr -> i32\n"
                     "  %zero = llvm.mlir.constant(0 : i32) : i32\n"
                     "  %isKnown = llvm.icmp \"ne\" %known, %zero : i32\n"
                     "  llvm.cond_br %isKnown, ^done, ^ask\n^done:\n  llvm.return %known : i32\n^ask:\n"
                     "  %level = llvm.call @gradus_cpu_level() : () -> i32\n"
                     "  llvm.store %level, %word atomic monotonic {alignment = 4 : i64} : i32, !llvm.ptr\n"
                     "  llvm.return %level : i32\n}\n";
  // Each as (verb, types of its parameters, whether it gives a code).
  struct Function {
    std::string verb;
    std::vector<std::string> types;
    bool code = true;
  };
  std::vector<Function> functions;
  std::string pointer = "!llvm.ptr";
  if (model.hasState()) {
    functions.push_back({"init", {pointer, "i64"}});
    for (const char *verb : {"save", "load"})
      functions.push_back({verb, {pointer, pointer, "i64"}});
    for (const char *verb : {"get", "set"})
      functions.push_back({verb, {pointer, "i32", pointer, "i64"}});
  }
  for (const Entry &entry : model.entries)
    functions.push_back({entry.function.substr(model.name.size() + 1),
                         std::vector<std::string>(3 + model.hasState() + model.threads, pointer)});
  functions.push_back({"description", {}, false});
  for (const Function &function : functions) {
    std::string parameters, values, types, result = function.code ? "i32" : pointer;
    for (size_t i = 0; i < function.types.size(); ++i) {
      std::string value = "%a" + std::to_string(i), comma = i ? ", " : "";
      parameters += comma + value + ": " + function.types[i];
      values += comma + value;
      types += comma + function.types[i];
    }
    for (const std::string &prefix : prefixes)
      text += "llvm.func @" + prefix + "_" + function.verb + "(" + types + ") -> " + result + "\n";
    text += "llvm.func @" + model.name + "_" + function.verb + "(" + parameters + ") -> " + result + " {\n"
            "  %level = llvm.call @" + model.name + "_processor() : () -> i32\n";
    for (size_t i = prefixes.size(); i-- > 0;) {
      std::string n = std::to_string(i);
      text += "  %least" + n + " = llvm.mlir.constant(" + std::to_string(levels[i]) + " : i32) : i32\n"
              "  %has" + n + " = llvm.icmp \"sge\" %level, %least" + n + " : i32\n"
              "  llvm.cond_br %has" + n + ", ^call" + n + ", ^below" + n + "\n^call" + n + ":\n"
              "  %r" + n + " = llvm.call @" + prefixes[i] + "_" + function.verb + "(" + values + ") : (" + types + ") -> " + result + "\n"
              "  llvm.return %r" + n + " : " + result + "\n^below" + n + ":\n";
    }
    if (function.code)
      text += "  %none = llvm.mlir.constant(" + std::to_string(GRADUS_NO_CPU) + " : i32) : i32\n  llvm.return %none : i32\n}\n";
    else // any level describes the model
      text += "  %any = llvm.call @" + prefixes[0] + "_" + function.verb + "() : () -> !llvm.ptr\n  llvm.return %any : !llvm.ptr\n}\n";
  }
  text += "llvm.func @" + model.name + "_error(%code: i32) -> !llvm.ptr {\n"
          "  %text = llvm.call @gradus_error_text(%code) : (i32) -> !llvm.ptr\n  llvm.return %text : !llvm.ptr\n}\n";
  OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(context)));
  appendText(*module, text);
  return module;
}

} // namespace gradus::ahead
