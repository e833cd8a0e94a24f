// Random numbers from (key, counter): the same on every machine and for any number of threads.
#pragma once
#include "compiler/graph/ops/Types.h"

namespace gradus {



} // namespace gradus
