// Ops on tensors. Each builds one gradus op (see docs/ops.md) or a few, and throws GraphError at the
// caller's line if a rule is broken.
#pragma once
#include "compiler/graph/ops/Contraction.h"
#include "compiler/graph/ops/Convolution.h"
#include "compiler/graph/ops/Elementwise.h"
#include "compiler/graph/ops/Indexing.h"
#include "compiler/graph/ops/Loss.h"
#include "compiler/graph/ops/Movement.h"
#include "compiler/graph/ops/Normalization.h"
#include "compiler/graph/ops/Random.h"
#include "compiler/graph/ops/Reduction.h"
#include "compiler/graph/ops/Scan.h"
#include "compiler/graph/ops/Sorting.h"
