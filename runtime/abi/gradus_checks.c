/* What the functions of a model are given, and what they answer. */
#include "runtime/abi/gradus_library.h"

int32_t gradus_check_address(const void *pointer, int64_t alignment) {
  if (!pointer)
    return GRADUS_NULL_POINTER;
  return (uintptr_t)pointer & ((uintptr_t)alignment - 1) ? GRADUS_MISALIGNED : GRADUS_OK;
}

int32_t gradus_check_state(const gradus_model *model, const uint8_t *state) {
  const int32_t wrong = gradus_check_address(state, GRADUS_ALIGNMENT);
  if (wrong)
    return wrong;
  return *(const int64_t __attribute__((may_alias)) *)state == model->stamp ? GRADUS_OK
                                                                            : GRADUS_WRONG_STATE;
}

int32_t gradus_check_call(const gradus_model *model, const int64_t *entry, const uint8_t *state,
                          void *const *inputs, void *const *outputs, const void *arena) {
  const int64_t input_count = entry[0], output_count = entry[1];
  const int64_t has_state = entry[2], arena_bytes = entry[3];
  const int64_t *port = entry + 4;
  int32_t wrong = has_state ? gradus_check_state(model, state) : GRADUS_OK;
  if (!wrong && arena_bytes > 0)
    wrong = gradus_check_address(arena, GRADUS_ALIGNMENT);
  if (!wrong && ((input_count > 0 && !inputs) || (output_count > 0 && !outputs)))
    wrong = GRADUS_NULL_POINTER;
  for (int64_t i = 0; i < input_count + output_count && !wrong; ++i, port += 2)
    wrong = gradus_check_address((i < input_count ? inputs : outputs)[port[0]], port[1]);
  return wrong;
}

/* One text rather than a table of pointers: that would need relocations. */
const char *gradus_error_text(int32_t code) {
  static const char texts[] =
      "ok\0"
      "a pointer is NULL\0"
      "a pointer is not aligned as the header says\0"
      "the state is not of this model, or was not initialised\0"
      "the buffer has the wrong size\0"
      "not a safetensors file, or a damaged one\0"
      "the file lacks a tensor of the model\0"
      "a tensor has another type or shape than in the model, or a bool that is neither 0 nor 1\0"
      "the model has no tensor of this number\0"
      "the file was written for another version of Gradus\0"
      "the processor lacks instructions that the model was compiled for\0"
      "unknown error";
  if (code < GRADUS_OK || code > GRADUS_NO_CPU)
    code = GRADUS_NO_CPU + 1;
  const char *text = texts;
  for (; code > 0; --code)
    while (*text++)
      ;
  return text;
}

#if defined(__x86_64__)

typedef struct registers {
  uint32_t a, b, c, d;
} registers;

static inline registers cpuid(uint32_t leaf) {
  registers r;
  __asm__("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "0"(leaf), "2"(0));
  return r;
}

static inline int all(uint32_t found, uint32_t wanted) { return (found & wanted) == wanted; }

/* The levels are those of the x86-64 psABI, table 3.1; the bits those of Intel's manual, volume 2,
 * CPUID. xgetbv tells which registers the operating system saves. */
int32_t gradus_cpu_level(void) {
  enum {
    sse3 = 1u << 0,
    ssse3 = 1u << 9,
    fma = 1u << 12,
    cx16 = 1u << 13,
    sse41 = 1u << 19,
    sse42 = 1u << 20,
    movbe = 1u << 22,
    popcnt = 1u << 23,
    osxsave = 1u << 27,
    avx = 1u << 28,
    f16c = 1u << 29, /* leaf 1, ecx */
    bmi1 = 1u << 3,
    avx2 = 1u << 5,
    bmi2 = 1u << 8, /* leaf 7, ebx */
    avx512f = 1u << 16,
    avx512dq = 1u << 17,
    avx512cd = 1u << 28,
    avx512bw = 1u << 30,
    lahf = 1u << 0,
    lzcnt = 1u << 5, /* leaf 0x80000001, ecx */
    saves_avx = 0x6,
    saves_avx512 = 0xe6 /* xcr0 */
  };
  const uint32_t avx512vl = 1u << 31; /* no int */
  const registers basic = cpuid(1), extended = cpuid(0x80000001u);
  if (!all(basic.c, sse3 | ssse3 | cx16 | sse41 | sse42 | popcnt) || !all(extended.c, lahf))
    return 1;
  if (!all(basic.c, fma | movbe | osxsave | avx | f16c) || !all(extended.c, lzcnt) ||
      cpuid(0).a < 7)
    return 2;
  uint32_t saved, high;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  const registers more = cpuid(7);
  if (!all(saved, saves_avx) || !all(more.b, bmi1 | avx2 | bmi2))
    return 2;
  return all(saved, saves_avx512) && all(more.b, avx512f | avx512dq | avx512cd | avx512bw) &&
                 all(more.b, avx512vl)
             ? 4
             : 3;
}

#endif
