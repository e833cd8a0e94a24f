/* A Cortex-M without anything: vectors, memory, floating point, and semihosting for output. Says at the end how much
 * memory was used. */
#include "platform.h"
#include "text.h"

/* From cortex.ld. */
extern unsigned char data_begin[], data_end[], data_image[], bss_begin[], bss_end[], stack_top[];
extern void (*const vectors[])(void);

static const unsigned char unused = 0xa5;

static int semihosting(int operation, const void *argument) {
  register int result __asm__("r0") = operation;
  register const void *at __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(result) : "r"(at) : "memory");
  return result;
}

void platform_write(const char *text, size_t bytes) {
  char line[64];
  while (bytes) {
    size_t part = bytes < sizeof line ? bytes : sizeof line - 1;
    for (size_t i = 0; i < part; ++i)
      line[i] = text[i];
    line[part] = 0;
    semihosting(4, line); /* SYS_WRITE0 */
    text += part;
    bytes -= part;
  }
}

static _Noreturn void finish(int status) {
  /* SYS_EXIT_EXTENDED: ADP_Stopped_ApplicationExit and the status */
  const int block[2] = {0x20026, status};
  for (;;)
    semihosting(0x20, block);
}

static void report_memory(void) {
  const unsigned char *lowest = bss_end;
  while (lowest < stack_top && *lowest == unused)
    ++lowest;
  put("memory data ");
  put_number((uint32_t)(bss_end - data_begin));
  put(" stack ");
  put_number((uint32_t)(stack_top - lowest));
  put(" code ");
  put_number((uint32_t)(data_image - (const unsigned char *)vectors));
  put("\n");
}

void reset(void) {
  /* Full access to the coprocessors 10 and 11: floating point. */
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  for (size_t i = 0; i < (size_t)(data_end - data_begin); ++i)
    data_begin[i] = data_image[i];
  for (unsigned char *at = bss_begin; at < bss_end; ++at)
    *at = 0;
  unsigned char here; /* below lies nothing that is needed */
  for (unsigned char *at = bss_end; at < &here - 128; ++at)
    *at = unused;
  int status = program();
  report_memory();
  finish(status);
}

void fault(void) {
  put("fault\n");
  finish(99);
}

__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault};
