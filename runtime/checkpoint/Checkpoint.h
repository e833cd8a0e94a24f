// A program's state on disk.
#pragma once

#include "runtime/checkpoint/Tensors.h"
#include "runtime/core/State.h"

#include <filesystem>

namespace gradus {

/// All states, row-major whatever their layout, under their names. Errors: as saveTensors.
Status saveState(const std::filesystem::path &path, const State &state,
                 const Metadata &metadata = {});

/// Sets all states from a file that holds exactly them: equal names, types and shapes. Gives the
/// file's metadata. On an error the state is untouched, and the message names the first difference.
Result<Metadata> loadState(const std::filesystem::path &path, State &state);

/// The second half of loadState, for tensors that were read before; `name` is for messages.
Status restoreState(const NamedTensors &tensors, State &state, const std::string &name);

} // namespace gradus
