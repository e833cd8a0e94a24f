#include "runtime/core/Program.h"

#include "runtime/core/Descriptor.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace gradus {

namespace {

int64_t bytesOf(const PortRecord &port) { return elementCount(port.shape) * sizeOf(port.dtype); }

/// The host's threads, made to run every piece of work in the caller's float mode, as Threads does
/// by itself.
struct GuardedHost {
  const gradus_threads *host = nullptr;
  gradus_threads abi{};

  void wrap(const gradus_threads *threads) {
    host = threads;
    abi.self = this;
    abi.count = threads->count;
    abi.parallel_for = [](void *self, gradus_tile_fn fn, void *context, int64_t tiles) {
      const gradus_threads *host = static_cast<GuardedHost *>(self)->host;
      Piece piece{fn, context, FloatMode::current()};
      host->parallel_for(host->self, &Piece::call, &piece, tiles);
    };
  }

private:
  struct Piece {
    gradus_tile_fn fn;
    void *context;
    Subnormals mode;
    static void call(void *self, int64_t begin, int64_t end) {
      const Piece &piece = *static_cast<const Piece *>(self);
      FloatMode guard(piece.mode);
      piece.fn(piece.context, begin, end);
    }
  };
};

constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

} // namespace

struct Program::Impl {
  // What a step touches, first.
  gradus_step_fn stepFn = nullptr;
  gradus_call call{};
  int64_t unbound = 0; // inputs that are not bound yet
  Subnormals subnormals = Subnormals::flush;
  bool sequences = false; // whether any input or output is bound as a sequence
  gradus_loop_fn loopFn = nullptr;

  ProgramParts parts;
  Descriptor descriptor;
  std::shared_ptr<State> state;
  std::shared_ptr<Threads> threads;
  GuardedHost host;
  std::shared_ptr<void> arena;

  std::vector<void *> inputs, states, outputs;
  std::vector<std::shared_ptr<void>> inputOwners, outputOwners, ownOutputs;
  std::vector<int64_t> inputStrides, outputStrides; // bytes from step to step; 0: stays
  std::vector<int64_t> inputSteps, outputSteps; // steps that are there; kUnlimited where it stays
  std::vector<int64_t> zeroStrides;
  std::map<int64_t, Program> variants;

  explicit Impl(ProgramParts given);
  void useThreads(std::shared_ptr<Threads> pool, const gradus_threads *hostThreads);
  [[noreturn]] void throwUnbound() const;
  void throwCode(int32_t code) const;
  [[noreturn]] void misuse(const std::string &what) const {
    throw std::invalid_argument("program " + descriptor.info.name + ": " + what);
  }
  void checkIndex(int64_t index, const std::vector<PortRecord> &ports, const char *kind) const {
    if (index < 0 || index >= static_cast<int64_t>(ports.size()))
      misuse(std::string("there is no ") + kind + " number " + std::to_string(index) +
             " (there are " + std::to_string(ports.size()) + ")");
  }
  void checkArray(const PortRecord &port, const NDArray &array, const char *kind,
                  bool sequence = false) const;
  int64_t find(const std::vector<PortRecord> &ports, std::string_view name, const char *kind) const;
  void bindInput(int64_t index, const void *elements, std::shared_ptr<void> owner, int64_t stride,
                 int64_t steps);
  void bindOutput(int64_t index, void *elements, std::shared_ptr<void> owner, int64_t stride,
                  int64_t steps);
  void loop(int64_t count, const int64_t *inStrides, const int64_t *outStrides);
};

