#include "compiler/graph/ops/Convolution.h"

#include "compiler/graph/ops/Building.h"
#include "dialects/gradus/Convolution.h"

namespace gradus {

using namespace building;



} // namespace gradus
