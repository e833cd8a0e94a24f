// What is done to a copy of a graph before its first phase.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "runtime/core/Layout.h"
#include "runtime/core/NDArray.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gradus::compiler {

/// Whether a size of the graph is left open until compilation.
bool usesBatch(mlir::ModuleOp module);

/// Leaves the named results alone (none: all) and, without `assigns`, sets no variable. What only the
/// others need goes, too, inputs and variables included. Throws std::invalid_argument for a name that is no result.
void keepOnly(mlir::ModuleOp module, const std::vector<std::string> &results, bool assigns);

/// Variables for which layoutOf gives a layout will have it: another program works on the same state.
void fixLayouts(mlir::ModuleOp module,
                const std::function<std::optional<Layout>(const std::string &)> &layoutOf);

/// The first values of variables that are given by data, by name.
std::map<std::string, NDArray> dataInitializers(mlir::ModuleOp module);

} // namespace gradus::compiler
