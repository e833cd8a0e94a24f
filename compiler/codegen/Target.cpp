#include "compiler/codegen/Target.h"
#include "compiler/codegen/CompileError.h"
#include "compiler/codegen/LlvmTargets.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <mutex>
#include <unistd.h>

namespace gradus::compiler {

void initializeLlvmTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers(); // for the inline assembly of the library
  });
}

namespace {

constexpr const char *x86 = "x86_64-unknown-linux-gnu";
constexpr const char *arm = "aarch64-unknown-linux-gnu";
constexpr const char *thumb7 = "thumbv7em-none-eabihf";
constexpr const char *thumb8 = "thumbv8m.main-none-eabihf";

// What LLVM's processor tables do not say. fmaBits: bits of fused multiply-add results per cycle.
struct Known {
  const char *name, *triple, *cpu, *features;
  int64_t l1KiB, l2KiB;
  int64_t fmaBits;
};

constexpr Known knownTargets[] = {
    {"x86-64", x86, "x86-64", "", 32, 256, 0},
    {"x86-64-v2", x86, "x86-64-v2", "", 32, 256, 0},
    {"x86-64-v3", x86, "x86-64-v3", "", 32, 512, 512},
    {"x86-64-v4", x86, "x86-64-v4", "", 32, 1024, 1024},
    {"haswell", x86, "haswell", "", 32, 256, 512},
    {"broadwell", x86, "broadwell", "", 32, 256, 512},
    {"skylake", x86, "skylake", "", 32, 256, 512},
    {"alderlake", x86, "alderlake", "", 48, 1280, 512},
    {"skylake-avx512", x86, "skylake-avx512", "", 32, 1024, 1024},
    {"cascadelake", x86, "cascadelake", "", 32, 1024, 1024},
    {"icelake-server", x86, "icelake-server", "", 48, 1280, 1024},
    {"sapphirerapids", x86, "sapphirerapids", "", 48, 2048, 1024},
    {"emeraldrapids", x86, "emeraldrapids", "", 48, 2048, 1024},
    {"graniterapids", x86, "graniterapids", "", 48, 2048, 1024},
    {"znver1", x86, "znver1", "", 32, 512, 256},
    {"znver2", x86, "znver2", "", 32, 512, 512},
    {"znver3", x86, "znver3", "", 32, 512, 512},
    {"znver4", x86, "znver4", "", 32, 1024, 512},
    {"znver5", x86, "znver5", "", 48, 1024, 1024},
    {"aarch64", arm, "generic", "", 32, 512, 256},
    {"cortex-a72", arm, "cortex-a72", "", 32, 512, 128},
    {"cortex-a76", arm, "cortex-a76", "", 64, 256, 256},
    {"neoverse-n1", arm, "neoverse-n1", "", 64, 1024, 256},
    {"neoverse-n2", arm, "neoverse-n2", "", 64, 1024, 256},
    {"neoverse-v1", arm, "neoverse-v1", "", 64, 1024, 512},
    {"neoverse-v2", arm, "neoverse-v2", "", 64, 2048, 512},
    {"apple-m1", arm, "apple-m1", "", 128, 4096, 512},
    {"riscv64", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c", 32, 512, 128},
    {"riscv64-v", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c,+v", 32, 512, 128},
    {"wasm32", "wasm32-unknown-unknown", "generic", "+simd128", 32, 256, 0},
    // Microcontrollers: memory on the chip, behind a small cache or none.
    {"cortex-m4", thumb7, "cortex-m4", "", 8, 32, 32},
    {"cortex-m7", thumb7, "cortex-m7", "", 16, 64, 32},
    {"cortex-m33", thumb8, "cortex-m33", "", 8, 32, 32},
};

const Known *findKnown(llvm::StringRef cpu, const llvm::Triple &triple) {
  for (const Known &known : knownTargets)
    if (cpu == known.cpu && llvm::Triple(known.triple).getArch() == triple.getArch())
      return &known;
  return nullptr;
}

std::unique_ptr<llvm::MCSubtargetInfo> subtarget(const std::string &triple, llvm::StringRef cpu,
                                                 llvm::StringRef features) {
  initializeLlvmTargets();
  std::string why;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, why);
  if (!target) {
    std::string message = "unknown target triple '" + triple + "'; known architectures:";
    for (const llvm::Target &each : llvm::TargetRegistry::targets())
      message += std::string(" ") + each.getName();
    throw CompileError(message);
  }
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      target->createMCSubtargetInfo(triple, cpu, features));
}

template <class Table> std::string namesOf(const Table &table) {
  std::string names;
  for (const auto &entry : table)
    names += std::string(" ") + entry.Key;
  return names;
}

void checkNames(const std::string &triple, const std::string &cpu, llvm::StringRef features) {
  auto plain = subtarget(triple, "", "");
  if (!cpu.empty() && !plain->isCPUStringValid(cpu))
    throw CompileError("unknown processor '" + cpu + "' for " + triple +
                       "; known processors:" + namesOf(plain->getAllProcessorDescriptions()));
  llvm::SmallVector<llvm::StringRef> parts;
  features.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts) {
    bool isSigned = part.starts_with("+") || part.starts_with("-");
    bool isKnown = isSigned && llvm::any_of(plain->getAllProcessorFeatures(), [&](const auto &kv) {
                     return part.drop_front() == kv.Key;
                   });
    if (!isKnown)
      throw CompileError(
          "unknown feature '" + part.str() + "' for " + triple +
          " (write +name or -name); known features:" + namesOf(plain->getAllProcessorFeatures()));
  }
}

