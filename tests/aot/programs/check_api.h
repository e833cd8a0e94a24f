/* Every function of a generated header once, and what each says to wrong arguments. C11 and C++. */
#ifndef CHECK_API_H
#define CHECK_API_H

#include "classifier.h"

/* Memory besides one state and one arena. */
typedef struct Workspace {
  classifier_state other;
  CLASSIFIER_ALIGNED unsigned char saved[CLASSIFIER_SAVED_BYTES];
  unsigned char again[64 * 32 * sizeof(float)]; /* the largest tensor */
} Workspace;

#ifdef __cplusplus
extern "C" {
#endif

/* Prints each expectation that does not hold and returns how many there are. x and label: one batch. */
int check_api(classifier_state *state, classifier_arena *arena, Workspace *workspace, const float *x,
              const int32_t *label);

#ifdef __cplusplus
}
#endif

#endif
