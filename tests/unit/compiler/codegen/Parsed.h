// A lowered module from text, for tests of code generation and loading.
#ifndef GRADUS_TESTS_UNIT_COMPILER_CODEGEN_PARSED_H
#define GRADUS_TESTS_UNIT_COMPILER_CODEGEN_PARSED_H

#include "compiler/codegen/Codegen.h"

#include <mlir/Dialect/Arith/IR/Arith.h>
#include <mlir/Dialect/ControlFlow/IR/ControlFlow.h>
#include <mlir/Dialect/Func/IR/FuncOps.h>
#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/Dialect/Math/IR/Math.h>
#include <mlir/Dialect/SCF/IR/SCF.h>
#include <mlir/Dialect/Vector/IR/VectorOps.h>
#include <mlir/IR/OwningOpRef.h>
#include <mlir/Parser/Parser.h>

#include <stdexcept>

namespace gradus::compiler::tests {

struct Parsed {
  explicit Parsed(const std::string &text,
                  mlir::MLIRContext::Threading threading = mlir::MLIRContext::Threading::DISABLED)
      : context(threading) {
    context.loadDialect<mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                        mlir::func::FuncDialect, mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
                        mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      throw std::runtime_error("the test's own module does not parse");
  }
  mlir::ModuleOp operator*() { return *module; }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace gradus::compiler::tests

#endif