Program::Impl::Impl(ProgramParts given) : parts(std::move(given)) {
  descriptor = parseDescriptor(parts.descriptor);
  descriptor.info.compileMs = parts.compileMs;
  descriptor.info.cacheHit = parts.cacheHit;
  stepFn = parts.step;
  loopFn = parts.loop;
  if (!stepFn)
    misuse("there is no compiled function");
  subnormals = parts.subnormals;

  state = parts.state;
  if (!state)
    state = std::make_shared<State>(std::vector<StateRecord>{}, parts.seed);
  for (const StateRecord &record : descriptor.states) {
    const auto data = parts.data.find(record.name);
    states.push_back(state->add(record, data == parts.data.end() ? nullptr : &data->second));
  }
  parts.data.clear(); // the state has its own copies

  arena = allocateAligned(descriptor.info.arenaBytes);
  inputs.assign(descriptor.inputs.size(), nullptr);
  inputOwners.resize(inputs.size());
  inputStrides.assign(inputs.size(), 0);
  inputSteps.assign(inputs.size(), kUnlimited);
  unbound = static_cast<int64_t>(inputs.size());
  for (const PortRecord &port : descriptor.outputs) {
    ownOutputs.push_back(allocateAligned(bytesOf(port)));
    std::memset(ownOutputs.back().get(), 0, static_cast<size_t>(bytesOf(port)));
    outputs.push_back(ownOutputs.back().get());
  }
  outputOwners = ownOutputs;
  outputStrides.assign(outputs.size(), 0);
  outputSteps.assign(outputs.size(), kUnlimited);
  zeroStrides.assign(std::max(inputs.size(), outputs.size()), 0);

  call.inputs = inputs.data();
  call.states = states.data();
  call.outputs = outputs.data();
  call.arena = arena.get();
  useThreads(parts.threads, parts.hostThreads);
}

void Program::Impl::useThreads(std::shared_ptr<Threads> pool, const gradus_threads *hostThreads) {
  threads = std::move(pool);
  call.threads = nullptr;
  if (hostThreads) {
    if (hostThreads->count < 1 || !hostThreads->parallel_for)
      misuse("the host's threads need a count of at least 1 and a parallel_for");
    host.wrap(hostThreads);
    call.threads = &host.abi;
  } else if (threads && threads->count() > 1) {
    call.threads = threads->abi();
  }
}

void Program::Impl::throwUnbound() const {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!inputs[i])
      misuse("input \"" + descriptor.inputs[i].name + "\" is not bound (expected " +
             std::string(nameOf(descriptor.inputs[i].dtype)) + " " +
             toString(descriptor.inputs[i].shape) + ")");
  misuse("an input is not bound");
}

void Program::Impl::throwCode(int32_t code) const {
  throw std::runtime_error("program " + descriptor.info.name + " failed with code " +
                           std::to_string(code));
}

void Program::Impl::checkArray(const PortRecord &port, const NDArray &array, const char *kind,
                               bool sequence) const {
  Shape given = array.shape();
  const bool leading = !sequence || !given.empty();
  if (sequence && leading)
    given.erase(given.begin());
  if (!leading || array.dtype() != port.dtype || given != port.shape)
    misuse(std::string(kind) + " \"" + port.name + "\": expected " +
           std::string(nameOf(port.dtype)) + " " + (sequence ? "steps x " : "") +
           toString(port.shape) + ", found " + array.describe());
}

int64_t Program::Impl::find(const std::vector<PortRecord> &ports, std::string_view name,
                            const char *kind) const {
  for (size_t i = 0; i < ports.size(); ++i)
    if (ports[i].name == name)
      return static_cast<int64_t>(i);
  std::string known;
  for (const PortRecord &port : ports)
    known += (known.empty() ? "" : ", ") + port.name;
  misuse(std::string("there is no ") + kind + " \"" + std::string(name) + "\"" +
         (known.empty() ? "" : " (there are " + known + ")"));
}

void Program::Impl::bindInput(int64_t index, const void *elements, std::shared_ptr<void> owner,
                              int64_t stride, int64_t steps) {
  const size_t i = static_cast<size_t>(index);
  if (!elements && bytesOf(descriptor.inputs[i]) > 0 && steps > 0)
    misuse("input \"" + descriptor.inputs[i].name + "\" was bound to a null pointer");
  // An empty array may have no elements; any other address stands for it.
  void *address = elements ? const_cast<void *>(elements) : arena.get();
  unbound -= inputs[i] == nullptr;
  inputs[i] = address;
  inputOwners[i] = std::move(owner);
  inputStrides[i] = stride;
  inputSteps[i] = steps;
  sequences = sequences || steps != kUnlimited;
}

