/* fashion TRAIN TEST: trains an MLP for one epoch on images (784 bytes and a byte for the class, one after the other),
 * prints a sum over its parameters and how many of the test images it knows.
 * fashion --first-step TRAIN: the time from the start of the process to the end of the first step. */
#define _POSIX_C_SOURCE 200809L
#include "images.h"
#include "mlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FEATURES = 784, CLASSES = 10, RECORD = FEATURES + 1 };

static mlp_state state;
static mlp_arena arena;
static float x[MLP_BATCH * FEATURES], scores[MLP_BATCH * CLASSES], loss;
static int32_t label[MLP_BATCH];
static float values[FEATURES * 256];

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static void require(int32_t code) {
  if (code == MLP_OK)
    return;
  printf("error: %s\n", mlp_error(code));
  exit(1);
}

static FILE *open_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  return file;
}

/* Whether a whole batch could be read. */
static int read_batch(FILE *file) {
  unsigned char record[RECORD];
  for (int i = 0; i < MLP_BATCH; ++i) {
    if (fread(record, 1, RECORD, file) != RECORD)
      return 0;
    for (int j = 0; j < FEATURES; ++j)
      x[i * FEATURES + j] = (float)record[j] * (1.0f / 256);
    label[i] = record[FEATURES];
  }
  return 1;
}

static uint32_t add_tensor(uint32_t sum, int32_t tensor, uint32_t count) {
  require(mlp_get(&state, tensor, values, count * sizeof(float)));
  return checksum(sum, values, count);
}

int main(int argc, char **argv) {
  mlp_inputs inputs = {x, label};
  mlp_outputs outputs;
  memset(&outputs, 0, sizeof outputs);
  outputs.loss = &loss;
  outputs.prediction = scores;

  if (argc == 3 && !strcmp(argv[1], "--first-step")) {
    /* Starts itself once more, with the time at which it did so. */
    const char *started = getenv("STARTED");
    if (!started) {
      char text[32];
      snprintf(text, sizeof text, "%.3f", microseconds());
      setenv("STARTED", text, 1);
      execv(argv[0], argv);
      perror(argv[0]);
      return 1;
    }
    FILE *file = open_file(argv[2]);
    require(mlp_init(&state, 7));
    if (!read_batch(file))
      return 1;
    require(mlp_step(&state, &inputs, &outputs, &arena));
    printf("first step after %.0f us\n", microseconds() - strtod(started, NULL));
    fclose(file);
    return 0;
  }
  if (argc != 3)
    return 2;

  require(mlp_init(&state, 7));
  FILE *file = open_file(argv[1]);
  uint32_t step = 0;
  for (; read_batch(file); ++step) {
    require(mlp_step(&state, &inputs, &outputs, &arena));
    if (step % 100 == 0)
      printf("step %u loss %f\n", step, (double)loss);
  }
  fclose(file);
  uint32_t sum = CHECKSUM_START;
  sum = add_tensor(sum, MLP_W1, FEATURES * 256);
  sum = add_tensor(sum, MLP_B1, 256);
  sum = add_tensor(sum, MLP_W2, 256 * CLASSES);
  sum = add_tensor(sum, MLP_B2, CLASSES);
  printf("weights %08x\n", sum);

  uint32_t right = 0, tested = 0;
  for (file = open_file(argv[2]); read_batch(file); tested += MLP_BATCH) {
    require(mlp_infer(&state, &inputs, &outputs, &arena));
    for (int i = 0; i < MLP_BATCH; ++i) {
      int best = 0;
      for (int c = 1; c < CLASSES; ++c)
        if (scores[i * CLASSES + c] > scores[i * CLASSES + best])
          best = c;
      right += best == label[i];
    }
  }
  fclose(file);
  printf("right %u of %u\n", right, tested);
  return 0;
}
