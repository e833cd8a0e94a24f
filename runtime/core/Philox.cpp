#include "runtime/core/Philox.h"

#include "runtime/abi/gradus_library.h"

namespace gradus {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  gradus_philox(counter.data(), key[0], key[1]);
  return counter;
}

uint64_t hashName(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char letter : name)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  // The finaliser of MurmurHash3: names that differ in one letter differ in every bit.
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
  return hash ^ (hash >> 33);
}

Philox::Philox(uint64_t seed, uint64_t stream)
    : key{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)}, stream(stream) {}

std::array<uint32_t, 4> Philox::block(uint64_t index) const {
  return philox4x32({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                     static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)},
                    key);
}

uint32_t Philox::next() {
  if (left == 0) {
    buffer = block(counter++);
    left = 4;
  }
  return buffer[static_cast<size_t>(4 - left--)];
}

uint64_t Philox::next64() {
  const uint64_t low = next();
  return low | uint64_t{next()} << 32;
}

float Philox::nextUniform() { return unitUniform(next()); }

float Philox::nextUniform(float low, float high) { return low + (high - low) * nextUniform(); }

uint64_t Philox::nextBelow(uint64_t bound) {
  if (bound <=
      0xffffffffu) { // Lemire: multiply and shift, reject the few words that would be too frequent
    const uint32_t narrow = static_cast<uint32_t>(bound);
    const uint32_t threshold = (0u - narrow) % narrow;
    while (true) {
      const uint64_t product = uint64_t{next()} * narrow;
      if (static_cast<uint32_t>(product) >= threshold)
        return product >> 32;
    }
  }
  const uint64_t threshold = (uint64_t{0} - bound) % bound;
  while (true) {
    const uint64_t bits = next64();
    if (bits >= threshold)
      return bits % bound;
  }
}

double Philox::nextNormal() { return normalQuantile(openUniform(next())); }

double normalQuantile(double p) { return gradus_normal_double(p); }

} // namespace gradus
