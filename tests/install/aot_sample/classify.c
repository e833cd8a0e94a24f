/* Tells points above the diagonal from those below. */
#include "classifier.h"

#include <stdio.h>

static classifier_state state;
static classifier_arena arena;

int main(void) {
  static const float x[8][2] = {{0, 1}, {1, 0}, {2, 3}, {3, 1}, {-1, 2}, {1, -2}, {0, 4}, {4, 3}};
  static const int32_t label[8] = {0, 1, 0, 1, 0, 1, 0, 1};
  float scores[8][2], loss = 0;
  classifier_inputs inputs = {.x = &x[0][0], .label = label};
  classifier_outputs outputs = {.scores = &scores[0][0], .loss = &loss};
  int32_t code = classifier_init(&state, 1);
  for (int step = 0; step < 300 && code == CLASSIFIER_OK; ++step)
    code = classifier_step(&state, &inputs, &outputs, &arena);
  if (code == CLASSIFIER_OK)
    code = classifier_infer(&state, &inputs, &outputs, &arena);
  if (code != CLASSIFIER_OK) {
    fprintf(stderr, "%s\n", classifier_error(code));
    return 1;
  }
  int wrong = 0;
  for (int i = 0; i < 8; ++i)
    wrong += (scores[i][1] > scores[i][0]) != (label[i] == 1);
  printf("loss %g, %d of 8 wrong\n", (double)loss, wrong);
  return wrong == 0 ? 0 : 1;
}
