#include "runtime/core/Philox.h"

#include <bit>
#include <cmath>

namespace gradus {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * counter[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(p1),
               static_cast<uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(p0)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
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

/// ln x for normal x > 0, error below 1e-15 relative: x = m 2^e, ln m = 2 atanh((m - 1) / (m + 1)).
static double naturalLog(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double t = (m - 1) / (m + 1), t2 = t * t; // |t| < 0.172
  double sum = 0;
  for (int n = 23; n >= 1; n -= 2)
    sum = sum * t2 + 1.0 / n;
  return exponent * 0.6931471805599453 + 2 * t * sum;
}

template <size_t N> static double polynomial(const double (&coefficients)[N], double x) {
  double value = coefficients[N - 1];
  for (size_t i = N - 1; i-- > 0;)
    value = value * x + coefficients[i];
  return value;
}

double normalQuantile(double p) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                 1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-naturalLog(q < 0 ? p : 1 - p));
  const double value = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                              : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -value : value;
}

} // namespace gradus
