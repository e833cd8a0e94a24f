/* Trains the classifier of models/classifier.mlir on images that it makes itself and prints what happens, each number
 * with its bits. The same source runs on every target, in C11 and in C++. */
#include "check_api.h"
#include "classifier.h"
#include "images.h"
#include "text.h"

#ifndef STEPS
#define STEPS 200
#endif
enum { TESTED = 320, W1 = 64 * 32, B1 = 32, W2 = 32 * 10, B2 = 10 };

#ifdef CLASSIFIER_TAKES_THREADS
#define NO_THREADS , NULL
#else
#define NO_THREADS
#endif

static classifier_state state;
static classifier_arena arena;
static Workspace workspace;

static int failed(const char *what, int32_t code) {
  put("error: ");
  put(what);
  put(": ");
  put(classifier_error(code));
  put("\n");
  return 1;
}

static void make_batch(uint32_t first, float *x, int32_t *label) {
  for (uint32_t i = 0; i < CLASSIFIER_BATCH; ++i)
    label[i] = make_image(first + i, x + i * IMAGE_PIXELS);
}

static uint32_t add_tensor(uint32_t sum, int32_t tensor, uint32_t count) {
  /* The workspace is large enough for every tensor. */
  float *values = (float *)(void *)workspace.saved;
  int32_t code = classifier_get(&state, tensor, values, count * sizeof(float));
  if (code != CLASSIFIER_OK) {
    failed("get", code);
    return 0;
  }
  return checksum(sum, values, count);
}

int program(void) {
  static float x[CLASSIFIER_BATCH * IMAGE_PIXELS], logits[CLASSIFIER_BATCH * IMAGE_CLASSES];
  static int32_t label[CLASSIFIER_BATCH];
  float loss = 0;

  make_batch(0, x, label);
  if (check_api(&state, &arena, &workspace, x, label))
    return 1;
  put("api ok\n");

  classifier_inputs inputs = {x, label};
  classifier_outputs outputs = {&loss, logits};
  int32_t code = classifier_init(&state, 7);
  if (code != CLASSIFIER_OK)
    return failed("init", code);
  for (uint32_t step = 0; step < STEPS; ++step) {
    make_batch(step * CLASSIFIER_BATCH, x, label);
    code = classifier_step(&state, &inputs, &outputs, &arena NO_THREADS);
    if (code != CLASSIFIER_OK)
      return failed("step", code);
    put("step ");
    put_number(step);
    put(" loss ");
    put_float(loss);
    put("\n");
  }

  uint32_t sum = CHECKSUM_START;
  sum = add_tensor(sum, CLASSIFIER_W1, W1);
  sum = add_tensor(sum, CLASSIFIER_B1, B1);
  sum = add_tensor(sum, CLASSIFIER_W2, W2);
  sum = add_tensor(sum, CLASSIFIER_B2, B2);
  put("weights ");
  put_hex(sum);
  put("\n");

  uint32_t right = 0;
  for (uint32_t first = 0; first < TESTED; first += CLASSIFIER_BATCH) {
    make_batch(1000000 + first, x, label);
    code = classifier_infer(&state, &inputs, &outputs, &arena NO_THREADS);
    if (code != CLASSIFIER_OK)
      return failed("infer", code);
    for (uint32_t i = 0; i < CLASSIFIER_BATCH; ++i) {
      uint32_t best = 0;
      for (uint32_t c = 1; c < IMAGE_CLASSES; ++c)
        if (logits[i * IMAGE_CLASSES + c] > logits[i * IMAGE_CLASSES + best])
          best = c;
      right += best == (uint32_t)label[i];
    }
  }
  put("right ");
  put_number(right);
  put(" of ");
  put_number(TESTED);
  put("\n");
  return 0;
}
