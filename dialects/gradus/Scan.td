// Scans: running sums, products and extrema.
#ifndef GRADUS_SCAN
#define GRADUS_SCAN
include "dialects/gradus/Gradus.td"

#endif
