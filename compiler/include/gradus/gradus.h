// Everything that a user of Gradus needs.
#pragma once
#include "compiler/graph/Graph.h"
#include "compiler/graph/Ops.h"
#include "compiler/graph/Optimizers.h"
