/* Takes one step of each model. */
#include "debugged.h"
#include "debugged_text.h"

static debugged_state state;
static debugged_arena arena;
static debugged_text_state text_state;
static debugged_text_arena text_arena;

int main(void) {
  float x[4 * 8] = {0}, scores[4 * 3], loss;
  int32_t label[4] = {0, 1, 2, 0};
  debugged_inputs inputs = {.x = x, .label = label};
  debugged_outputs outputs = {.scores = scores, .loss = &loss};
  int32_t code = debugged_init(&state, 1);
  if (code == DEBUGGED_OK)
    code = debugged_step(&state, &inputs, &outputs, &arena);
  label[2] = 1;
  debugged_text_inputs text_inputs = {.x = x, .label = label};
  debugged_text_outputs text_outputs = {.scores = scores, .loss = &loss};
  if (code == DEBUGGED_OK)
    code = debugged_text_init(&text_state, 1);
  if (code == DEBUGGED_OK)
    code = debugged_text_step(&text_state, &text_inputs, &text_outputs, &text_arena);
  return code;
}
