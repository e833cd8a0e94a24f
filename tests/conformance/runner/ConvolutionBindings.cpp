#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {
void bindConvolutions(py::module_ &) {}
} // namespace gradus::conformance
