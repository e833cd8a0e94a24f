// Which compiler this is.
#ifndef GRADUS_COMPILER_JIT_FINGERPRINT_H
#define GRADUS_COMPILER_JIT_FINGERPRINT_H

namespace gradus::compiler {

/// A hash of the compiler's own sources, made when it was built: part of the key of the object cache, so
/// that a changed compiler never runs what its predecessor made.
const char *compilerFingerprint();

} // namespace gradus::compiler

#endif
