#include "dialects/gradus/Scan.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Scan.cpp.inc"
