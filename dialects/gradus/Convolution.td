// Convolutions and pooling.
#ifndef GRADUS_CONVOLUTION
#define GRADUS_CONVOLUTION
include "dialects/gradus/Gradus.td"

#endif
