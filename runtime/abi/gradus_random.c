/* Random numbers: Philox, and the quantile of the normal distribution with + - * / and sqrt alone,
 * so that it has the same bits on every machine. */
#include "runtime/abi/gradus_library.h"

/* Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (2011). */
void gradus_philox(uint32_t counter[4], uint32_t key0, uint32_t key1) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ key0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ key1;
    c3 = (uint32_t)p0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/* Wichura: Algorithm AS 241, the percentage points of the normal distribution (1988): rational
 * functions of q = p - 1/2 in the middle and of r = sqrt(-ln min(p, 1 - p)) in the tails. The
 * logarithm of x = m 2^e, sqrt(1/2) < m <= sqrt(2), is e ln 2 + 2 atanh(t), t = (m - 1) / (m + 1).
 */

/* PPND7. min(p, 1 - p) and |q| come from integers: an f32 near 1 would have lost the tail. For
 * p >= 2^-33 is r < 5, so that the outermost branch is never needed. */
float gradus_normal_single(uint32_t bits) {
  const uint32_t tail = bits >> 31 ? ~bits : bits; /* min(p, 1 - p) = (tail + 1/2) 2^-32 */
  const float size = (float)(0xffffffffu - 2 * tail) * 0x1p-33f; /* |q| */
  float value;
  if (size <= 0.425f) {
    const float r = 0.180625f - size * size;
    value = size *
            (((5.9109374720e+01f * r + 1.5929113202e+02f) * r + 5.0434271938e+01f) * r +
             3.3871327179e+00f) /
            (((6.7187563600e+01f * r + 7.8757757664e+01f) * r + 1.7895169469e+01f) * r + 1.0f);
  } else {
    union {
      float number;
      uint32_t bits;
    } x = {(float)(2 * tail + 1) * 0x1p-33f};
    int32_t exponent = (int32_t)(x.bits >> 23) - 127;
    x.bits = (x.bits & 0x7fffffu) | 0x3f800000u;
    if (x.number > 1.41421356f) {
      x.number *= 0.5f;
      ++exponent;
    }
    const float t = (x.number - 1.0f) / (x.number + 1.0f), t2 = t * t; /* |t| < 0.172 */
    const float series = ((t2 * (1 / 9.0f) + 1 / 7.0f) * t2 + 1 / 5.0f) * t2 + 1 / 3.0f;
    const float logarithm = (float)exponent * 0.693147181f + 2 * (t + t * t2 * series);
    const float r = __builtin_sqrtf(-logarithm) - 1.6f;
    value = (((1.7023821103e-01f * r + 1.3067284816e+00f) * r + 2.7568153900e+00f) * r +
             1.4234372777e+00f) /
            ((1.2021132975e-01f * r + 7.3700164250e-01f) * r + 1.0f);
  }
  return bits >> 31 ? value : -value;
}

static double natural_log(double positive) {
  union {
    double number;
    uint64_t bits;
  } x = {positive};
  int32_t exponent = (int32_t)(x.bits >> 52) - 1023;
  x.bits = (x.bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  if (x.number > 1.4142135623730951) {
    x.number *= 0.5;
    ++exponent;
  }
  const double t = (x.number - 1) / (x.number + 1), t2 = t * t;
  double sum = 0;
  for (int32_t n = 23; n >= 1; n -= 2)
    sum = sum * t2 + 1.0 / n;
  return exponent * 0.6931471805599453 + 2 * t * sum;
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x) {
  double value = c[7];
  for (int i = 6; i >= 0; --i)
    value = value * x + c[i];
  return value;
}

/* PPND16: numerator and denominator in the middle, in the tails, and far out. */
static const double coefficients[3][2][8] = {
    {{3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
      3.3430575583588128105e+4, 2.5090809287301226727e+3},
     {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
      2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
      5.2264952788528545610e+3}},
    {{1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4},
     {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9}},
    {{6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7},
     {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15}}};

double gradus_normal_double(double p) {
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(coefficients[0][0], r) / polynomial(coefficients[0][1], r);
  }
  const double r = __builtin_sqrt(-natural_log(q < 0 ? p : 1 - p));
  const int far = r > 5;
  const double s = far ? r - 5 : r - 1.6;
  const double value =
      polynomial(coefficients[1 + far][0], s) / polynomial(coefficients[1 + far][1], s);
  return q < 0 ? -value : value;
}