void Program::Impl::bindOutput(int64_t index, void *elements, std::shared_ptr<void> owner,
                               int64_t stride, int64_t steps) {
  const size_t i = static_cast<size_t>(index);
  outputs[i] = elements ? elements : ownOutputs[i].get();
  outputOwners[i] = elements ? std::move(owner) : ownOutputs[i];
  outputStrides[i] = stride;
  outputSteps[i] = steps;
  sequences = sequences || steps != kUnlimited;
}

void Program::Impl::loop(int64_t count, const int64_t *inStrides, const int64_t *outStrides) {
  if (unbound)
    throwUnbound();
  FloatMode mode(subnormals);
  if (loopFn) {
    if (const int32_t code = loopFn(&call, count, inStrides, outStrides))
      throwCode(code);
    return;
  }
  // Without a compiled loop: the same, with pointers of our own that advance.
  std::vector<void *> in = inputs, out = outputs;
  gradus_call moving = call;
  moving.inputs = in.data();
  moving.outputs = out.data();
  for (int64_t step = 0; step < count; ++step) {
    if (const int32_t code = stepFn(&moving))
      throwCode(code);
    for (size_t i = 0; i < in.size(); ++i)
      in[i] = static_cast<char *>(in[i]) + inStrides[i];
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<char *>(out[i]) + outStrides[i];
  }
}

Program::Program(ProgramParts parts) : impl(std::make_shared<Impl>(std::move(parts))) {}

Program::Impl &Program::get() const {
  if (!impl)
    throw std::invalid_argument("this program is empty: nothing was compiled into it");
  return *impl;
}

const std::vector<PortRecord> &Program::inputs() const { return get().descriptor.inputs; }
const std::vector<PortRecord> &Program::outputs() const { return get().descriptor.outputs; }
const std::vector<StateRecord> &Program::states() const { return get().descriptor.states; }
const ProgramInfo &Program::info() const { return get().descriptor.info; }
const std::string &Program::descriptor() const { return get().parts.descriptor; }

int64_t Program::inputIndex(std::string_view name) const {
  return get().find(inputs(), name, "input");
}

int64_t Program::outputIndex(std::string_view name) const {
  return get().find(outputs(), name, "output");
}

void Program::bind(int64_t input, const void *elements) {
  get().checkIndex(input, inputs(), "input");
  impl->bindInput(input, elements, nullptr, 0, kUnlimited);
}

void Program::bind(std::string_view input, const void *elements) {
  bind(inputIndex(input), elements);
}

void Program::bind(int64_t input, const NDArray &array) {
  get().checkIndex(input, inputs(), "input");
  impl->checkArray(inputs()[static_cast<size_t>(input)], array, "input");
  impl->bindInput(input, array.raw(), array.storage(), 0, kUnlimited);
}

void Program::bind(std::string_view input, const NDArray &array) { bind(inputIndex(input), array); }

void Program::bindSequence(std::string_view input, const NDArray &array) {
  const int64_t index = inputIndex(input);
  const PortRecord &port = inputs()[static_cast<size_t>(index)];
  impl->checkArray(port, array, "input", true);
  impl->bindInput(index, array.raw(), array.storage(), bytesOf(port), array.shape()[0]);
}

void Program::bindOutput(int64_t output, void *elements) {
  get().checkIndex(output, outputs(), "output");
  impl->bindOutput(output, elements, nullptr, 0, kUnlimited);
}

void Program::bindOutput(std::string_view output, void *elements) {
  bindOutput(outputIndex(output), elements);
}

void Program::bindOutput(std::string_view output, const NDArray &array) {
  const int64_t index = outputIndex(output);
  impl->checkArray(outputs()[static_cast<size_t>(index)], array, "output");
  impl->bindOutput(index, const_cast<void *>(array.raw()), array.storage(), 0, kUnlimited);
}

void Program::bindOutputSequence(std::string_view output, const NDArray &array) {
  const int64_t index = outputIndex(output);
  const PortRecord &port = outputs()[static_cast<size_t>(index)];
  impl->checkArray(port, array, "output", true);
  impl->bindOutput(index, const_cast<void *>(array.raw()), array.storage(), bytesOf(port),
                   array.shape()[0]);
}

