/* On a processor that none of the archive's objects runs on, every function says so. */
#include "classifier.h"
#include "text.h"

static classifier_state state;
static classifier_arena arena;

int program(void) {
  static float x[CLASSIFIER_BATCH * 64], logits[CLASSIFIER_BATCH * 10], loss;
  static int32_t label[CLASSIFIER_BATCH];
  classifier_inputs inputs = {x, label};
  classifier_outputs outputs = {&loss, logits};
  int32_t codes[3];
  codes[0] = classifier_init(&state, 1);
  codes[1] = classifier_step(&state, &inputs, &outputs, &arena);
  codes[2] = classifier_infer(&state, &inputs, &outputs, &arena);
  for (int i = 0; i < 3; ++i) {
    put(classifier_error(codes[i]));
    put("\n");
  }
  return codes[0] == CLASSIFIER_NO_CPU && codes[1] == CLASSIFIER_NO_CPU && codes[2] == CLASSIFIER_NO_CPU ? 0 : 1;
}
