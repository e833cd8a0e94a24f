#include "check_api.h"

#include "text.h"

#ifdef CLASSIFIER_TAKES_THREADS
#define STEP(state, inputs, outputs, arena) classifier_step(state, inputs, outputs, arena, NULL)
#define INFER(state, inputs, outputs, arena) classifier_infer(state, inputs, outputs, arena, NULL)
#else
#define STEP classifier_step
#define INFER classifier_infer
#endif

static int failures;

static void expect(int holds, const char *what, uint32_t line) {
  if (holds)
    return;
  ++failures;
  put("check_api.c:");
  put_number(line);
  put(": expected ");
  put(what);
  put("\n");
}
#define EXPECT(condition) expect(condition, #condition, __LINE__)
#define EXPECT_CODE(code, call) expect((call) == CLASSIFIER_##code, #call " to give " #code, __LINE__)

static int equal(const void *left, const void *right, size_t bytes) {
  const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
  for (size_t i = 0; i < bytes; ++i)
    if (a[i] != b[i])
      return 0;
  return 1;
}

static void fill(void *to, unsigned char value, size_t bytes) {
  unsigned char *a = (unsigned char *)to;
  for (size_t i = 0; i < bytes; ++i)
    a[i] = value;
}

/* A sum over all bytes, to see whether something changed. */
static uint32_t sum_of(const void *memory, size_t bytes) {
  const unsigned char *a = (const unsigned char *)memory;
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < bytes; ++i)
    sum = (sum ^ a[i]) * 16777619u;
  return sum;
}

static void *shifted(void *memory, size_t bytes) { return (unsigned char *)memory + bytes; }

/* Where `text` begins in the first `bytes` of memory; 0 if nowhere. */
static unsigned char *find(unsigned char *memory, size_t bytes, const char *text) {
  size_t length = 0;
  while (text[length])
    ++length;
  for (size_t i = 0; i + length <= bytes; ++i)
    if (equal(memory + i, text, length))
      return memory + i;
  return NULL;
}

static void check_texts(void) {
  for (int32_t code = CLASSIFIER_OK; code <= CLASSIFIER_NO_CPU; ++code)
    EXPECT(classifier_error(code) && classifier_error(code)[0]);
  EXPECT(classifier_error(-1) && classifier_error(12345));
  EXPECT(classifier_description() && classifier_description()[0] == '{');
}

static void check_init(classifier_state *state, Workspace *workspace) {
  EXPECT_CODE(NULL_POINTER, classifier_init(NULL, 1));
  EXPECT_CODE(MISALIGNED, classifier_init((classifier_state *)shifted(state, 4), 1));
  EXPECT_CODE(OK, classifier_init(state, 1));
  EXPECT_CODE(OK, classifier_init(&workspace->other, 1));
  EXPECT(equal(state->w1, workspace->other.w1, sizeof state->w1));
  EXPECT_CODE(OK, classifier_init(&workspace->other, 2));
  EXPECT(!equal(state->w1, workspace->other.w1, sizeof state->w1));
}

