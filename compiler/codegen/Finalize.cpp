#include "compiler/codegen/Finalize.h"
#include "dialects/gradus/Numbers.h"

#include <mlir/Conversion/ArithToLLVM/ArithToLLVM.h>
#include <mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h>
#include <mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h>
#include <mlir/Conversion/LLVMCommon/ConversionTarget.h>
#include <mlir/Conversion/LLVMCommon/TypeConverter.h>
#include <mlir/Conversion/MathToLLVM/MathToLLVM.h>
#include <mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h>
#include <mlir/Conversion/UBToLLVM/UBToLLVM.h>
#include <mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h>
#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/Arith/Transforms/Passes.h>
#include <mlir/Dialect/ControlFlow/IR/ControlFlow.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/UB/IR/UBOps.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>
#include <mlir/Dialect/Vector/Transforms/LoweringPatterns.h>
#include <mlir/IR/Diagnostics.h>
#include <mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h>
#include <mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h>
#include <mlir/Transforms/DialectConversion.h>

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/Support/raw_ostream.h>

using namespace mlir;

namespace gradus::compiler {

void prepareContext(MLIRContext &context) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  context.appendDialectRegistry(registry);
  context.loadDialect<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                      LLVM::LLVMDialect, math::MathDialect, scf::SCFDialect, ub::UBDialect,
                      vector::VectorDialect>();
}

DiagnosticText::DiagnosticText(MLIRContext &context) : context(context) {
  handler = context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    llvm::raw_string_ostream out(message);
    auto print = [&](Diagnostic &each, llvm::StringRef kind) {
      out << "\n" << each.getLocation() << ": " << kind << ": " << each;
    };
    print(diagnostic, "error");
    for (Diagnostic &note : diagnostic.getNotes())
      print(note, "note");
    return success();
  });
}

DiagnosticText::~DiagnosticText() { context.getDiagEngine().eraseHandler(handler); }

namespace {

// a b + c with one rounding, or nearly: f32 in f64, where that is at hand; else by the halves of a and b,
// whose products are exact, and the rests of the sums.
Value exactFma(OpBuilder &b, Operation *op, bool inDouble) {
  using namespace formula;
  Numbers in(b, op->getLoc(), op->getResult(0).getType());
  Num x = in.of(op->getOperand(0)), y = in.of(op->getOperand(1)), z = in.of(op->getOperand(2));
  if (!in.isDouble() && inDouble) {
    Numbers wide = in.asDouble();
    return narrow(widen(x, wide) * widen(y, wide) + widen(z, wide), in).value;
  }
  // Rounded to half of the bits (26 or 12), so that what is left has no more, and its square is exact as well.
  int half = in.isDouble() ? 27 : 12;
  auto upper = [&](Num v) {
    return fromBits((bits(v) + in.integer(int64_t(1) << (half - 1))) & ~((int64_t(1) << half) - 1));
  };
  Num product = x * y, x1 = upper(x), y1 = upper(y), x2 = x - x1, y2 = y - y1;
  Num rest = (((x1 * y1 - product) + x1 * y2) + x2 * y1) + x2 * y2;
  Num sum = product + z, t = sum - product;
  rest = rest + ((product - (sum - t)) + (z - t));
  return (sum + select(equal(rest, rest), rest, 0.0)).value; // no rest of infinities
}

// A target without fused multiply-add would call fmaf once per lane.
void unfuse(ModuleOp module, const Target &target) {
  bool inDouble = target.hasDouble && target.numerics == Numerics::native; // some machines have no f64
  SmallVector<Operation *> fused;
  module.walk([&](Operation *op) {
    if (isa<math::FmaOp, vector::FMAOp>(op))
      fused.push_back(op);
  });
  for (Operation *op : fused) {
    OpBuilder builder(op);
    if (op->hasAttr(formula::exactAttribute)) {
      op->getResult(0).replaceAllUsesWith(exactFma(builder, op, inDouble));
      op->erase();
      continue;
    }
    Value product =
        builder.create<arith::MulFOp>(op->getLoc(), op->getOperand(0), op->getOperand(1));
    Value sum = builder.create<arith::AddFOp>(op->getLoc(), product, op->getOperand(2));
    op->getResult(0).replaceAllUsesWith(sum);
    op->erase();
  }
}

// Where rounding to an integer is no instruction, LLVM would call roundevenf once per lane. Adding
// 2^23 (2^52) to |x| and taking it away again rounds to even; from there one step leads up or down.
// Signs stay, also of zeros; larger numbers are integers already.
Value roundedBySums(OpBuilder &b, Operation *op) {
  Location loc = op->getLoc();
  formula::Numbers in(b, loc, op->getResult(0).getType());
  formula::Num x = in.of(op->getOperand(0)), size = abs(x);
  formula::Num magic = in.number(in.pick(0x1p23, 0x1p52));
  formula::Num even = copySign((size + magic) - magic, x), y = even;
  if (isa<math::FloorOp>(op))
    y = select(greater(even, x), even - 1.0, even);
  else if (isa<math::CeilOp>(op))
    y = select(less(even, x), even + 1.0, even);
  else if (isa<math::TruncOp>(op))
    y = select(greater(abs(even), size), even - copySign(in.number(1), x), even);
  return copySign(select(less(size, magic), y, x), x).value;
}

void expandRounding(ModuleOp module) {
  SmallVector<Operation *> ops;
  module.walk([&](Operation *op) {
    if (isa<math::FloorOp, math::CeilOp, math::TruncOp, math::RoundEvenOp>(op) &&
        isa<Float32Type, Float64Type>(getElementTypeOrSelf(op->getResult(0))))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    OpBuilder builder(op);
    op->getResult(0).replaceAllUsesWith(roundedBySums(builder, op));
    op->erase();
  }
}

// vector.step of fixed size is a constant; upstream lowers only the scalable one to LLVM.
struct StepIsConstant : OpConversionPattern<vector::StepOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(vector::StepOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getType());
    if (type.isScalable())
      return failure();
    SmallVector<int64_t> steps;
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      steps.push_back(i);
    auto longs = VectorType::get(type.getShape(), rewriter.getI64Type());
    rewriter.replaceOpWithNewOp<LLVM::ConstantOp>(op, longs,
                                                  DenseElementsAttr::get(longs, ArrayRef(steps)));
    return success();
  }
};

} // namespace

