/* Images of 8x8 pixels in ten classes, made by arithmetic on integers: the same bits on every machine. Rows, columns
 * and two diagonals under noise. C11 and C++. */
#ifndef IMAGES_H
#define IMAGES_H

#include <stdint.h>

enum { IMAGE_PIXELS = 64, IMAGE_CLASSES = 10 };

/* Numerical Recipes' generator; its high bits are the good ones. */
static inline uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

/* Image number `index` and its class. */
static inline int32_t make_image(uint32_t index, float *pixels) {
  uint32_t random = index * 2654435761u + 12345u;
  uint32_t label = next_random(&random) % IMAGE_CLASSES;
  uint32_t ink = 96 + next_random(&random) % 128;
  for (uint32_t i = 0; i < IMAGE_PIXELS; ++i) {
    uint32_t row = i / 8, column = i % 8, noise = next_random(&random) % 128;
    int inside = label < 4   ? row / 2 == label
                 : label < 8 ? column / 2 == label - 4
                 : label < 9 ? row == column
                             : row + column == 7;
    uint32_t value = noise + (inside ? ink : 0);
    pixels[i] = (float)(value > 255 ? 255 : value) * (1.0f / 256);
  }
  return (int32_t)label;
}

/* FNV-1a over bytes, least significant byte of each word first. */
static inline uint32_t checksum(uint32_t sum, const float *values, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    union {
      float value;
      uint32_t bits;
    } same;
    same.value = values[i];
    for (uint32_t shift = 0; shift < 32; shift += 8)
      sum = (sum ^ (same.bits >> shift & 255)) * 16777619u;
  }
  return sum;
}
enum { CHECKSUM_START = 0x11C9DC5 }; /* of 2166136261 what an int can hold */

#endif
