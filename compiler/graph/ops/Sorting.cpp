#include "compiler/graph/ops/Sorting.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Sorting.h"

namespace gradus {

using namespace building;



} // namespace gradus