void finalizeToLlvm(ModuleOp module, const Target &target) {
  MLIRContext *context = module.getContext();
  if (!target.hasFma())
    unfuse(module, target);
  if (!target.rounds)
    expandRounding(module);
  LLVMTypeConverter types(context, LowerToLLVMOptions(context));
  RewritePatternSet patterns(context);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  populateSCFToControlFlowConversionPatterns(patterns);
  arith::populateArithToLLVMConversionPatterns(types, patterns);
  populateVectorToLLVMConversionPatterns(types, patterns);
  populateMathToLLVMConversionPatterns(types, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
  ub::populateUBToLLVMConversionPatterns(types, patterns);
  populateFuncToLLVMConversionPatterns(types, patterns);
  patterns.add<StepIsConstant>(types, context);
  LLVMConversionTarget legal(*context);
  legal.addLegalOp<ModuleOp>();
  DiagnosticText diagnostics(*context);
  if (failed(applyFullConversion(module, legal, std::move(patterns))))
    throw CompileError("codegen: cannot convert to the LLVM dialect" + diagnostics.text());
}

namespace {

// The user's line inside a location: inner names and fusions are looked through, of a call stack
// the callee counts. Null where there is none.
FileLineColLoc lineOf(LocationAttr location) {
  if (auto line = dyn_cast<FileLineColLoc>(location))
    return line;
  if (auto name = dyn_cast<NameLoc>(location))
    return lineOf(name.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(location)) {
    if (FileLineColLoc line = lineOf(call.getCallee()))
      return line;
    return lineOf(call.getCaller());
  }
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location each : fused.getLocations())
      if (FileLineColLoc line = lineOf(each))
        return line;
  return {};
}

// Line tables of one module: a compile unit, a subprogram per function, a scope per (function,
// file).
class LineTables {
public:
  LineTables(ModuleOp module, const std::vector<std::pair<std::string, std::string>> &prefixes)
      : module(module), context(module.getContext()), prefixes(prefixes) {}

  void attach() {
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        attach(function);
  }

private:
  LLVM::DIFileAttr file(StringAttr path) {
    std::string name = path.str();
    for (const auto &[from, to] : prefixes)
      if (path.getValue().starts_with(from)) {
        name = to + name.substr(from.size());
        break;
      }
    return LLVM::DIFileAttr::get(context, name, "");
  }

  LLVM::DICompileUnitAttr unitIn(LLVM::DIFileAttr file) {
    if (!unit)
      unit = LLVM::DICompileUnitAttr::get(
          DistinctAttr::create(UnitAttr::get(context)), llvm::dwarf::DW_LANG_C_plus_plus_14, file,
          StringAttr::get(context, "gradus"), /*isOptimized=*/true,
          LLVM::DIEmissionKind::LineTablesOnly, LLVM::DINameTableKind::None);
    return unit;
  }

  // A function that has no line itself takes the first one in its body.
  FileLineColLoc lineOfFunction(LLVM::LLVMFuncOp function) {
    FileLineColLoc line = lineOf(function.getLoc());
    if (!line)
      function.walk([&](Operation *op) {
        line = lineOf(op->getLoc());
        return line ? WalkResult::interrupt() : WalkResult::advance();
      });
    return line;
  }

  void attach(LLVM::LLVMFuncOp function) {
    FileLineColLoc home = lineOfFunction(function);
    if (!home)
      return;
    LLVM::DIFileAttr homeFile = file(home.getFilename());
    auto type = LLVM::DISubroutineTypeAttr::get(context, ArrayRef<LLVM::DITypeAttr>());
    auto flags = LLVM::DISubprogramFlags::Definition | LLVM::DISubprogramFlags::Optimized;
    auto scope =
        LLVM::DISubprogramAttr::get(DistinctAttr::create(UnitAttr::get(context)), unitIn(homeFile),
                                    homeFile, function.getName(), function.getName(), homeFile,
                                    home.getLine(), home.getLine(), flags, type);
    llvm::DenseMap<Attribute, Location> found;
    auto replacement = [&](Location location) -> Location {
      if (auto known = found.find(location); known != found.end())
        return known->second;
      FileLineColLoc line = lineOf(location);
      Location result = line ? line : home;
      // Lines of another file need a scope that says so.
      if (line && line.getFilename() != home.getFilename())
        result = FusedLoc::get(
            context, result, LLVM::DILexicalBlockFileAttr::get(scope, file(line.getFilename()), 0));
      found.try_emplace(location, result);
      return result;
    };
    function.getBody().walk([&](Operation *op) { op->setLoc(replacement(op->getLoc())); });
    function->setLoc(FusedLoc::get(context, Location(home), scope));
  }

  ModuleOp module;
  MLIRContext *context;
  const std::vector<std::pair<std::string, std::string>> &prefixes;
  LLVM::DICompileUnitAttr unit;
};

} // namespace

void attachLineTables(ModuleOp module, const std::vector<std::pair<std::string, std::string>> &filePrefixes) {
  LineTables(module, filePrefixes).attach();
}

} // namespace gradus::compiler
