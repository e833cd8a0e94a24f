#include "compiler/graph/ops/Random.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Random.h"

namespace gradus {

using namespace building;



} // namespace gradus
