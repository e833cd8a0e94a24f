/* WebAssembly: the host (run_wasm.mjs) gives one function and calls program(). */
#include "platform.h"

__attribute__((import_module("host"), import_name("write"))) void host_write(const char *text, size_t bytes);

void platform_write(const char *text, size_t bytes) { host_write(text, bytes); }
