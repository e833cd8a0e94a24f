/* Fits a line through four points that lie on one. */
#include "line.h"

#include <math.h>
#include <stdio.h>

static line_state state;
static line_arena arena;

int main(void) {
  float x[4] = {0, 1, 2, 3}, y[4] = {1, 3, 5, 7}, prediction[4], loss = 0;
  line_inputs inputs = {.x = x, .y = y};
  line_outputs outputs = {.prediction = prediction, .loss = &loss};
  int32_t code = line_init(&state, 1);
  for (int step = 0; step < 500 && code == LINE_OK; ++step)
    code = line_step(&state, &inputs, &outputs, &arena);
  if (code == LINE_OK)
    code = line_infer(&state, &inputs, &outputs, &arena);
  if (code != LINE_OK) {
    fprintf(stderr, "%s\n", line_error(code));
    return 1;
  }
  printf("loss %g, prediction %g %g %g %g\n", (double)loss, (double)prediction[0], (double)prediction[1],
         (double)prediction[2], (double)prediction[3]);
  for (int i = 0; i < 4; ++i)
    if (fabsf(prediction[i] - y[i]) > 0.01f)
      return 1;
  return 0;
}
