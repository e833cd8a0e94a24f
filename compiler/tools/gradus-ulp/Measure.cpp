#include "compiler/tools/gradus-ulp/Measure.h"
#include "compiler/codegen/Codegen.h"
#include "compiler/lower/Elementary.h"
#include "dialects/gradus/Numbers.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

namespace gradus::compiler::ulp {
namespace {

constexpr int64_t block = 4096;

// out[i] = f(x[i], y[i]) for n elements, n a multiple of the lanes
using Kernel = void(const void *x, const void *y, void *out, int64_t n);
// The largest error, by the formula of f64, of f at the f32 with bits first, first + step, ... (n
// of them).
using Scan = void(int64_t first, int64_t step, double *worst, int64_t n);

// Emits loops of one function into a module.
class Loops {
public:
  Loops(mlir::ModuleOp module, const Function &function, const Target &target)
      : b(module.getContext()), loc(b.getUnknownLoc()), module(module), function(function),
        target(target), pointer(mlir::LLVM::LLVMPointerType::get(b.getContext())) {}

  void emitKernel(const char *name, bool isDouble) {
    mlir::Type element = isDouble ? mlir::Type(b.getF64Type()) : b.getF32Type();
    int64_t bytes = isDouble ? 8 : 4, lanes = target.lanes(bytes);
    auto vector = mlir::VectorType::get({lanes}, element);
    mlir::Block *body = begin(name, {pointer, pointer, pointer, b.getI64Type()});
    auto loop = b.create<mlir::scf::ForOp>(loc, i64(0), body->getArgument(3), i64(lanes));
    b.create<mlir::func::ReturnOp>(loc);
    b.setInsertionPointToStart(loop.getBody());
    auto at = [&](int argument) -> Value {
      return b.create<mlir::LLVM::GEPOp>(loc, pointer, element, body->getArgument(argument),
                                         mlir::ValueRange{loop.getInductionVar()});
    };
    auto loaded = [&](int argument) -> Value {
      return b.create<mlir::LLVM::LoadOp>(loc, vector, at(argument), bytes);
    };
    Value x = loaded(0), y = function.arguments == 2 ? loaded(1) : Value();
    b.create<mlir::LLVM::StoreOp>(loc, function.emit(b, loc, x, y), at(2), bytes);
  }

  void emitScan(const char *name) {
    int64_t lanes = target.lanes(4);
    mlir::Type i64Type = b.getI64Type();
    auto singles = mlir::VectorType::get({lanes}, b.getF32Type());
    auto doubles = mlir::VectorType::get({lanes}, b.getF64Type());
    auto ints = mlir::VectorType::get({lanes}, b.getI32Type());
    mlir::Block *body = begin(name, {i64Type, i64Type, pointer, i64Type});
    Value none = splat(doubles, b.getF64FloatAttr(0));
    auto loop = b.create<mlir::scf::ForOp>(loc, i64(0), body->getArgument(3), i64(lanes),
                                           mlir::ValueRange{none});
    b.setInsertionPointToStart(loop.getBody());
    auto add = [&](Value x, Value y) -> Value { return b.create<mlir::arith::AddIOp>(loc, x, y); };
    auto times = [&](Value x, Value y) -> Value {
      return b.create<mlir::arith::MulIOp>(loc, x, y);
    };
    auto spread = [&](Value scalar) -> Value {
      Value narrow = b.create<mlir::arith::TruncIOp>(loc, b.getI32Type(), scalar);
      return b.create<mlir::vector::SplatOp>(loc, ints, narrow);
    };
    std::vector<int32_t> steps(lanes);
    for (int64_t i = 0; i < lanes; ++i)
      steps[i] = static_cast<int32_t>(i);
    Value lane = b.create<mlir::arith::ConstantOp>(
        loc, mlir::DenseElementsAttr::get(ints, llvm::ArrayRef<int32_t>(steps)));
    Value step = body->getArgument(1);
    Value base = add(body->getArgument(0), times(loop.getInductionVar(), step));
    Value bits = add(spread(base), times(lane, spread(step)));
    Value x = b.create<mlir::arith::BitcastOp>(loc, singles, bits);
    Value got = function.emit(b, loc, x, Value());
    Value wide = b.create<mlir::arith::ExtFOp>(loc, doubles, x);
    Value exact = function.emit(b, loc, wide, Value());
    Value error = errorOf(got, exact);
    Value larger = b.create<mlir::arith::CmpFOp>(loc, mlir::arith::CmpFPredicate::OGT, error,
                                                 loop.getRegionIterArg(0));
    Value worst = b.create<mlir::arith::SelectOp>(loc, larger, error, loop.getRegionIterArg(0));
    b.create<mlir::scf::YieldOp>(loc, worst);
    b.setInsertionPointAfter(loop);
    Value all = b.create<mlir::vector::ReductionOp>(loc, mlir::vector::CombiningKind::MAXIMUMF,
                                                    loop.getResult(0));
    b.create<mlir::LLVM::StoreOp>(loc, all, body->getArgument(2), 8);
    b.create<mlir::func::ReturnOp>(loc);
  }

private:
  mlir::Block *begin(const char *name, llvm::ArrayRef<mlir::Type> arguments) {
    b.setInsertionPointToEnd(module.getBody());
    auto entry = b.create<mlir::func::FuncOp>(loc, name, b.getFunctionType(arguments, {}));
    mlir::Block *body = entry.addEntryBlock();
    b.setInsertionPointToStart(body);
    return body;
  }

