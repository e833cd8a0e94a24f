#ifndef GRADUS_PASSES
#define GRADUS_PASSES
include "mlir/Pass/PassBase.td"
#endif
