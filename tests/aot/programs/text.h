/* Numbers as text, without the C library and without arithmetic on doubles. C11 and C++. */
#ifndef TEXT_H
#define TEXT_H

#include "platform.h"

#include <stdint.h>

static inline void put(const char *text) {
  size_t bytes = 0;
  while (text[bytes])
    ++bytes;
  platform_write(text, bytes);
}

static inline void put_number(uint32_t value) {
  char digits[10];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  platform_write(digits + at, sizeof digits - at);
}

static inline void put_hex(uint32_t value) {
  char digits[8];
  for (size_t i = 0; i < 8; ++i)
    digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
  platform_write(digits, sizeof digits);
}

/* The bits, and for people the value (if it is from 0 to 4000). */
static inline void put_float(float value) {
  union {
    float value;
    uint32_t bits;
  } same;
  same.value = value;
  put_hex(same.bits);
  if (!(value >= 0 && value < 4000)) {
    put(" ?");
    return;
  }
  uint32_t millionths = (uint32_t)(value * 1000000.0f);
  char digits[7] = {'.'};
  for (size_t i = 0; i < 6; ++i) {
    digits[6 - i] = (char)('0' + millionths % 10);
    millionths /= 10;
  }
  put(" ");
  put_number(millionths);
  platform_write(digits, sizeof digits);
}

#endif