  Value i64(int64_t value) { return b.create<mlir::arith::ConstantIntOp>(loc, value, 64); }
  Value splat(mlir::VectorType type, mlir::Attribute value) {
    return b.create<mlir::arith::ConstantOp>(loc, mlir::DenseElementsAttr::get(type, value));
  }

  // |got - exact| in units of the last place that f32 has at exact; very large for what only a
  // person can judge.
  Value errorOf(Value got, Value exact) {
    using namespace formula;
    Numbers low(b, loc, got.getType()), high(b, loc, exact.getType());
    Num value = low.of(got), truth = high.of(exact), rounded = narrow(truth, low);
    Num unit = fromBits(bits(truth) & 0x7ff0000000000000);
    unit = atLeast(unit, 0x1p-126) * 0x1p-23;
    Num error = abs(widen(value, high) - truth) / unit;
    Truth differ = notZero(bits(value) ^ bits(rounded));
    Truth bothNan = !(equal(value, value) | equal(truth, truth));
    Truth zeros = equal(value, 0.0) & equal(rounded, 0.0);
    error = select(less(error, 1e30) & !(zeros & differ), error, 1e30);
    return select(bothNan | !differ, select(less(error, 1e30), error, 0.0), error).value;
  }

  OpBuilder b;
  Location loc;
  mlir::ModuleOp module;
  const Function &function;
  const Target &target;
  mlir::Type pointer;
};

LoadedObject compileFunction(const Function &function, const Target &target) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context
      .loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                   mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  Loops loops(*module, function, target);
  loops.emitKernel("f32", false);
  loops.emitKernel("f64", true);
  if (function.arguments == 1)
    loops.emitScan("scan");
  expandElementary(*module);
  optimizeLowered(*module);
  return load(emitObject(*module, target), function.name);
}

// Distance in units of the last place that T has at the exact result.
template <class T, class Wide> double errorOf(T got, Wide exact) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(rounded) || std::isnan(got))
    return std::isnan(rounded) && std::isnan(got) ? 0 : 1e30;
  if (rounded == 0 && got == 0)
    return std::signbit(rounded) == std::signbit(got) ? 0 : 1e30;
  if (std::isinf(rounded) || std::isinf(got)) {
    if (rounded == got)
      return 0;
    // One side just past the largest number is an ordinary error.
    Wide largest = std::numeric_limits<T>::max();
    Wide unit = largest - static_cast<Wide>(std::nextafter(std::numeric_limits<T>::max(), T(0)));
    Wide a = std::isinf(rounded) ? std::copysign(largest + unit, Wide(rounded)) : exact;
    Wide b = std::isinf(got) ? std::copysign(largest + unit, Wide(got)) : Wide(got);
    return static_cast<double>(std::abs(a - b) / unit);
  }
  int exponent = std::max(std::ilogb(exact), std::numeric_limits<T>::min_exponent - 1);
  if (exact == 0)
    exponent = std::numeric_limits<T>::min_exponent - 1;
  Wide unit = std::ldexp(Wide(1), exponent - std::numeric_limits<T>::digits + 1);
  return static_cast<double>(std::abs(static_cast<Wide>(got) - exact) / unit);
}

