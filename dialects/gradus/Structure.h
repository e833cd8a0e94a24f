// What a program is made of, as C++ classes.
#pragma once
#include "dialects/gradus/Dialect.h"

#define GET_OP_CLASSES
#include "dialects/gradus/Structure.h.inc"
