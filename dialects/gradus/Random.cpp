#include "dialects/gradus/Random.h"
#include "dialects/gradus/Expr.h"
#include "dialects/gradus/Rules.h"

using namespace mlir;

namespace gradus::ir {} // namespace gradus::ir

#define GET_OP_CLASSES
#include "dialects/gradus/Random.cpp.inc"
