// The files of an ahead-of-time compilation, but for the header. Private to compiler/aot.
#pragma once

#include "compiler/aot/Aot.h"
#include "compiler/aot/Model.h"

#include <string>
#include <utility>
#include <vector>

namespace gradus::ahead {

using Members = std::vector<std::pair<std::string, std::string>>; ///< name, bytes

/// An archive for `ar` and linkers, with a table of symbols and no dates.
std::string archive(const Members &members);

/// The members linked to one file: NAME.so, or NAME.wasm with all functions of the header exported.
/// Calls the linker of the system or LLVM's. Throws std::runtime_error with what it said.
std::pair<std::string, std::string> link(const Members &members, const Model &model);

} // namespace gradus::ahead
