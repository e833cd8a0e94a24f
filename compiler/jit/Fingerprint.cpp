#include "compiler/jit/Fingerprint.h"

#include "compiler/Fingerprint.inc" // written by Fingerprint.cmake

namespace gradus::compiler {

const char *compilerFingerprint() { return GRADUS_FINGERPRINT; }

} // namespace gradus::compiler