void describeVectors(Target &target, const llvm::Triple &triple) {
  auto info = subtarget(target.triple, target.cpu, target.features);
  auto has = [&](llvm::StringRef feature) { return info->checkFeatures(feature); };
  int64_t maximalPorts = 2;
  bool fma = true;
  if (triple.isX86()) {
    bool avx512 = has("+avx512f") && has("+avx512vl") && has("+avx512bw") && has("+avx512dq");
    target.vectorBits = avx512 ? 512 : has("+avx") ? 256 : 128;
    target.vectorRegisters = avx512 ? 32 : 16;
    fma = has("+fma") || avx512;
    target.rounds = has("+sse4.1");
  } else if (triple.isAArch64()) {
    target.vectorBits = 128;
    target.vectorRegisters = 32;
    maximalPorts = 4;
  } else if (triple.isRISCV()) {
    // Without V a "vector" is one number in a register.
    target.vectorBits = has("+v") ? 128 : 32;
    target.vectorRegisters = 32;
    target.hasSingle = has("+f");
    target.hasDouble = has("+d");
    // Rounding is a conversion to an integer and back.
    target.rounds = false;
  } else if (triple.isARM() || triple.isThumb()) {
    target.vectorBits = has("+neon") ? 128 : 32;
    target.vectorRegisters = has("+d32") ? 32 : 16;
    target.hasSingle = has("+vfp2sp");
    target.hasDouble = has("+fp64");
    target.rounds = false; // to even is none, though the others may be
    fma = has("+vfp4d16sp");
    maximalPorts = 1;
  } else {
    target.vectorBits = 128;
    target.vectorRegisters = 16;
    fma = false;
  }
  const Known *known = findKnown(target.cpu, triple);
  target.pointerBits = triple.isArch64Bit() ? 64 : 32;
  int64_t fmaBits = known ? known->fmaBits : 2 * target.vectorBits;
  target.fmaPorts =
      fma ? static_cast<int>(std::clamp<int64_t>(fmaBits / target.vectorBits, 1, maximalPorts)) : 0;
  if (known) {
    target.l1Bytes = known->l1KiB << 10;
    target.l2Bytes = known->l2KiB << 10;
  }
}

