// All ops of the dialect, family by family.
#ifndef GRADUS_OPS
#define GRADUS_OPS
include "dialects/gradus/Gradus.td"
include "dialects/gradus/Structure.td"
include "dialects/gradus/Elementwise.td"
include "dialects/gradus/Movement.td"
include "dialects/gradus/Reduction.td"
include "dialects/gradus/Scan.td"
include "dialects/gradus/Sorting.td"
include "dialects/gradus/Contraction.td"
include "dialects/gradus/Convolution.td"
include "dialects/gradus/Indexing.td"
include "dialects/gradus/Normalization.td"
include "dialects/gradus/Random.td"
include "dialects/gradus/Loss.td"
include "dialects/gradus/Training.td"
include "dialects/gradus/Kernel.td"
#endif
