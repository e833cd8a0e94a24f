// How near matrix products come to the multiply-add peak, by shape, layout, target and threads.
// Prints the best rate as a share of the highest peak, probed with the same instructions, and the
// median of the shares of the peaks just before and after each sample. Times are of the threads'
// own processor time, so that other programs disturb less. gradus-product-bench [TARGET|all
// [THREADS [NAME]]]
#include "tests/unit/compiler/lower/ProductHarness.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/mman.h>
#include <thread>

using namespace gradus::compiler;
using namespace gradus::compiler::testing;

namespace {

double threadSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

float *allocate(int64_t elements) {
  size_t bytes = static_cast<size_t>(elements) * sizeof(float) + 4096;
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto *data = static_cast<float *>(memory);
  for (int64_t i = 0; i < elements; ++i)
    data[i] = static_cast<float>(i * 7919 % 1000) / 1000.0f - 0.5f;
  return data;
}

enum class Finish { Store, BiasRelu, Sgd, Adam };

struct Case {
  const char *name;
  int64_t m, n, k;
  const char *a, *b; // "rows", "transposed", "panels"
  Finish finish = Finish::Store;
  ProductSpec::Along along = ProductSpec::Along::Either;
};

const Case cases[] = {
    {"forward 256x256x784, W in panels", 256, 256, 784, "rows", "panels", Finish::BiasRelu},
    {"forward 256x256x784, W row-major", 256, 256, 784, "rows", "rows", Finish::BiasRelu},
    {"forward 32x256x784, W in panels", 32, 256, 784, "rows", "panels", Finish::BiasRelu},
    {"weight gradient 784x256x256, SGD", 784, 256, 256, "transposed", "panels", Finish::Sgd},
    {"weight gradient 784x256x256 row-major dy, SGD", 784, 256, 256, "transposed", "rows",
     Finish::Sgd},
    {"weight gradient 784x256x256, Adam", 784, 256, 256, "transposed", "panels", Finish::Adam},
    {"weight gradient 784x256x32, Adam", 784, 256, 32, "transposed", "rows", Finish::Adam},
    {"forward 64x512x512", 64, 512, 512, "rows", "panels", Finish::BiasRelu},
    {"forward 512x512x512", 512, 512, 512, "rows", "panels", Finish::BiasRelu},
    {"W*dyT 512x64x512", 512, 64, 512, "panels", "rows"},
    {"W*dyT 512x512x512", 512, 512, 512, "panels", "rows"},
    {"W*dyT 512x512x512, dyT in panels", 512, 512, 512, "panels", "panels"},
    {"weight gradient 512x512x512, SGD", 512, 512, 512, "transposed", "rows", Finish::Sgd},
    {"weight gradient 512x512x512 dy in panels, SGD", 512, 512, 512, "transposed", "panels",
     Finish::Sgd},
    {"weight gradient 784x512x512 dy in panels, SGD", 784, 512, 512, "transposed", "panels",
     Finish::Sgd},
    {"dzT*x 10x784x256", 10, 784, 256, "transposed", "rows", Finish::Sgd},
    {"dzT*h 10x256x256", 10, 256, 256, "transposed", "rows", Finish::Sgd},
    {"dz*WT 256x256x10", 256, 256, 10, "rows", "rows"},
    {"logits 256x10x784", 256, 10, 784, "rows", "transposed"},
    {"logits 256x10x256", 256, 10, 256, "rows", "transposed"},
    {"logits 32x10x256", 32, 10, 256, "rows", "transposed"},
    {"logits 256x10x784, along columns", 256, 10, 784, "rows", "transposed", Finish::Store,
     ProductSpec::Along::Columns},
    {"NT 256x256x784 as dots", 256, 256, 784, "rows", "transposed"},
    {"h32 forward 64x32x784", 64, 32, 784, "rows", "panels", Finish::BiasRelu},
    {"h32 logits 64x10x32", 64, 10, 32, "rows", "transposed"},
    {"h32 dz*WT 64x32x10", 64, 32, 10, "rows", "rows"},
    {"h32 dzT*h 10x32x64", 10, 32, 64, "transposed", "rows", Finish::Adam},
    {"h32 weight gradient 784x32x64, Adam", 784, 32, 64, "transposed", "rows", Finish::Adam},
    {"64", 64, 64, 64, "rows", "rows"},
    {"100", 100, 100, 100, "rows", "rows"},
    {"31x33x35", 31, 33, 35, "rows", "rows"},
    {"256x10x256 row-major", 256, 10, 256, "rows", "rows"},
    {"1024 panels", 1024, 1024, 1024, "rows", "panels"},
    {"2048 panels", 2048, 2048, 2048, "rows", "panels"},
    {"1x4096x4096", 1, 4096, 4096, "rows", "rows"},
};

MatrixAccess accessOf(const char *layout, int64_t rows, int64_t cols, int64_t panel) {
  if (!strcmp(layout, "panels"))
    return MatrixAccess::panels(rows, cols, panel);
  if (!strcmp(layout, "transposed"))
    return MatrixAccess::strided(1, rows);
  return MatrixAccess::strided(cols, 1);
}

ProductSpec specOf(mlir::MLIRContext &context, const Case &c, const Target &target) {
  ProductSpec spec;
  spec.m = c.m;
  spec.n = c.n;
  spec.k = c.k;
  spec.a = accessOf(c.a, c.m, c.k, preferredPanel(c.k, target));
  spec.b = accessOf(c.b, c.k, c.n, preferredPanel(c.n, target));
  spec.element = mlir::Float32Type::get(&context);
  spec.along = c.along;
  if (c.finish >= Finish::Sgd && c.m > 16)
    spec.resultPanel = preferredPanel(c.n, target);
  return spec;
}

// c: the result, or weights followed by the two moments; extra: the bias.
HarnessEpilogue epilogueOf(const Case &c, const ProductSpec &spec, const ProductPlan &plan) {
  int64_t m = c.m, n = c.n;
  MatrixAccess out = plan.alongRows         ? MatrixAccess::strided(1, m)
                     : spec.resultPanel > 0 ? MatrixAccess::panels(m, n, spec.resultPanel)
                                            : MatrixAccess::strided(n, 1);
  return [=, finish = c.finish](mlir::OpBuilder &b, mlir::Location loc, mlir::Value base,
                                mlir::Value extra, const ProductElement &at) {
    mlir::Type type = at.acc.getType(), element = spec.element;
    auto number = [&](float x) -> mlir::Value {
      mlir::TypedAttr value = b.getF32FloatAttr(x);
      if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
        value = mlir::DenseElementsAttr::get(vector, x);
      return b.create<mlir::arith::ConstantOp>(loc, value);
    };
    auto add = [&](mlir::Value x, mlir::Value y) -> mlir::Value {
      return b.create<mlir::arith::AddFOp>(loc, x, y);
    };
    auto mul = [&](mlir::Value x, mlir::Value y) -> mlir::Value {
      return b.create<mlir::arith::MulFOp>(loc, x, y);
    };
    mlir::Value pointer = pieceAt(b, loc, base, element, out, at), value = at.acc;
    auto moment = [&](int64_t index) -> mlir::Value {
      return b.create<mlir::LLVM::GEPOp>(
          loc, base.getType(), element, pointer,
          llvm::ArrayRef<mlir::LLVM::GEPArg>{static_cast<int32_t>(index * m * n)});
    };
    if (finish == Finish::BiasRelu) {
      mlir::Value bias = pieceAt(b, loc, extra, element, MatrixAccess::strided(0, 1), at);
      value = add(value, loadPiece(b, loc, bias, type, at.valid));
      value = b.create<mlir::arith::MaximumFOp>(loc, value, number(0));
    } else if (finish == Finish::Sgd) {
      mlir::Value weight = loadPiece(b, loc, pointer, type, at.valid);
      value = b.create<mlir::arith::SubFOp>(loc, weight, mul(value, number(1e-9f)));
    } else if (finish == Finish::Adam) {
      mlir::Value first = moment(1), second = moment(2);
      mlir::Value weight = loadPiece(b, loc, pointer, type, at.valid);
      mlir::Value mean = loadPiece(b, loc, first, type, at.valid);
      mlir::Value square = loadPiece(b, loc, second, type, at.valid);
      mean = add(mul(mean, number(0.9f)), mul(value, number(0.1f)));
      square = add(mul(square, number(0.999f)), mul(mul(value, value), number(0.001f)));
      storePiece(b, loc, mean, first, at.valid);
      storePiece(b, loc, square, second, at.valid);
      mlir::Value root = b.create<mlir::math::SqrtOp>(loc, square);
      mlir::Value ratio =
          b.create<mlir::arith::DivFOp>(loc, mul(mean, number(1e-9f)), add(root, number(1e-8f)));
      value = b.create<mlir::arith::SubFOp>(loc, weight, ratio);
    }
    storePiece(b, loc, value, pointer, at.valid);
  };
}

constexpr int64_t probeSteps = 20000, probeChains = 12;

// peak(out, steps): `probeChains` independent chains of multiply-adds.
void addProbe(mlir::ModuleOp module, const Target &target) {
  mlir::OpBuilder b(module.getContext());
  mlir::Location loc = b.getUnknownLoc();
  b.setInsertionPointToEnd(module.getBody());
  mlir::Type pointer = mlir::LLVM::LLVMPointerType::get(b.getContext());
  auto fn =
      b.create<mlir::func::FuncOp>(loc, "peak", b.getFunctionType({pointer, b.getI64Type()}, {}));
  b.setInsertionPointToStart(fn.addEntryBlock());
  auto type = mlir::VectorType::get({target.lanes(4)}, b.getF32Type());
  auto load = [&](int64_t index) -> mlir::Value {
    mlir::Value at = b.create<mlir::LLVM::GEPOp>(
        loc, pointer, type, fn.getArgument(0),
        llvm::ArrayRef<mlir::LLVM::GEPArg>{static_cast<int32_t>(index)});
    return b.create<mlir::LLVM::LoadOp>(loc, type, at, 4);
  };
  mlir::Value x = load(0), y = load(1);
  llvm::SmallVector<mlir::Value> init;
  for (int64_t i = 0; i < probeChains; ++i)
    init.push_back(load(i));
  auto constant = [&](int64_t value) -> mlir::Value {
    return b.create<mlir::arith::ConstantIntOp>(loc, value, 64);
  };
  auto loop = b.create<mlir::scf::ForOp>(
      loc, constant(0), fn.getArgument(1), constant(1), init,
      [&](mlir::OpBuilder &, mlir::Location, mlir::Value, mlir::ValueRange carried) {
        llvm::SmallVector<mlir::Value> next;
        for (mlir::Value each : carried)
          next.push_back(b.create<mlir::math::FmaOp>(loc, each, x, y));
        b.create<mlir::scf::YieldOp>(loc, next);
      });
  mlir::Value sum = loop.getResult(0);
  for (mlir::Value each : loop.getResults().drop_front())
    sum = b.create<mlir::arith::AddFOp>(loc, sum, each);
  b.create<mlir::LLVM::StoreOp>(loc, sum, fn.getArgument(0), 4);
  b.create<mlir::func::ReturnOp>(loc);
}

// Runs work(0) and work(1) at once on two threads; returns the longer processor time of the two.
template <class Work> double together(int threads, Work &&work) {
  if (threads == 1) {
    double begin = threadSeconds();
    work(0);
    return threadSeconds() - begin;
  }
  std::atomic<int> ready{0};
  double times[2];
  auto run = [&](int t) {
    ready.fetch_add(1);
    while (ready.load() < 2) {
    }
    double begin = threadSeconds();
    work(t);
    times[t] = threadSeconds() - begin;
  };
  std::thread other(run, 1);
  run(0);
  other.join();
  return std::max(times[0], times[1]);
}

void measure(const Case &c, const Target &target, int threads) {
  ProductModule module;
  ProductSpec spec = specOf(module.context, c, target);
  ProductPlan plan = planProduct(spec, target);
  addProduct(*module.module, "product", spec, plan, target, epilogueOf(c, spec, plan));
  addProbe(*module.module, target);
  double started = threadSeconds();
  LoadedObject code = module.load(target);
  double compileMs = 1e3 * (threadSeconds() - started);
  auto fn = reinterpret_cast<ProductFn>(code.lookup("product"));
  auto peak = reinterpret_cast<void (*)(float *, int64_t)>(code.lookup("peak"));
  float *a = allocate(c.m * c.k), *b = allocate(c.k * c.n), *out = allocate(3 * c.m * c.n),
        *bias = allocate(c.n), *probe = allocate(2 * 16 * probeChains + 1024);
  for (int64_t i = 0; i < 3 * c.m * c.n; ++i)
    out[i] = std::abs(out[i]);

  double flops = 2.0 * static_cast<double>(c.m * c.n) * static_cast<double>(c.k);
  int repeats = std::max(1, static_cast<int>(2e8 / flops));
  auto runPeak = [&] {
    double work = 2.0 * probeSteps * probeChains * static_cast<double>(target.lanes(4)) * threads;
    return work / together(threads, [&](int t) { peak(probe + t * 512, probeSteps); }) * 1e-9;
  };
  auto runProduct = [&] {
    double seconds = together(threads, [&](int t) {
      for (int i = 0; i < repeats; ++i)
        fn(a, b, out, bias, plan.tiles * t / threads, plan.tiles * (t + 1) / threads);
    });
    return flops * repeats / seconds * 1e-9;
  };
  runProduct();
  std::vector<double> shares, rates;
  double before = runPeak(), highest = before;
  for (int sample = 0; sample < 15; ++sample) {
    double rate = runProduct(), after = runPeak();
    shares.push_back(rate / std::max(before, after));
    rates.push_back(rate);
    highest = std::max(highest, after);
    before = after;
  }
  std::sort(shares.begin(), shares.end());
  std::sort(rates.begin(), rates.end());
  static const char *const kinds[] = {"outer", "dot", "plain"};
  std::printf("%-48s %4ld-bit %dT %-5s%s %ldx%-2ld tiles %5ld  best %5.1f %%  median %5.1f %%  "
              "%6.1f GFLOP/s  compiled in %4.0f ms\n",
              c.name, static_cast<long>(target.vectorBits), threads,
              kinds[static_cast<int>(plan.kind)], plan.swapped ? "'" : " ",
              static_cast<long>(plan.mr), static_cast<long>(plan.nv), static_cast<long>(plan.tiles),
              100 * rates.back() / highest, 100 * shares[shares.size() / 2], rates.back(),
              compileMs);
  std::fflush(stdout);
  munmap(a, static_cast<size_t>(c.m * c.k) * 4 + 4096);
  munmap(b, static_cast<size_t>(c.k * c.n) * 4 + 4096);
  munmap(out, static_cast<size_t>(3 * c.m * c.n) * 4 + 4096);
}

} // namespace

int main(int argc, char **argv) {
  std::string wish = argc > 1 ? argv[1] : "all";
  int onlyThreads = argc > 2 ? std::atoi(argv[2]) : 0;
  std::vector<Target> targets;
  if (wish != "all") {
    targets.push_back(Target::named(wish));
  } else {
    targets.push_back(Target::native());
    if (targets[0].vectorBits == 512)
      targets.push_back(Target::named("x86-64-v3"));
  }
  for (const Target &target : targets)
    for (int threads : {1, 2})
      for (const Case &c : cases)
        if ((onlyThreads == 0 || onlyThreads == threads) &&
            (argc <= 3 || std::strstr(c.name, argv[3])))
          measure(c, target, threads);
}
