// Measures the elementary functions of compiler/lower against the C library in higher precision:
// the largest error in ulp over all arguments of f32 (or every n-th), over random ones of f64, and
// the time per element. The table in compiler/lower/elementary/README.md is what this prints.
#include "compiler/codegen/Codegen.h"
#include "compiler/jit/Jit.h"
#include "compiler/lower/Elementary.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace gradus::compiler;
using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

namespace {

using Emit = std::function<Value(OpBuilder &, Location, Value, Value)>;
template <class T> using Reference = T (*)(T, T);

struct Function {
  const char *name;
  Emit emit;
  Reference<double> forFloat;
  Reference<long double> forDouble;
  double low, high; // arguments that are timed
  int arguments = 1;
};

Emit unary(Value (*emit)(OpBuilder &, Location, Value)) {
  return [emit](OpBuilder &b, Location loc, Value x, Value) { return emit(b, loc, x); };
}

template <class T> T sigmoid(T x, T) {
  T e = std::exp(-std::abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

#define GRADUS_FUNCTION(name, Name, low, high)                                                     \
  Function {                                                                                       \
    #name, unary(emit##Name), [](double x, double) { return std::name(x); },                       \
        [](long double x, long double) { return std::name(x); }, low, high                         \
  }

std::vector<Function> functions() {
  return {
      GRADUS_FUNCTION(exp, Exp, -10, 10),
      GRADUS_FUNCTION(exp2, Exp2, -10, 10),
      GRADUS_FUNCTION(expm1, Expm1, -10, 10),
      GRADUS_FUNCTION(log, Log, 0, 10),
      GRADUS_FUNCTION(log2, Log2, 0, 10),
      GRADUS_FUNCTION(log10, Log10, 0, 10),
      GRADUS_FUNCTION(log1p, Log1p, 0, 10),
      {"sigmoid", unary(emitSigmoid), sigmoid<double>, sigmoid<long double>, -10, 10},
      GRADUS_FUNCTION(tanh, Tanh, -4, 4),
      GRADUS_FUNCTION(sinh, Sinh, -4, 4),
      GRADUS_FUNCTION(cosh, Cosh, -4, 4),
      GRADUS_FUNCTION(erf, Erf, -4, 4),
      GRADUS_FUNCTION(sin, Sin, -10, 10),
      GRADUS_FUNCTION(cos, Cos, -10, 10),
      GRADUS_FUNCTION(tan, Tan, -10, 10),
      {"rsqrt", unary(emitRsqrt), [](double x, double) { return 1 / std::sqrt(x); },
       [](long double x, long double) { return 1 / std::sqrt(x); }, 0, 10},
      {"pow", emitPow, [](double x, double y) { return double(std::pow((long double)x, y)); },
       [](long double x, long double y) { return std::pow(x, y); }, 0, 10, 2},
  };
}

using Kernel = void(const void *, const void *, void *, int64_t);

// out[i] = f(x[i], y[i]) for n elements, n a multiple of the lanes
LoadedObject compileFunction(const Function &function, const Target &target, bool isDouble) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context
      .loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                   mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
  OpBuilder b(&context);
  Location loc = b.getUnknownLoc();
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc);
  b.setInsertionPointToEnd(module->getBody());
  mlir::Type pointer = mlir::LLVM::LLVMPointerType::get(&context), i64 = b.getI64Type();
  mlir::Type element = isDouble ? mlir::Type(b.getF64Type()) : b.getF32Type();
  int64_t lanes = target.lanes(isDouble ? 8 : 4), bytes = isDouble ? 8 : 4;
  auto vector = mlir::VectorType::get({lanes}, element);
  auto entry = b.create<mlir::func::FuncOp>(
      loc, "f", b.getFunctionType({pointer, pointer, pointer, i64}, {}));
  mlir::Block *body = entry.addEntryBlock();
  b.setInsertionPointToStart(body);
  Value zero = b.create<mlir::arith::ConstantIntOp>(loc, 0, 64);
  Value step = b.create<mlir::arith::ConstantIntOp>(loc, lanes, 64);
  auto loop = b.create<mlir::scf::ForOp>(loc, zero, body->getArgument(3), step);
  b.create<mlir::func::ReturnOp>(loc);
  b.setInsertionPointToStart(loop.getBody());
  auto at = [&](int argument) -> Value {
    return b.create<mlir::LLVM::GEPOp>(loc, pointer, element, body->getArgument(argument),
                                       mlir::ValueRange{loop.getInductionVar()});
  };
  auto loaded = [&](int argument) -> Value {
    return b.create<mlir::LLVM::LoadOp>(loc, vector, at(argument), bytes);
  };
  Value x = loaded(0);
  Value y = function.arguments == 2 ? loaded(1) : Value();
  b.create<mlir::LLVM::StoreOp>(loc, function.emit(b, loc, x, y), at(2), bytes);
  optimizeLowered(*module);
  return load(emitObject(*module, target), function.name);
}

struct Worst {
  double ulp = 0;
  double x = 0, y = 0, got = 0, expected = 0;
  void take(const Worst &other) {
    if (other.ulp > ulp)
      *this = other;
  }
};

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

constexpr int64_t block = 4096;

template <class T, class Wide>
void measureBlock(Kernel *kernel, Reference<Wide> reference, const std::vector<T> &x,
                  const std::vector<T> &y, std::vector<T> &out, Worst &worst) {
  kernel(x.data(), y.data(), out.data(), block);
  for (int64_t i = 0; i < block; ++i) {
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

// Arguments of two-argument and f64 functions: any bits, or numbers near 1, or moderate ones.
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

template <class T, class Wide>
Worst measure(const Function &function, Kernel *kernel, Reference<Wide> reference, uint64_t stride,
              uint64_t samples, int threads) {
  bool every = sizeof(T) == 4 && function.arguments == 1;
  std::vector<Worst> worst(threads);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      std::vector<T> x(block), y(block), out(block);
      if (every) {
        uint64_t total = (uint64_t(1) << 32) / stride, blocks = (total + block - 1) / block;
        for (uint64_t k = t; k < blocks; k += threads) {
          for (int64_t i = 0; i < block; ++i)
            x[i] = fromBits<T>(std::min((k * block + i) * stride, uint64_t(0xffffffff)));
          measureBlock<T, Wide>(kernel, reference, x, y, out, worst[t]);
        }
        return;
      }
      std::mt19937_64 random(1234 + t);
      for (uint64_t k = 0; k < samples / threads / block + 1; ++k) {
        for (int64_t i = 0; i < block; ++i) {
          x[i] = sample<T>(random);
          y[i] = sample<T>(random);
        }
        measureBlock<T, Wide>(kernel, reference, x, y, out, worst[t]);
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  Worst result;
  for (const Worst &each : worst)
    result.take(each);
  return result;
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

[[noreturn]] void usage(int status) {
  std::fprintf(status ? stderr : stdout,
               "usage: gradus-ulp [--only NAME] [--stride N] [--samples N] [--threads N] "
               "[--target NAME] [--verbose]\n"
               "  --only NAME     one function instead of all\n"
               "  --stride N      every N-th f32 (default 1: all 2^32)\n"
               "  --samples N     random arguments of f64 and of pow (default 20000000)\n"
               "  --threads N     threads that measure (default 1)\n"
               "  --target NAME   generate code for this target (default native)\n"
               "  --verbose       print where the largest error is\n");
  std::exit(status);
}

} // namespace

int main(int argc, char **argv) {
  std::string only, targetName = "native";
  uint64_t stride = 1, samples = 20000000;
  int threads = 1;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    std::string option = argv[i];
    if (option == "--help")
      usage(0);
    if (option == "--verbose") {
      verbose = true;
      continue;
    }
    if (i + 1 >= argc)
      usage(2);
    std::string value = argv[++i];
    uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
    if (option == "--only")
      only = value;
    else if (option == "--target")
      targetName = value;
    else if (option == "--stride" && number > 0)
      stride = number;
    else if (option == "--samples" && number > 0)
      samples = number;
    else if (option == "--threads" && number > 0 && number < 1000)
      threads = static_cast<int>(number);
    else
      usage(2);
  }
  try {
    Target target = Target::named(targetName);
    std::printf("| function | f32, max ulp | ns/element | f64, max ulp | ns/element |\n"
                "|---|---|---|---|---|\n");
    for (const Function &function : functions()) {
      if (!only.empty() && only != function.name)
        continue;
      LoadedObject single = compileFunction(function, target, false);
      LoadedObject twice = compileFunction(function, target, true);
      auto *f32 = single.function<Kernel>("f"), *f64 = twice.function<Kernel>("f");
      Worst low =
          measure<float, double>(function, f32, function.forFloat, stride, samples, threads);
      Worst high =
          measure<double, long double>(function, f64, function.forDouble, stride, samples, threads);
      std::printf("| %s | %.3f | %.2f | %.3f | %.2f |\n", function.name, low.ulp,
                  nanoseconds<float>(function, f32), high.ulp, nanoseconds<double>(function, f64));
      if (verbose)
        for (const Worst &worst : {low, high})
          std::printf("  %s(%a = %g, %a = %g) = %a, exactly %a\n", function.name, worst.x, worst.x,
                      worst.y, worst.y, worst.got, worst.expected);
      std::fflush(stdout);
    }
  } catch (const CompileError &error) {
    std::fprintf(stderr, "gradus-ulp: error: %s\n", error.what());
    return 1;
  }
  return 0;
}
