/* What a program of these tests needs of the machine that it runs on. C11 and C++. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes to the standard output, or what stands for it. */
void platform_write(const char *text, size_t bytes);

/* The program; the platform calls it once and ends with what it returns (0: all is well). */
int program(void);

#ifdef __cplusplus
}
#endif

#endif
