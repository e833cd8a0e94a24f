// Random numbers from (key, counter).
#ifndef GRADUS_RANDOM
#define GRADUS_RANDOM
include "dialects/gradus/Gradus.td"

#endif
