// Convolutions and pooling.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {



} // namespace gradus