static void check_calls(classifier_state *state, classifier_arena *arena, Workspace *workspace, const float *x,
                        const int32_t *label) {
  float loss = -1, logits[CLASSIFIER_BATCH * 10] = {0};
  classifier_inputs inputs = {x, label}, no_label = {x, NULL}, no_x = {NULL, label};
  classifier_inputs odd_x = {(const float *)shifted((void *)(uintptr_t)x, 1), label};
  classifier_outputs outputs = {&loss, logits}, no_loss = {NULL, logits}, nothing = {NULL, NULL};
  uint32_t before = sum_of(state, sizeof *state);

  EXPECT_CODE(NULL_POINTER, STEP(NULL, &inputs, &outputs, arena));
  EXPECT_CODE(NULL_POINTER, STEP(state, NULL, &outputs, arena));
  EXPECT_CODE(NULL_POINTER, STEP(state, &inputs, NULL, arena));
  EXPECT_CODE(NULL_POINTER, STEP(state, &inputs, &outputs, NULL));
  EXPECT_CODE(NULL_POINTER, STEP(state, &no_x, &outputs, arena));
  EXPECT_CODE(NULL_POINTER, STEP(state, &no_label, &outputs, arena));
  EXPECT_CODE(NULL_POINTER, STEP(state, &inputs, &no_loss, arena));
  EXPECT_CODE(MISALIGNED, STEP(state, &odd_x, &outputs, arena));
  EXPECT_CODE(MISALIGNED, STEP((classifier_state *)shifted(state, 8), &inputs, &outputs, arena));
  EXPECT_CODE(MISALIGNED, STEP(state, &inputs, &outputs, (classifier_arena *)shifted(arena, 4)));
  EXPECT_CODE(NULL_POINTER, INFER(NULL, &inputs, &outputs, arena));
  EXPECT_CODE(NULL_POINTER, INFER(state, &inputs, &nothing, arena));
  EXPECT_CODE(MISALIGNED, INFER(state, &odd_x, &outputs, arena));
  EXPECT(loss == -1);
  EXPECT(sum_of(state, sizeof *state) == before);

  /* Memory that nobody has initialised is no state. */
  fill(&workspace->other, 0, sizeof workspace->other);
  EXPECT_CODE(WRONG_STATE, STEP(&workspace->other, &inputs, &outputs, arena));
  EXPECT_CODE(WRONG_STATE, INFER(&workspace->other, &inputs, &outputs, arena));
  EXPECT_CODE(WRONG_STATE, classifier_save(&workspace->other, workspace->saved, CLASSIFIER_SAVED_BYTES));
  EXPECT_CODE(WRONG_STATE, classifier_get(&workspace->other, CLASSIFIER_B1, workspace->again, sizeof state->b1));
  EXPECT_CODE(WRONG_STATE, classifier_set(&workspace->other, CLASSIFIER_B1, state->b1, sizeof state->b1));

  /* The inference needs neither labels nor a place for the loss, and changes nothing. */
  EXPECT_CODE(OK, INFER(state, &no_label, &no_loss, arena));
  EXPECT(sum_of(state, sizeof *state) == before);
  EXPECT_CODE(OK, STEP(state, &inputs, &outputs, arena));
  EXPECT(loss > 0 && loss < 100);
  EXPECT(sum_of(state, sizeof *state) != before);
}

static void check_instances(classifier_state *state, classifier_arena *arena, Workspace *workspace, const float *x,
                            const int32_t *label) {
  /* Two models in turns learn the same as one after the other, and as each other. */
  float loss[2] = {0, 0}, logits[CLASSIFIER_BATCH * 10];
  classifier_inputs inputs = {x, label};
  classifier_outputs first = {&loss[0], logits}, second = {&loss[1], logits};
  EXPECT_CODE(OK, classifier_init(state, 3));
  EXPECT_CODE(OK, classifier_init(&workspace->other, 3));
  for (int i = 0; i < 3; ++i) {
    EXPECT_CODE(OK, STEP(state, &inputs, &first, arena));
    EXPECT_CODE(OK, STEP(&workspace->other, &inputs, &second, arena));
    EXPECT(loss[0] == loss[1]);
    fill(arena, 0xff, sizeof *arena); /* its content means nothing between calls */
  }
  EXPECT(equal(state, &workspace->other, sizeof *state));
}

static void check_tensors(classifier_state *state, Workspace *workspace) {
  float bias[32];
  EXPECT(CLASSIFIER_TENSORS == 4);
  EXPECT_CODE(NULL_POINTER, classifier_get(NULL, CLASSIFIER_B1, bias, sizeof bias));
  EXPECT_CODE(NULL_POINTER, classifier_get(state, CLASSIFIER_B1, NULL, sizeof bias));
  EXPECT_CODE(NULL_POINTER, classifier_set(state, CLASSIFIER_B1, NULL, sizeof bias));
  EXPECT_CODE(BAD_INDEX, classifier_get(state, -1, bias, sizeof bias));
  EXPECT_CODE(BAD_INDEX, classifier_get(state, CLASSIFIER_TENSORS, bias, sizeof bias));
  EXPECT_CODE(BAD_INDEX, classifier_set(state, CLASSIFIER_TENSORS, bias, sizeof bias));
  EXPECT_CODE(WRONG_SIZE, classifier_get(state, CLASSIFIER_B1, bias, sizeof bias - 1));
  EXPECT_CODE(WRONG_SIZE, classifier_set(state, CLASSIFIER_B1, bias, 0));
  for (int32_t i = 0; i < 32; ++i)
    bias[i] = (float)i;
  EXPECT_CODE(OK, classifier_set(state, CLASSIFIER_B1, bias, sizeof bias));
  EXPECT_CODE(OK, classifier_get(state, CLASSIFIER_B1, workspace->again, sizeof bias));
  EXPECT(equal(bias, workspace->again, sizeof bias));

  /* Row-major in, row-major out, whatever lies between; no element is lost. */
  for (uint32_t i = 0; i < 64 * 32 * 4; ++i)
    workspace->saved[i] = (unsigned char)(i % 4 == 3 ? 0x3f : i * 37 >> i % 3);
  EXPECT_CODE(OK, classifier_set(state, CLASSIFIER_W1, workspace->saved, 64 * 32 * 4));
  EXPECT_CODE(OK, classifier_get(state, CLASSIFIER_W1, workspace->again, 64 * 32 * 4));
  EXPECT(equal(workspace->saved, workspace->again, 64 * 32 * 4));
  EXPECT_CODE(OK, classifier_set(state, CLASSIFIER_W2, workspace->saved, 32 * 10 * 4));
  EXPECT_CODE(OK, classifier_get(state, CLASSIFIER_W2, workspace->again, 32 * 10 * 4));
  EXPECT(equal(workspace->saved, workspace->again, 32 * 10 * 4));
}

