// Scans, as C++ classes.
#pragma once
#include "dialects/gradus/Dialect.h"

#define GET_OP_CLASSES
#include "dialects/gradus/Scan.h.inc"
