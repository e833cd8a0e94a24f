/* The tensors of a state: first values, and the way between layouts and row-major. */
#include "runtime/abi/gradus_library.h"

/* Integers at any address. */
typedef uint32_t __attribute__((aligned(1), may_alias)) word32;
typedef uint64_t __attribute__((aligned(1), may_alias)) word64;

static int64_t element_bytes(const gradus_tensor *tensor) {
  switch (tensor->dtype) {
  case GRADUS_F32:
  case GRADUS_I32:
    return 4;
  case GRADUS_F64:
  case GRADUS_I64:
    return 8;
  default:
    return 1;
  }
}

int64_t gradus_tensor_bytes(const gradus_tensor *tensor) {
  return tensor->rows * tensor->cols * element_bytes(tensor);
}

/*-- copies
 * ----------------------------------------------------------------------------------------*/

void gradus_copy(uint8_t *restrict to, const uint8_t *restrict from, int64_t bytes) {
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8)
    *(word64 *)(to + i) = *(const word64 *)(from + i);
  for (; i < bytes; ++i)
    to[i] = from[i];
}

void gradus_clear(uint8_t *to, int64_t bytes) {
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8)
    *(word64 *)(to + i) = 0;
  for (; i < bytes; ++i)
    to[i] = 0;
}

/* count elements of `size` bytes; a step is in bytes. */
static __attribute__((noinline)) void copy_elements(uint8_t *restrict to, int64_t to_step,
                                                    const uint8_t *restrict from, int64_t from_step,
                                                    int64_t count, int64_t size) {
  for (; count > 0; --count, to += to_step, from += from_step) {
    if (size == 4)
      *(word32 *)to = *(const word32 *)from;
    else if (size == 8)
      *(word64 *)to = *(const word64 *)from;
    else
      *to = *from;
  }
}

/* Matrices are walked in panels of columns: row i of the panel that begins at column `first` lies
 * at first * rows + i * width, or, transposed, at first * rows + i with a step of rows. Panels of
 * 16 keep both sides of a transposition in the cache. */
static void convert(const gradus_tensor *tensor, uint8_t *to, const uint8_t *from, int packs) {
  if (tensor->layout == GRADUS_ROW_MAJOR) {
    gradus_copy(to, from, gradus_tensor_bytes(tensor));
    return;
  }
  const int64_t rows = tensor->rows, cols = tensor->cols, size = element_bytes(tensor);
  const int transposed = tensor->layout == GRADUS_TRANSPOSED;
  const int64_t panel = transposed ? 16 : tensor->panel, step = transposed ? rows * size : size;
  for (int64_t first = 0; first < cols; first += panel) {
    const int64_t width = panel < cols - first ? panel : cols - first;
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t plain = (first + i * cols) * size;
      const int64_t packed = (first * rows + (transposed ? i : i * width)) * size;
      copy_elements(to + (packs ? packed : plain), packs ? step : size,
                    from + (packs ? plain : packed), packs ? size : step, width, size);
    }
  }
}

void gradus_tensor_pack(const gradus_tensor *tensor, uint8_t *packed, const uint8_t *plain) {
  convert(tensor, packed, plain, 1);
}

void gradus_tensor_unpack(const gradus_tensor *tensor, const uint8_t *packed, uint8_t *plain) {
  convert(tensor, plain, packed, 0);
}

int32_t gradus_tensor_allows(const gradus_tensor *tensor, const uint8_t *values) {
  if (tensor->dtype == GRADUS_BOOL)
    for (int64_t i = 0, bytes = gradus_tensor_bytes(tensor); i < bytes; ++i)
      if (values[i] > 1)
        return GRADUS_WRONG_TENSOR;
  return GRADUS_OK;
}

/*-- first values
 * ----------------------------------------------------------------------------------*/

typedef union single_bits {
  uint32_t bits;
  float number;
} single_bits;

typedef union double_bits {
  uint64_t bits;
  double number;
} double_bits;

