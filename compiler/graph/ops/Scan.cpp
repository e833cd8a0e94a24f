#include "compiler/graph/ops/Scan.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Scan.h"

namespace gradus {

using namespace building;



} // namespace gradus
