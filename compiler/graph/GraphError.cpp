#include "compiler/graph/GraphError.h"

namespace gradus {

GraphError::~GraphError() = default;

} // namespace gradus
