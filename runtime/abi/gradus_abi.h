/* What a compiled Gradus program is: the only header that an object file and its caller share.
 * Standalone C11 and C++; depends on <stdint.h> alone. */
#ifndef GRADUS_ABI_H
#define GRADUS_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of everything in this header and of the descriptor text. */
#define GRADUS_ABI_VERSION 1

/* Every state, arena and scratch pointer is aligned to this many bytes. Inputs and outputs need
 * the alignment of their element only. */
#define GRADUS_ALIGNMENT 64

/* Element types. A bool is one byte, 0 or 1. */
enum {
  GRADUS_F32 = 0,
  GRADUS_F64 = 1,
  GRADUS_I32 = 2,
  GRADUS_I64 = 3,
  GRADUS_BOOL = 4,
  GRADUS_U8 = 5
};

/* What the functions of a compiled model return. The header of a model has the same numbers under its
 * own name. */
enum {
  GRADUS_OK = 0,
  GRADUS_NULL_POINTER = 1,   /* a pointer is NULL */
  GRADUS_MISALIGNED = 2,     /* a pointer is not aligned as the header says */
  GRADUS_WRONG_STATE = 3,    /* the state is not of this model, or not initialised */
  GRADUS_WRONG_SIZE = 4,     /* the buffer has another size than is needed */
  GRADUS_BAD_FILE = 5,       /* not a safetensors file, or a damaged one */
  GRADUS_MISSING_TENSOR = 6, /* the file lacks a tensor of the model */
  GRADUS_WRONG_TENSOR = 7,   /* a tensor has another type, shape or range of values */
  GRADUS_BAD_INDEX = 8,      /* the model has no tensor of this number */
  GRADUS_WRONG_VERSION = 9,  /* the file was written for another version of this interface */
  GRADUS_NO_CPU = 10         /* the processor lacks instructions that the model was compiled for */
};

#ifndef GRADUS_THREADS /* the headers of models declare this, too */
#define GRADUS_THREADS
/* Work on the tiles [begin, end). */
typedef void (*gradus_tile_fn)(void *context, int64_t begin, int64_t end);

/* Threads of the caller's choice. parallel_for splits [0, tiles) into contiguous ranges, calls fn
 * once for each range, at most one call per thread at a time, and returns when all are done. Thread t of
 * count should always get the range [tiles*t/count, tiles*(t+1)/count): a compiled program
 * numbers its tiles so that this keeps each piece of a weight in one core's cache. The results do
 * not depend on how the tiles are split. */
typedef struct gradus_threads {
  void *self;
  int32_t count;
  void (*parallel_for)(void *self, gradus_tile_fn fn, void *context, int64_t tiles);
} gradus_threads;
#endif

/* Arguments of one call. inputs, states and outputs are in the order of the descriptor. threads
 * may be NULL: everything then runs on the calling thread. */
typedef struct gradus_call {
  void *const *inputs;
  void *const *states;
  void *const *outputs;
  void *arena;
  const gradus_threads *threads;
} gradus_call;

/* One step. Returns GRADUS_OK. */
typedef int32_t (*gradus_step_fn)(const gradus_call *call);

/* `steps` steps in one call; after each, input i advances by input_strides[i] bytes and output i by
 * output_strides[i] bytes (0: it stays). */
typedef int32_t (*gradus_loop_fn)(const gradus_call *call, int64_t steps,
                                  const int64_t *input_strides, const int64_t *output_strides);

#ifdef __cplusplus
}
#endif

#endif /* GRADUS_ABI_H */
