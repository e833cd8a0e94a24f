// The passes of gradus-opt (see Passes.td).
#pragma once
#include "mlir/Pass/Pass.h"

namespace gradus::compiler {

/// Makes every pass known to MLIR's command line.
void registerPasses();

} // namespace gradus::compiler
