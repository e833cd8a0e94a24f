#include "tests/gradients/rows/Building.h"

namespace gradus::testing {

std::vector<Family> sortingRows() { return {}; }

} // namespace gradus::testing
