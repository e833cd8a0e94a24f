/* What the four functions of memory.c are called on bare Arm, for the test program itself: the object under test needs
 * none of them. */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

#define COPY(name)                                                                                                     \
  void __aeabi_##name(void *to, const void *from, size_t bytes);                                                       \
  void __aeabi_##name(void *to, const void *from, size_t bytes)
#define CLEAR(name)                                                                                                    \
  void __aeabi_##name(void *to, size_t bytes);                                                                         \
  void __aeabi_##name(void *to, size_t bytes) { memset(to, 0, bytes); }
#define SET(name)                                                                                                      \
  void __aeabi_##name(void *to, size_t bytes, int value);                                                              \
  void __aeabi_##name(void *to, size_t bytes, int value) { memset(to, value, bytes); }

COPY(memcpy) { memcpy(to, from, bytes); }
COPY(memcpy4) { memcpy(to, from, bytes); }
COPY(memcpy8) { memcpy(to, from, bytes); }
COPY(memmove) { memmove(to, from, bytes); }
COPY(memmove4) { memmove(to, from, bytes); }
COPY(memmove8) { memmove(to, from, bytes); }
CLEAR(memclr)
CLEAR(memclr4)
CLEAR(memclr8)
SET(memset)
SET(memset4)
SET(memset8)
