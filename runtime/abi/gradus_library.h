/* The library: what a compiled model needs besides its kernels, in C that needs nothing, not even
 * libc. Private between compiler and runtime: the compiler embeds it as LLVM bitcode and links the
 * functions that a model uses into its object file, where they are local; the runtime has the same
 * functions, so that a model starts with the same bits and reads the same files either way.
 *
 * Numbers in the tables are int64_t whatever the size of a pointer. No function divides 64-bit
 * numbers or uses the heap, a recursion, a global variable, or (but where it says so) a double: a
 * target may have none of that. */
#ifndef GRADUS_LIBRARY_H
#define GRADUS_LIBRARY_H

#include "runtime/abi/gradus_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the elements of a matrix [rows, cols] lie. */
enum {
  GRADUS_ROW_MAJOR = 0,
  GRADUS_TRANSPOSED = 1, /* stored [cols, rows] */
  GRADUS_PANELS = 2 /* column panels of `panel` (the last may be narrower), row-major in each */
};

/* The first values of a tensor. */
enum {
  GRADUS_ZEROS = 0,
  GRADUS_CONSTANT = 1, /* a */
  GRADUS_UNIFORM = 2,  /* a + b u, u in [0, 1) */
  GRADUS_NORMAL = 3,   /* mean a, standard deviation b */
  GRADUS_DATA = 4
};

/* One tensor of a state. */
typedef struct gradus_tensor {
  int64_t offset;     /* bytes from the start of the state */
  int64_t file;       /* bytes from the start of the data of a saved state: row-major, dense */
  int64_t dtype;      /* GRADUS_F32, ... */
  int64_t rows, cols; /* as a matrix; rows = 1 if it is none. There are rows * cols elements */
  int64_t layout;     /* GRADUS_ROW_MAJOR, ... */
  int64_t panel;      /* GRADUS_PANELS: at least 1 */
  int64_t init;       /* GRADUS_ZEROS, ... */
  int64_t a, b;   /* GRADUS_CONSTANT: the bits of an element, low bytes first; else the bits of an
                     f32 for f32 tensors, of an f64 for all others */
  int64_t stream; /* of random numbers: a hash of the name */
  int64_t data;   /* GRADUS_DATA: offset of the row-major values in the model's data */
  int64_t name;   /* offset in the model's text: as JSON writes it, without quotes, zero-ended */
  int64_t shape;  /* offset in the model's text: "[784,256]", zero-ended */
} gradus_tensor;

typedef struct gradus_model {
  int64_t stamp;       /* the first 8 bytes of a state of this model */
  int64_t state_bytes; /* with all padding */
  int64_t count;       /* of tensors */
  int64_t
      header_bytes; /* of the header's JSON, padding included, without the 8 bytes of its length */
  int64_t saved_bytes; /* 8 + header_bytes + the data of all tensors */
} gradus_model;

/* Fills a state: all tensors, zeros between them, the stamp. data: the values of GRADUS_DATA. */
int32_t gradus_state_init(const gradus_model *model, const gradus_tensor *tensors,
                          const uint8_t *data, uint8_t *state, uint64_t seed);
/* The same without any double arithmetic, for models where no tensor but f32 ones is uniform or
 * normal (GRADUS_WRONG_TENSOR if another is). Conversions of constants need none. */
int32_t gradus_state_init_single(const gradus_model *model, const gradus_tensor *tensors,
                                 const uint8_t *data, uint8_t *state, uint64_t seed);

/* One tensor to and from row-major values; bytes is their exact size. */
int32_t gradus_state_get(const gradus_model *model, const gradus_tensor *tensors,
                         const uint8_t *state, int64_t which, uint8_t *values, int64_t bytes);
int32_t gradus_state_set(const gradus_model *model, const gradus_tensor *tensors, uint8_t *state,
                         int64_t which, const uint8_t *values, int64_t bytes);

/* Writes a safetensors file of model->saved_bytes bytes into a buffer of at least as many. header:
 * its JSON, model->header_bytes long. Equal states give equal bytes. */
int32_t gradus_state_save(const gradus_model *model, const gradus_tensor *tensors,
                          const char *header, const uint8_t *state, uint8_t *buffer, int64_t bytes);
/* Fills a state, which need not be initialised, from a safetensors file of `bytes` bytes at any
 * address. Tensors that the model has not are passed over, and all metadata but "gradus_abi",
 * which must be GRADUS_ABI_VERSION if it is there. On an error the state is untouched. */
int32_t gradus_state_load(const gradus_model *model, const gradus_tensor *tensors, const char *text,
                          uint8_t *state, const uint8_t *buffer, int64_t bytes);

/* One line in English. Never NULL. */
const char *gradus_error_text(int32_t code);

/* What is wrong with a call. entry: how many inputs and outputs; whether the state is the caller's, so
 * that its stamp counts; the bytes of the arena; of each input and output its place in the caller's
 * struct and its alignment. */
int32_t gradus_check_call(const gradus_model *model, const int64_t *entry, const uint8_t *state,
                          void *const *inputs, void *const *outputs, const void *arena);

#if defined(__x86_64__)
/* The level of the x86-64 psABI that processor and operating system have: 1, 2, 3 or 4. */
int32_t gradus_cpu_level(void);
#endif

/*-- For the library's own files and for the runtime
 * ------------------------------------------------*/

/* The values of one tensor, in its layout, at `values`. */
int32_t gradus_tensor_init(const gradus_tensor *tensor, const uint8_t *data, uint8_t *values,
                           uint64_t seed);
/* Copies the values of one tensor between its layout and row-major. */
void gradus_tensor_pack(const gradus_tensor *tensor, uint8_t *packed, const uint8_t *plain);
void gradus_tensor_unpack(const gradus_tensor *tensor, const uint8_t *packed, uint8_t *plain);
/* The bits of a value as an element of this type: truncated and saturated for integers, where nan
 * is 0; whether it is not 0 for a bool. */
int64_t gradus_element(int64_t dtype, double value);
/* Bytes of all elements. */
int64_t gradus_tensor_bytes(const gradus_tensor *tensor);
/* Whether these row-major values can be the tensor's: a bool is 0 or 1. */
int32_t gradus_tensor_allows(const gradus_tensor *tensor, const uint8_t *values);
void gradus_copy(uint8_t *to, const uint8_t *from, int64_t bytes);
void gradus_clear(uint8_t *to, int64_t bytes);
/* GRADUS_OK, or what is wrong with the address of a state, or with its stamp. */
int32_t gradus_check_address(const void *pointer, int64_t alignment);
int32_t gradus_check_state(const gradus_model *model, const uint8_t *state);

/* Philox4x32-10: replaces the counter by four random words. */
void gradus_philox(uint32_t counter[4], uint32_t key0, uint32_t key1);
/* Quantile of the standard normal distribution at (bits + 1/2) 2^-32, error below 3e-7. */
float gradus_normal_single(uint32_t bits);
/* Quantile of the standard normal distribution at 0 < p < 1, relative error 1e-15. */
double gradus_normal_double(double p);

#ifdef __cplusplus
}
#endif

#endif /* GRADUS_LIBRARY_H */