// "48K", "2M" as in sysfs; 0 if unreadable.
int64_t readSize(const std::string &path) {
  std::ifstream file(path);
  int64_t value = 0;
  std::string unit;
  if (!(file >> value) || value <= 0)
    return 0;
  file >> unit;
  return unit == "K" ? value << 10 : unit == "M" ? value << 20 : value;
}

int64_t cacheFromSystem(int level) {
  for (int index = 0; index < 8; ++index) {
    std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    std::string type;
    if (!(std::ifstream(folder + "type") >> type) || type == "Instruction")
      continue;
    if (readSize(folder + "level") == level)
      if (int64_t bytes = readSize(folder + "size"))
        return bytes;
  }
#if defined(_SC_LEVEL1_DCACHE_SIZE) && defined(_SC_LEVEL2_CACHE_SIZE)
  return std::max<int64_t>(0, sysconf(level == 1 ? _SC_LEVEL1_DCACHE_SIZE : _SC_LEVEL2_CACHE_SIZE));
#else
  return 0;
#endif
}

Target detect() {
  initializeLlvmTargets();
  Target target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  // A virtual machine may hide what its processor has, so every feature is spelled out.
  llvm::SmallVector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures()) {
    features.push_back(feature.second ? "+" : "-");
    features.back() += feature.first().str();
  }
  llvm::sort(features,
             [](llvm::StringRef a, llvm::StringRef b) { return a.drop_front() < b.drop_front(); });
  target.features = llvm::join(features, ",");
  describeVectors(target, llvm::Triple(target.triple));
  if (int64_t bytes = cacheFromSystem(1))
    target.l1Bytes = bytes;
  if (int64_t bytes = cacheFromSystem(2))
    target.l2Bytes = bytes;
  return target;
}

} // namespace

std::string Target::key() const {
  return triple + ";" + cpu + ";" + features + ";v" + std::to_string(vectorBits) + "x" +
         std::to_string(vectorRegisters) + ";l1=" + std::to_string(l1Bytes) +
         ";l2=" + std::to_string(l2Bytes) + ";fma=" + std::to_string(fmaPorts) +
         (rounds ? "" : ";rounds=no") + (numerics == Numerics::portable ? ";portable" : "");
}

// Vectors of 128 bits are whole registers on most machines and split well on all others.
Target Target::portable() const {
  Target same = *this;
  same.numerics = Numerics::portable;
  same.vectorBits = 128;
  same.vectorRegisters = 16;
  same.l1Bytes = 32 << 10;
  same.l2Bytes = 256 << 10;
  same.fmaPorts = 0;
  return same;
}

std::string Target::title() const {
  for (const Known &known : knownTargets)
    if (triple == known.triple && cpu == known.cpu && features == known.features)
      return known.name;
  return cpu.empty() ? triple : cpu + " (" + triple + ")";
}

Target Target::native() {
  static const Target target = detect();
  return target;
}

Target Target::named(const std::string &triple, const std::string &cpu,
                     const std::string &features) {
  checkNames(triple, cpu, features);
  Target target;
  target.triple = triple;
  target.cpu = cpu;
  target.features = features;
  describeVectors(target, llvm::Triple(triple));
  return target;
}

Target Target::named(const std::string &name) {
  if (name == "native")
    return native();
  for (const Known &known : knownTargets)
    if (name == known.name)
      return named(known.triple, known.cpu, known.features);
  std::string triple = llvm::sys::getProcessTriple();
  if (!name.empty() && subtarget(triple, "", "")->isCPUStringValid(name))
    return named(triple, name);
  throw CompileError("unknown target '" + name + "'; known targets: native " +
                     llvm::join(knownNames(), " "));
}

std::vector<std::string> Target::knownNames() {
  std::vector<std::string> names;
  for (const Known &known : knownTargets)
    names.push_back(known.name);
  return names;
}

} // namespace gradus::compiler