NDArray Program::output(int64_t index) const {
  get().checkIndex(index, outputs(), "output");
  const size_t i = static_cast<size_t>(index);
  const PortRecord &port = outputs()[i];
  return NDArray::view(impl->outputs[i], port.shape, port.dtype, impl->outputOwners[i]);
}

NDArray Program::output(std::string_view name) const { return output(outputIndex(name)); }

void Program::step() {
  Impl &self = get();
  if (self.unbound) [[unlikely]]
    self.throwUnbound();
  if (self.sequences) [[unlikely]]
    return steps(1);
  FloatMode mode(self.subnormals);
  if (const int32_t code = self.stepFn(&self.call)) [[unlikely]]
    self.throwCode(code);
}

void Program::steps(int64_t count) {
  Impl &self = get();
  if (count < 0)
    self.misuse("a negative number of steps: " + std::to_string(count));
  if (self.sequences) {
    auto check = [&](const std::vector<int64_t> &there, const std::vector<PortRecord> &ports,
                     const char *kind) {
      for (size_t i = 0; i < there.size(); ++i)
        if (count > there[i])
          self.misuse(std::string(kind) + " \"" + ports[i].name + "\" is bound to a sequence of " +
                      std::to_string(there[i]) + " steps, asked for " + std::to_string(count));
    };
    check(self.inputSteps, inputs(), "input");
    check(self.outputSteps, outputs(), "output");
  }
  self.loop(count, self.inputStrides.data(), self.outputStrides.data());
}

void Program::steps(int64_t count, std::span<const int64_t> inputStrides,
                    std::span<const int64_t> outputStrides) {
  Impl &self = get();
  if (count < 0)
    self.misuse("a negative number of steps: " + std::to_string(count));
  auto check = [&](std::span<const int64_t> strides, size_t ports, const char *kind) {
    if (!strides.empty() && strides.size() != ports)
      self.misuse("expected " + std::to_string(ports) + " " + kind + " strides, found " +
                  std::to_string(strides.size()));
    return strides.empty() ? self.zeroStrides.data() : strides.data();
  };
  const int64_t *in = check(inputStrides, self.inputs.size(), "input");
  const int64_t *out = check(outputStrides, self.outputs.size(), "output");
  self.loop(count, in, out);
}

std::map<std::string, NDArray> Program::run(const std::map<std::string, NDArray> &given) {
  for (const auto &[name, array] : given)
    bind(name, array);
  step();
  std::map<std::string, NDArray> results;
  for (size_t i = 0; i < outputs().size(); ++i)
    results.emplace(outputs()[i].name, output(static_cast<int64_t>(i)).copy());
  return results;
}

const std::shared_ptr<State> &Program::state() const { return get().state; }
const std::shared_ptr<Threads> &Program::threads() const { return get().threads; }

void Program::setThreads(std::shared_ptr<Threads> threads) {
  get().useThreads(std::move(threads), nullptr);
}

void Program::setHostThreads(const gradus_threads *threads) {
  get().useThreads(get().threads, threads);
}

int64_t Program::batch() const { return get().parts.batch; }

Program Program::withBatch(int64_t batch) const {
  Impl &self = get();
  if (batch == self.parts.batch)
    return *this;
  if (const auto known = self.variants.find(batch); known != self.variants.end())
    return known->second;
  if (batch < 1)
    self.misuse("a batch of " + std::to_string(batch) + ", expected at least 1");
  if (!self.parts.rebatch)
    self.misuse("it was compiled for a batch of " + std::to_string(self.parts.batch) +
                " and cannot be compiled for " + std::to_string(batch));
  Program variant = self.parts.rebatch(batch);
  if (!variant.states().empty() && variant.state() != self.state)
    self.misuse("its variant for a batch of " + std::to_string(batch) +
                " does not share its state");
  return self.variants.emplace(batch, std::move(variant)).first->second;
}

} // namespace gradus