template <class T, class Wide> using Reference = Wide (*)(Wide, Wide);

template <class T, class Wide>
void measureBlock(Kernel *kernel, Wide (*reference)(Wide, Wide), const std::vector<T> &x,
                  const std::vector<T> &y, std::vector<T> &out, Worst &worst) {
  kernel(x.data(), y.data(), out.data(), static_cast<int64_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    Wide exact = reference(x[i], y[i]);
    double ulp = errorOf<T, Wide>(out[i], exact);
    if (ulp > worst.ulp)
      worst = {ulp, double(x[i]), double(y[i]), double(out[i]), double(exact)};
  }
}

template <class T> T fromBits(uint64_t bits) {
  T value;
  if constexpr (sizeof(T) == 4) {
    uint32_t narrow = static_cast<uint32_t>(bits);
    std::memcpy(&value, &narrow, 4);
  } else {
    std::memcpy(&value, &bits, 8);
  }
  return value;
}

// What every function is given: zeros, ones, integers and halves, the ends of the range,
// infinities, NaN, ...
template <class T> std::vector<T> specialNumbers() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> result;
  for (T x : {T(0),
              T(0.5),
              T(1),
              T(1.5),
              T(2),
              T(2.5),
              T(3),
              T(4),
              T(7),
              T(10),
              T(20),
              T(100),
              T(1e30),
              T(0.1),
              T(1) / 3,
              T(0.25),
              T(0.75),
              Limits::infinity(),
              Limits::quiet_NaN(),
              Limits::max(),
              Limits::min(),
              Limits::denorm_min(),
              Limits::min() / 3,
              Limits::epsilon(),
              T(1) + Limits::epsilon(),
              T(1) - Limits::epsilon() / 2,
              T(8388607.5),
              T(16777217),
              T(88.7),
              T(103.9),
              T(709.5),
              T(745.1),
              T(27),
              T(10.05)})
    result.insert(result.end(), {x, -x});
  return result;
}

// Random ones: any bits, or numbers near 1, or moderate ones.
template <class T> T sample(std::mt19937_64 &random) {
  uint64_t bits = random();
  switch (bits % 4) {
  case 0:
    return fromBits<T>(random());
  case 1:
    return static_cast<T>(std::uniform_real_distribution<double>(-2, 2)(random));
  case 2:
    return static_cast<T>(std::uniform_real_distribution<double>(-100, 100)(random));
  default:
    return static_cast<T>(1 + std::ldexp(std::uniform_real_distribution<double>(-1, 1)(random),
                                         -static_cast<int>(bits / 4 % 40)));
  }
}

// work(thread) on each of them; the worst of all
Worst onThreads(int threads, const std::function<Worst(int)> &work) {
  std::vector<Worst> worst(threads);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] { worst[t] = work(t); });
  for (std::thread &worker : workers)
    worker.join();
  Worst result;
  for (const Worst &each : worst)
    result.take(each);
  return result;
}

// "exp, f32: 42 %" on one line of stderr, now and then
class Progress {
public:
  Progress(const Function &function, const char *type, uint64_t total, bool shown)
      : function(function), type(type), total(total), shown(shown) {}
  ~Progress() {
    if (shown)
      std::fprintf(stderr, "\r%40s\r", "");
  }
  void step() {
    uint64_t now = ++done;
    if (shown && now % (total / 100 + 1) == 0)
      std::fprintf(stderr, "\r%s, %s: %d %%  ", function.name, type, int(100 * now / total));
  }

private:
  const Function &function;
  const char *type;
  uint64_t total;
  std::atomic<uint64_t> done{0};
  bool shown;
};

