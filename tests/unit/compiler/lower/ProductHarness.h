// Compiles one matrix product to machine code, for tests and the benchmark of products.
#ifndef GRADUS_TESTS_UNIT_COMPILER_LOWER_PRODUCTHARNESS_H
#define GRADUS_TESTS_UNIT_COMPILER_LOWER_PRODUCTHARNESS_H

#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Target.h"
#include "compiler/jit/Jit.h"
#include "compiler/lower/Product.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <memory>
#include <string>

namespace gradus::compiler::testing {

/// (a, b, c, extra, begin, end): tiles [begin, end) of c = a*b; `extra` is the epilogue's own.
using ProductFn = void (*)(const void *, const void *, void *, void *, int64_t, int64_t);

inline mlir::Value laneMask(mlir::OpBuilder &b, mlir::Location loc, int64_t width, int64_t valid) {
  llvm::SmallVector<bool> lanes(width, false);
  std::fill(lanes.begin(), lanes.begin() + valid, true);
  return b.create<mlir::arith::ConstantOp>(
      loc, mlir::DenseElementsAttr::get(mlir::VectorType::get({width}, b.getI1Type()), lanes));
}

/// Element size in bytes, 1 where the type has no vectors of its own.
inline unsigned alignmentOf(mlir::Type element) { return element.getIntOrFloatBitWidth() / 8; }

inline mlir::Value loadPiece(mlir::OpBuilder &b, mlir::Location loc, mlir::Value pointer,
                             mlir::Type type, int64_t valid) {
  auto vector = mlir::dyn_cast<mlir::VectorType>(type);
  unsigned alignment = alignmentOf(vector ? vector.getElementType() : type);
  if (!vector || valid == vector.getNumElements())
    return b.create<mlir::LLVM::LoadOp>(loc, type, pointer, alignment);
  mlir::Value zero =
      b.create<mlir::arith::ConstantOp>(loc, mlir::cast<mlir::TypedAttr>(b.getZeroAttr(vector)));
  return b.create<mlir::LLVM::MaskedLoadOp>(loc, type, pointer,
                                            laneMask(b, loc, vector.getNumElements(), valid),
                                            mlir::ValueRange{zero}, alignment);
}

inline void storePiece(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
                       mlir::Value pointer, int64_t valid) {
  auto vector = mlir::dyn_cast<mlir::VectorType>(value.getType());
  unsigned alignment = alignmentOf(vector ? vector.getElementType() : value.getType());
  if (!vector || valid == vector.getNumElements())
    b.create<mlir::LLVM::StoreOp>(loc, value, pointer, alignment);
  else
    b.create<mlir::LLVM::MaskedStoreOp>(
        loc, value, pointer, laneMask(b, loc, vector.getNumElements(), valid), alignment);
}

/// Pointer to a piece of a matrix that is laid out as `access`.
inline mlir::Value pieceAt(mlir::OpBuilder &b, mlir::Location loc, mlir::Value base,
                           mlir::Type element, const MatrixAccess &access,
                           const ProductElement &at) {
  return b.create<mlir::LLVM::GEPOp>(
      loc, base.getType(), element, base,
      llvm::ArrayRef<mlir::LLVM::GEPArg>{mlir::LLVM::GEPArg(emitOffset(b, loc, access, at))});
}

/// An epilogue that also gets the pointers c and extra.
using HarnessEpilogue = std::function<void(mlir::OpBuilder &, mlir::Location, mlir::Value c,
                                           mlir::Value extra, const ProductElement &)>;

/// Stores the sums in c, [batch] matrices of batchStride elements.
inline HarnessEpilogue storeTo(MatrixAccess c, mlir::Type element, int64_t batchStride) {
  return [=](mlir::OpBuilder &b, mlir::Location loc, mlir::Value base, mlir::Value,
             const ProductElement &at) {
    mlir::Value stride = b.create<mlir::arith::ConstantIntOp>(loc, batchStride, 64);
    mlir::Value offset = b.create<mlir::arith::MulIOp>(loc, at.batch, stride);
    mlir::Value matrix =
        b.create<mlir::LLVM::GEPOp>(loc, base.getType(), element, base,
                                    llvm::ArrayRef<mlir::LLVM::GEPArg>{mlir::LLVM::GEPArg(offset)});
    storePiece(b, loc, at.acc, pieceAt(b, loc, matrix, element, c, at), at.valid);
  };
}

inline void addProduct(mlir::ModuleOp module, const std::string &name, const ProductSpec &spec,
                       const ProductPlan &plan, const Target &target,
                       const HarnessEpilogue &epilogue) {
  mlir::MLIRContext *context = module.getContext();
  mlir::OpBuilder b(context);
  mlir::Location loc = b.getUnknownLoc();
  b.setInsertionPointToEnd(module.getBody());
  mlir::Type pointer = mlir::LLVM::LLVMPointerType::get(context), i64 = b.getI64Type();
  auto fn = b.create<mlir::func::FuncOp>(
      loc, name, b.getFunctionType({pointer, pointer, pointer, pointer, i64, i64}, {}));
  b.setInsertionPointToStart(fn.addEntryBlock());
  emitProduct(b, loc, spec, plan, target, fn.getArgument(0), fn.getArgument(1), fn.getArgument(4),
              fn.getArgument(5),
              [&](mlir::OpBuilder &at, mlir::Location where, const ProductElement &element) {
                epilogue(at, where, fn.getArgument(2), fn.getArgument(3), element);
              });
  b.setInsertionPointToEnd(&fn.getBody().back());
  b.create<mlir::func::ReturnOp>(loc);
}

/// An MLIR context with every dialect of the lowering target, and a module to put products in.
struct ProductModule {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ProductModule() {
    context
        .loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                     mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
    module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  }
  LoadedObject load(const Target &target) {
    optimizeLowered(*module);
    return compiler::load(emitObject(*module, target), "products");
  }
};

} // namespace gradus::compiler::testing

#endif