/* The f64 of these bits, truncated to [low, high]; nan gives 0. In integers, bit by bit: a 32-bit
 * target calls library functions to convert to 64 bits and to shift them by a variable. */
static int64_t truncated(uint64_t bits, int64_t low, int64_t high) {
  int32_t exponent = (int32_t)(bits >> 52 & 0x7ff) - 1075;
  uint64_t size = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  if (exponent <= -53 || (exponent == 0x7ff - 1075 && size != 0x10000000000000u))
    return 0;
  for (; exponent < 0; ++exponent)
    size >>= 1;
  for (; exponent > 0 && size >> 63 == 0; --exponent)
    size <<= 1;
  if (bits >> 63)
    return size > 0 - (uint64_t)low ? low : (int64_t)(0 - size);
  return size > (uint64_t)high ? high : (int64_t)size;
}

int64_t gradus_element(int64_t dtype, double value) {
  const single_bits single = {.number = (float)value};
  const double_bits both = {.number = value};
  switch (dtype) {
  case GRADUS_F32:
    return single.bits;
  case GRADUS_I32:
    return truncated(both.bits, INT32_MIN, INT32_MAX);
  case GRADUS_I64:
    return truncated(both.bits, INT64_MIN, INT64_MAX);
  case GRADUS_U8:
    return truncated(both.bits, 0, UINT8_MAX);
  case GRADUS_BOOL:
    return value != 0;
  default:
    return (int64_t)both.bits;
  }
}

/* The bits of an element drawn by this random word. */
static inline __attribute__((always_inline)) int64_t drawn(const gradus_tensor *tensor,
                                                           uint32_t word, int doubles) {
  const int uniform = tensor->init == GRADUS_UNIFORM;
  if (!doubles || tensor->dtype == GRADUS_F32) {
    const single_bits a = {.bits = (uint32_t)tensor->a}, b = {.bits = (uint32_t)tensor->b};
    single_bits x;
    x.number = uniform ? (float)(word >> 8) * 0x1p-24f : gradus_normal_single(word);
    x.number = a.number + b.number * x.number;
    return x.bits;
  }
  const double_bits a = {.bits = (uint64_t)tensor->a}, b = {.bits = (uint64_t)tensor->b};
  const double x =
      uniform ? (word >> 8) * 0x1p-24 : gradus_normal_double(((double)word + 0.5) * 0x1p-32);
  return gradus_element(tensor->dtype, a.number + b.number * x);
}

/* Element i in row-major order is drawn by word i of the stream (seed, tensor->stream), four words
 * a block: whatever the layout, the values are the same. Row-major is one panel of all columns,
 * transposed are panels of one. `doubles` is a constant of the caller's: without it, nothing here
 * refers to a double. */
static inline __attribute__((always_inline)) void draw(const gradus_tensor *tensor, uint8_t *values,
                                                       uint64_t seed, int doubles) {
  const int64_t rows = tensor->rows, cols = tensor->cols, size = element_bytes(tensor);
  const int64_t panel = tensor->layout == GRADUS_ROW_MAJOR    ? cols
                        : tensor->layout == GRADUS_TRANSPOSED ? 1
                                                              : tensor->panel;
  int64_t element = tensor->a; /* of a constant */
  uint32_t words[4];
  uint64_t index = 0;
  for (int64_t i = 0; i < rows; ++i) {
    int64_t first = 0; /* column of the panel */
    for (int64_t j = 0; j < cols; ++j, ++index) {
      if (j - first == panel)
        first = j;
      const int64_t width = panel < cols - first ? panel : cols - first;
      if (tensor->init != GRADUS_CONSTANT) {
        if ((index & 3) == 0) {
          words[0] = (uint32_t)(index >> 2);
          words[1] = (uint32_t)(index >> 34);
          words[2] = (uint32_t)tensor->stream;
          words[3] = (uint32_t)((uint64_t)tensor->stream >> 32);
          gradus_philox(words, (uint32_t)seed, (uint32_t)(seed >> 32));
        }
        element = drawn(tensor, words[index & 3], doubles);
      }
      copy_elements(values + (first * rows + i * width + j - first) * size, 0,
                    (const uint8_t *)&element, 0, 1, size);
    }
  }
}