// Specials (all pairs of them), then random arguments.
template <class T, class Wide>
Worst measureSamples(const Function &function, Kernel *kernel, Wide (*reference)(Wide, Wide),
                     const Effort &effort, const char *type) {
  bool onlyPositive = sizeof(T) == 8 && function.positiveDoubles;
  uint64_t blocks = effort.samples / block + 1;
  Progress progress(function, type, blocks, effort.progress);
  return onThreads(effort.threads, [&](int t) {
    Worst worst;
    std::vector<T> x, y, out(block);
    if (t == 0) {
      std::vector<T> special = specialNumbers<T>();
      for (T a : special)
        for (T b : special)
          if (function.arguments == 2 || b == 0) {
            x.push_back(onlyPositive ? std::abs(a) : a);
            y.push_back(b);
          }
      while (x.size() % 64 != 0) {
        x.push_back(1);
        y.push_back(1);
      }
      out.resize(x.size());
      measureBlock<T, Wide>(kernel, reference, x, y, out, worst);
    }
    x.resize(block), y.resize(block), out.resize(block);
    std::mt19937_64 random(1234 + t);
    for (uint64_t k = t; k < blocks; k += effort.threads, progress.step()) {
      for (int64_t i = 0; i < block; ++i) {
        x[i] = sample<T>(random);
        if (onlyPositive)
          x[i] = std::abs(x[i]);
        y[i] = sample<T>(random);
      }
      measureBlock<T, Wide>(kernel, reference, x, y, out, worst);
    }
    return worst;
  });
}

// All f32, by the formula of f64 first. Whatever comes near the largest error so far is held
// against the library, and so are every n-th block and the arguments named hard.
Worst measureAll(const Function &function, Kernel *kernel, Scan *scan, const Effort &effort) {
  uint64_t total = (uint64_t(1) << 32) / effort.stride, blocks = (total + block - 1) / block;
  Progress progress(function, "f32", blocks, effort.progress);
  return onThreads(effort.threads, [&](int t) {
    Worst worst;
    std::vector<float> x(block), y(block), out(block);
    for (uint64_t k = t; k < blocks; k += effort.threads, progress.step()) {
      uint64_t first = k * block * effort.stride;
      auto argument = [&](int64_t i) { return fromBits<float>(first + i * effort.stride); };
      double a = argument(0), b = argument(block - 1);
      bool isHard = std::max(a, b) >= function.hardFrom && std::min(a, b) <= function.hardTo;
      bool isChosen = isHard || k % effort.libraryStride == 0;
      if (!isChosen) {
        double most = 0;
        scan(static_cast<int64_t>(first), static_cast<int64_t>(effort.stride), &most, block);
        isChosen = most > worst.ulp - 1e-6;
      }
      if (!isChosen)
        continue;
      for (int64_t i = 0; i < block; ++i)
        x[i] = argument(i);
      measureBlock<float, double>(kernel, function.forFloat, x, y, out, worst);
    }
    return worst;
  });
}

template <class T> double nanoseconds(const Function &function, Kernel *kernel) {
  std::vector<T> x(block), y(block), out(block);
  std::mt19937_64 random(7);
  for (int64_t i = 0; i < block; ++i) {
    x[i] =
        static_cast<T>(std::uniform_real_distribution<double>(function.low, function.high)(random));
    y[i] = static_cast<T>(std::uniform_real_distribution<double>(-3, 3)(random));
  }
  double best = 1e30;
  for (int repeat = 0; repeat < 400; ++repeat) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 4; ++i)
      kernel(x.data(), y.data(), out.data(), block);
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / (4 * block));
  }
  return best;
}

} // namespace

Compiled::Compiled(const Function &function, const Target &target)
    : function(function), code(compileFunction(function, target)) {}

Worst Compiled::measureFloat(const Effort &effort) const {
  auto *kernel = code.function<Kernel>("f32");
  Worst worst;
  if (function.arguments == 1)
    worst = measureAll(function, kernel, code.function<Scan>("scan"), effort);
  Effort few = effort;
  if (function.arguments == 1)
    few.samples = 0; // the special ones
  worst.take(measureSamples<float, double>(function, kernel, function.forFloat, few, "f32"));
  return worst;
}

Worst Compiled::measureDouble(const Effort &effort) const {
  return measureSamples<double, long double>(function, code.function<Kernel>("f64"),
                                             function.forDouble, effort, "f64");
}

double Compiled::floatTime() const {
  return nanoseconds<float>(function, code.function<Kernel>("f32"));
}

double Compiled::doubleTime() const {
  return nanoseconds<double>(function, code.function<Kernel>("f64"));
}

} // namespace gradus::compiler::ulp
