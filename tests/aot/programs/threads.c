/* threads N: trains the MLP on N threads of its own through the plug-in (0: without the plug-in), and then two models at
 * once on two threads. Prints the bits of the losses and a sum over the state. */
#define _POSIX_C_SOURCE 200809L
#include "mlp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 12, FEATURES = 784, CLASSES = 10, MOST_THREADS = 16 };

/* The simplest parallel_for: starts a thread for each range but the first. */
typedef struct Range {
  gradus_tile_fn work;
  void *context;
  int64_t begin, end;
  pthread_t thread;
} Range;

static void *run_range(void *argument) {
  Range *range = (Range *)argument;
  if (range->begin < range->end)
    range->work(range->context, range->begin, range->end);
  return NULL;
}

static int64_t regions; /* of the calling thread's model; says that the plug-in was used */

static void parallel_for(void *self, gradus_tile_fn work, void *context, int64_t tiles) {
  int64_t count = *(const int32_t *)self;
  Range ranges[MOST_THREADS];
  for (int64_t t = 0; t < count; ++t) {
    ranges[t].work = work;
    ranges[t].context = context;
    ranges[t].begin = tiles * t / count;
    ranges[t].end = tiles * (t + 1) / count;
    if (t > 0 && pthread_create(&ranges[t].thread, NULL, run_range, &ranges[t]))
      abort();
  }
  run_range(&ranges[0]);
  for (int64_t t = 1; t < count; ++t)
    pthread_join(ranges[t].thread, NULL);
  ++regions;
}

typedef struct Model {
  mlp_state state;
  mlp_arena arena;
  float x[MLP_BATCH * FEATURES];
  int32_t label[MLP_BATCH];
  float losses[STEPS];
  const gradus_threads *threads;
  uint64_t seed;
  int32_t code;
} Model;

static void *train(void *argument) {
  Model *model = (Model *)argument;
  uint32_t random = 1;
  model->code = mlp_init(&model->state, model->seed);
  for (int step = 0; step < STEPS && model->code == MLP_OK; ++step) {
    for (int i = 0; i < MLP_BATCH * FEATURES; ++i) {
      random = random * 1664525u + 1013904223u;
      model->x[i] = (float)(random >> 24) * (1.0f / 256);
    }
    for (int i = 0; i < MLP_BATCH; ++i)
      model->label[i] = (i * 7 + step) % CLASSES;
    mlp_inputs inputs = {model->x, model->label};
    mlp_outputs outputs = {.loss = &model->losses[step]};
    model->code = mlp_step(&model->state, &inputs, &outputs, &model->arena, model->threads);
  }
  return NULL;
}

static Model *make(uint64_t seed, const gradus_threads *threads) {
  Model *model = (Model *)aligned_alloc(MLP_ALIGNMENT, (sizeof(Model) + 63) / 64 * 64);
  if (!model)
    abort();
  model->threads = threads;
  model->seed = seed;
  return model;
}

static int print(const Model *model) {
  if (model->code != MLP_OK) {
    printf("error: %s\n", mlp_error(model->code));
    return 1;
  }
  for (int step = 0; step < STEPS; ++step) {
    union {
      float value;
      uint32_t bits;
    } same = {model->losses[step]};
    printf("step %d loss %08x %f\n", step, same.bits, (double)same.value);
  }
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < sizeof model->state; ++i)
    sum = (sum ^ ((const unsigned char *)&model->state)[i]) * 16777619u;
  printf("state %08x\n", sum);
  return 0;
}

int main(int argc, char **argv) {
  int32_t count = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 0;
  if (count < 0 || count > MOST_THREADS)
    return 2;
  gradus_threads threads = {&count, count, parallel_for};
  Model *model = make(5, count > 0 ? &threads : NULL);
  train(model);
  if (print(model))
    return 1;
  if (count > 0 && regions == 0) {
    printf("error: parallel_for was never called\n");
    return 1;
  }

  /* Two at once give what each gives alone. */
  Model *one = make(5, NULL), *two = make(6, NULL);
  pthread_t first, second;
  if (pthread_create(&first, NULL, train, one) || pthread_create(&second, NULL, train, two))
    abort();
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  int failures = print(one) + print(two);
  free(model);
  free(one);
  free(two);
  return failures;
}
