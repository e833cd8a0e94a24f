// The gradus dialect in C++: dialect, interfaces, ops.
#pragma once
#include "dialects/gradus/Element.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

// Generated code has unused parameters.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "dialects/gradus/Dialect.h.inc"
#include "dialects/gradus/Interfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/gradus/Ops.h.inc"
#pragma GCC diagnostic pop
