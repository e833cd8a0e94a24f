#include "tests/gradients/rows/Building.h"

namespace gradus::testing {

std::vector<Family> convolutionRows() { return {}; }

} // namespace gradus::testing
