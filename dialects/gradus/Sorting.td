// Ops that order elements.
#ifndef GRADUS_SORTING
#define GRADUS_SORTING
include "dialects/gradus/Gradus.td"

#endif