static void check_files(classifier_state *state, Workspace *workspace) {
  unsigned char *saved = workspace->saved;
  const size_t bytes = CLASSIFIER_SAVED_BYTES;
  EXPECT_CODE(OK, classifier_init(state, 5));
  EXPECT_CODE(NULL_POINTER, classifier_save(NULL, saved, bytes));
  EXPECT_CODE(NULL_POINTER, classifier_save(state, NULL, bytes));
  EXPECT_CODE(WRONG_SIZE, classifier_save(state, saved, 0));
  EXPECT_CODE(WRONG_SIZE, classifier_save(state, saved, bytes - 1));
  EXPECT_CODE(OK, classifier_save(state, saved, bytes));

  uint32_t before = sum_of(state, sizeof *state);
  EXPECT_CODE(NULL_POINTER, classifier_load(NULL, saved, bytes));
  EXPECT_CODE(NULL_POINTER, classifier_load(state, NULL, bytes));
  EXPECT_CODE(MISALIGNED, classifier_load((classifier_state *)shifted(state, 4), saved, bytes));
  /* A file that ends too early, anywhere in its header and at places in its data. */
  for (size_t length = 0; length < bytes; length += length < 700 ? 1 : 509)
    EXPECT(classifier_load(state, saved, length) != CLASSIFIER_OK);
  EXPECT_CODE(BAD_FILE, classifier_load(state, saved, 0));
  EXPECT_CODE(BAD_FILE, classifier_load(state, saved, 7));
  EXPECT_CODE(BAD_FILE, classifier_load(state, saved, bytes - 1));
  /* A header that is longer than any file. */
  unsigned char length = saved[7];
  saved[7] = 0xff;
  EXPECT_CODE(BAD_FILE, classifier_load(state, saved, bytes));
  saved[7] = length;
  unsigned char *name = find(saved, bytes, "\"w2\""), *type = find(saved, bytes, "F32");
  EXPECT(name && type);
  if (!name || !type)
    return;
  name[1] = 'v';
  EXPECT_CODE(MISSING_TENSOR, classifier_load(state, saved, bytes));
  name[1] = 'w';
  type[0] = 'I';
  EXPECT_CODE(WRONG_TENSOR, classifier_load(state, saved, bytes));
  type[0] = 'F';
  /* One damaged byte anywhere in the header: an error or not, but never more than the state is touched. */
  for (unsigned char *at = saved; at < saved + 700; ++at) {
    unsigned char byte = *at;
    *at = (unsigned char)(byte ^ 0x11);
    if (classifier_load(state, saved, bytes) == CLASSIFIER_OK)
      EXPECT_CODE(OK, classifier_init(state, 5));
    else
      EXPECT(sum_of(state, sizeof *state) == before);
    *at = byte;
  }
  EXPECT(sum_of(state, sizeof *state) == before);

  EXPECT_CODE(OK, classifier_init(&workspace->other, 6));
  EXPECT_CODE(OK, classifier_load(&workspace->other, saved, bytes));
  EXPECT(equal(state, &workspace->other, sizeof *state));
  /* A fresh state needs no init before it is loaded. */
  fill(&workspace->other, 0, sizeof workspace->other);
  EXPECT_CODE(OK, classifier_load(&workspace->other, saved, bytes));
  EXPECT(equal(state, &workspace->other, sizeof *state));
}

int check_api(classifier_state *state, classifier_arena *arena, Workspace *workspace, const float *x,
              const int32_t *label) {
  failures = 0;
  check_texts();
  check_init(state, workspace);
  check_calls(state, arena, workspace, x, label);
  check_instances(state, arena, workspace, x, label);
  check_tensors(state, workspace);
  check_files(state, workspace);
  return failures;
}