/* Fills a tensor whose bytes are 0. */
static inline __attribute__((always_inline)) int32_t fill(const gradus_tensor *tensor,
                                                          const uint8_t *data, uint8_t *values,
                                                          uint64_t seed, int doubles) {
  if (tensor->init == GRADUS_DATA)
    gradus_tensor_pack(tensor, values, data + tensor->data);
  else if (tensor->init != GRADUS_ZEROS) {
    if (!doubles && tensor->init != GRADUS_CONSTANT && tensor->dtype != GRADUS_F32)
      return GRADUS_WRONG_TENSOR;
    draw(tensor, values, seed, doubles);
  }
  return GRADUS_OK;
}

int32_t gradus_tensor_init(const gradus_tensor *tensor, const uint8_t *data, uint8_t *values,
                           uint64_t seed) {
  gradus_clear(values, gradus_tensor_bytes(tensor));
  return fill(tensor, data, values, seed, 1);
}

/*-- the whole state
 * -------------------------------------------------------------------------------*/

static inline __attribute__((always_inline)) int32_t init(const gradus_model *model,
                                                          const gradus_tensor *tensors,
                                                          const uint8_t *data, uint8_t *state,
                                                          uint64_t seed, int doubles) {
  const int32_t wrong = gradus_check_address(state, GRADUS_ALIGNMENT);
  if (wrong)
    return wrong;
  gradus_clear(state, model->state_bytes);
  for (int64_t i = 0; i < model->count; ++i) {
    const int32_t failed = fill(&tensors[i], data, state + tensors[i].offset, seed, doubles);
    if (failed)
      return failed;
  }
  *(word64 *)state = (uint64_t)model->stamp;
  return GRADUS_OK;
}

int32_t gradus_state_init(const gradus_model *model, const gradus_tensor *tensors,
                          const uint8_t *data, uint8_t *state, uint64_t seed) {
  return init(model, tensors, data, state, seed, 1);
}

int32_t gradus_state_init_single(const gradus_model *model, const gradus_tensor *tensors,
                                 const uint8_t *data, uint8_t *state, uint64_t seed) {
  return init(model, tensors, data, state, seed, 0);
}

/* What get and set check. */
static int32_t check_access(const gradus_model *model, const gradus_tensor *tensors,
                            const uint8_t *state, int64_t which, const uint8_t *values,
                            int64_t bytes) {
  const int32_t wrong = gradus_check_state(model, state);
  if (wrong)
    return wrong;
  if (which < 0 || which >= model->count)
    return GRADUS_BAD_INDEX;
  if (!values)
    return GRADUS_NULL_POINTER;
  return bytes == gradus_tensor_bytes(&tensors[which]) ? GRADUS_OK : GRADUS_WRONG_SIZE;
}

int32_t gradus_state_get(const gradus_model *model, const gradus_tensor *tensors,
                         const uint8_t *state, int64_t which, uint8_t *values, int64_t bytes) {
  const int32_t wrong = check_access(model, tensors, state, which, values, bytes);
  if (!wrong)
    gradus_tensor_unpack(&tensors[which], state + tensors[which].offset, values);
  return wrong;
}

int32_t gradus_state_set(const gradus_model *model, const gradus_tensor *tensors, uint8_t *state,
                         int64_t which, const uint8_t *values, int64_t bytes) {
  int32_t wrong = check_access(model, tensors, state, which, values, bytes);
  if (!wrong)
    wrong = gradus_tensor_allows(&tensors[which], values);
  if (!wrong)
    gradus_tensor_pack(&tensors[which], state + tensors[which].offset, values);
  return wrong;
}
