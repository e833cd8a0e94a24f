// Ops that order elements.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {



} // namespace gradus
