// Written by minimax.py, which says how. Lowest power first.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H

namespace gradus::compiler::coefficients {

// exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2; relative error 2^-28.2
inline constexpr double expF32[] = {
    0x1.fffffc0000000p-2, 0x1.55548c0000000p-3, 0x1.5558480000000p-5, 0x1.123e120000000p-7,
    0x1.6ade480000000p-10,};

// exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2; relative error 2^-57.7
inline constexpr double expF64[] = {
    0x1.000000000000ap-1, 0x1.5555555555503p-3, 0x1.5555555550609p-5, 0x1.11111111250d6p-7,
    0x1.6c16c184b6735p-10, 0x1.a01a013f34d89p-13, 0x1.a01998768bd3ap-16, 0x1.71dee5db8d1d5p-19,
    0x1.28af0814cc065p-22, 0x1.adff97abfc7b1p-26,};

// the same for expm1(r) = r + r^2 q(r): relative to expm1; relative error 2^-31.0
inline constexpr double expm1F32[] = {
    0x1.0000000000000p-1, 0x1.5555540000000p-3, 0x1.5554ea0000000p-5, 0x1.1113aa0000000p-7,
    0x1.6d4c800000000p-10, 0x1.9c644a0000000p-13,};

// the same for expm1(r) = r + r^2 q(r): relative to expm1; relative error 2^-58.0
inline constexpr double expm1F64[] = {
    0x1.0000000000001p-1, 0x1.5555555555557p-3, 0x1.5555555554b0ep-5, 0x1.1111111110348p-7,
    0x1.6c16c16fd688dp-10, 0x1.a01a01aa69be9p-13, 0x1.a019efbf98e01p-16, 0x1.71de06a2a443cp-19,
    0x1.280a3996c655cp-22, 0x1.af458a4e52f0fp-26, 0x1.cd8312f3c2377p-30,};

// 2^r = 1 + r q(r), |r| <= 1/2; relative error 2^-27.5
inline constexpr double exp2F32[] = {
    0x1.62e4320000000p-1, 0x1.ebfbe40000000p-3, 0x1.c6adc20000000p-5, 0x1.3b296e0000000p-7,
    0x1.5fa7f40000000p-10, 0x1.43464e0000000p-13,};

// 2^r = 1 + r q(r), |r| <= 1/2; relative error 2^-59.7
inline constexpr double exp2F64[] = {
    0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58ep-3, 0x1.c6b08d704a1c3p-5, 0x1.3b2ab6fba5274p-7,
    0x1.5d87fe7879dc5p-10, 0x1.430912f6d3097p-13, 0x1.ffcbfd2641b9fp-17, 0x1.62c02a45126c9p-20,
    0x1.b52386de32008p-24, 0x1.e4ace26686697p-28, 0x1.ebe5dde113e63p-32, 0x1.f8aa7de7c7572p-36,};

// log(1+f) = f - f^2/2 + f^3 q(f), sqrt(1/2) <= 1+f <= sqrt(2); relative error 2^-29.3
inline constexpr double logfF32[] = {
    0x1.5555480000000p-2, -0x1.00006e0000000p-2, 0x1.99a53e0000000p-3, -0x1.552fd60000000p-3,
    0x1.2304100000000p-3, -0x1.00f8f80000000p-3, 0x1.efd5960000000p-4, -0x1.bf90340000000p-4,
    0x1.b6f1280000000p-5,};

// log((1+s)/(1-s)) = 2s + s z q(z), z = s^2, s = f/(2+f); relative error 2^-58.5
inline constexpr double logsF64[] = {
    0x1.5555555555592p-1, 0x1.999999997ff1fp-2, 0x1.24924941e0abdp-2, 0x1.c71c5215265ebp-3,
    0x1.74663cb3d09edp-3, 0x1.39a1efbcfb2dcp-3, 0x1.2f036af145e1ap-3,};

// the same, short: for pow of f32, which is computed in f64; relative error 2^-43.9
inline constexpr double logsShortF64[] = {
    0x1.555555561e1bfp-1, 0x1.999996a9c0e2cp-2, 0x1.249411b919789p-2, 0x1.c62b26e95815ep-3,
    0x1.91147cbd37041p-3,};

// 2^r = 1 + r q(r), |r| <= 1/2, short: for pow of f32, which is computed in f64; relative error 2^-39.8
inline constexpr double exp2ShortF64[] = {
    0x1.62e42fef7a866p-1, 0x1.ebfbdff7c5d44p-3, 0x1.c6b08defa8a36p-5, 0x1.3b2ab7f319af2p-7,
    0x1.5d87298f93f43p-10, 0x1.4306c27559e9ep-13, 0x1.00edf83f25a33p-16, 0x1.6632e2fd644e4p-20,};

// log((1+s)/(1-s)) = 2s + 2/3 s z + s z^2 q(z), z = s^2; relative error 2^-72.5
inline constexpr double powlogF64[] = {
    0x1.9999999999996p-2, 0x1.2492492492f51p-2, 0x1.c71c71c596915p-3, 0x1.745d182954571p-3,
    0x1.3b1364ca48ed3p-3, 0x1.11206ef739f36p-3, 0x1.de3d7bc11e924p-4, 0x1.eac54e5baebd1p-4,};

// tanh(x) = x + x z q(z), z = x^2, |x| <= 5/8; relative error 2^-27.7
inline constexpr double tanhF32[] = {
    -0x1.5555320000000p-2, 0x1.1106f60000000p-3, -0x1.b8359e0000000p-5, 0x1.51f87a0000000p-6,
    -0x1.750a960000000p-8,};

// tanh(x) = x + x z q(z), z = x^2, |x| <= 5/8; relative error 2^-61.2
inline constexpr double tanhF64[] = {
    -0x1.5555555555552p-2, 0x1.1111111110c52p-3, -0x1.ba1ba1b9d19c8p-5, 0x1.664f4870c58b4p-6,
    -0x1.226e32cffce3ep-7, 0x1.d6d35a4a12953p-9, -0x1.7d9c34063d662p-10, 0x1.350b9005bf077p-11,
    -0x1.f113ae321f0fbp-13, 0x1.801ce1ddd156dp-14, -0x1.facb0ca798950p-16, 0x1.960f2842a3b1fp-18,};

// sinh(x) = x + x z q(z), z = x^2, |x| <= 1; relative error 2^-31.6
inline constexpr double sinhF32[] = {
    0x1.5555560000000p-3, 0x1.1110e00000000p-7, 0x1.a022bc0000000p-13, 0x1.756c1e0000000p-19,};

// sinh(x) = x + x z q(z), z = x^2, |x| <= 1; relative error 2^-61.8
inline constexpr double sinhF64[] = {
    0x1.5555555555556p-3, 0x1.111111111101ep-7, 0x1.a01a01a037262p-13, 0x1.71de3a3b07a44p-19,
    0x1.ae646ff3cf655p-26, 0x1.6116f54b819d0p-33, 0x1.b5c8594c5c597p-41,};

// sin(r) = r + r z q(z), z = r^2, |r| <= pi/4; relative error 2^-32.5
inline constexpr double sinF32[] = {
    -0x1.5555560000000p-3, 0x1.1111740000000p-7, -0x1.a059560000000p-13, 0x1.7c2d640000000p-19,};

// sin(r) = r + r z q(z), z = r^2, |r| <= pi/4; relative error 2^-63.2
inline constexpr double sinF64[] = {
    -0x1.5555555555555p-3, 0x1.1111111111069p-7, -0x1.a01a019ffe531p-13, 0x1.71de3a33a7bf6p-19,
    -0x1.ae642c55dbcffp-26, 0x1.6109c0ca33240p-33, -0x1.9fff6900e3ef8p-41,};

// cos(r) = 1 - z/2 + z^2 q(z), z = r^2, |r| <= pi/4; relative error 2^-33.0
inline constexpr double cosF32[] = {
    0x1.55554a0000000p-5, -0x1.6c0c280000000p-10, 0x1.99e8300000000p-16,};

// cos(r) = 1 - z/2 + z^2 q(z), z = r^2, |r| <= pi/4; relative error 2^-63.9
inline constexpr double cosF64[] = {
    0x1.555555555554bp-5, -0x1.6c16c16c15012p-10, 0x1.a01a019c8ea6ap-16, -0x1.27e4f7f119a1cp-22,
    0x1.1ee9db6e56534p-29, -0x1.8fa64be356449p-37,};

// erf(x) = x + x q(z), z = x^2, |x| <= 1; relative error 2^-30.0
inline constexpr double erfF32[] = {
    0x1.06eba80000000p-3, -0x1.8127400000000p-2, 0x1.ce2d740000000p-4, -0x1.b804520000000p-6,
    0x1.5483800000000p-8, -0x1.a9a3e00000000p-11, 0x1.6a129a0000000p-14, -0x1.284cc40000000p-19,};

// erf(x) = x + x q(z), z = x^2, |x| <= 1; relative error 2^-56.3
inline constexpr double erfF64[] = {
    0x1.06eba8214db69p-3, -0x1.812746b0379e7p-2, 0x1.ce2f21a042be2p-4, -0x1.b82ce31288b51p-6,
    0x1.565bcd0e6a52fp-8, -0x1.c02db40040655p-11, 0x1.f9a326f9a68c0p-14, -0x1.f4d25c3b5461bp-17,
    0x1.b9e6c9918b7c1p-20, -0x1.5f7428e58f1b5p-23, 0x1.fcc4c496020b5p-27, -0x1.51cfbab2580f4p-30,
    0x1.9df63cd8599a5p-34, -0x1.d32500ca46f54p-38, 0x1.cf4fbc40e0228p-42, -0x1.3a18a930fc396p-46,};

// erf(x) = 1 - exp(-x^2 - q(u)), u = 4/(x+2) - 1, 1 <= x <= 4 (f32) or 6 (f64); relative error 2^-32.9
inline constexpr double erfcF32[] = {
    0x1.5d6cca0000000p+0, -0x1.ac32540000000p+0, 0x1.cf880c0000000p-2, -0x1.257d720000000p-2,
    0x1.0abd540000000p-2, -0x1.a5c5a00000000p-3, 0x1.1849080000000p-3, -0x1.c63e960000000p-5,};

// erf(x) = 1 - exp(-x^2 - q(u)), u = 4/(x+2) - 1, 1 <= x <= 4 (f32) or 6 (f64); relative error 2^-60.4
inline constexpr double erfcF64[] = {
    0x1.5d6cca6c7d457p+0, -0x1.ac3258a8dc2bep+0, 0x1.cf853c75b6f9dp-2, -0x1.254fee3433ec2p-2,
    0x1.0a1c10f8803d8p-2, -0x1.abac68ecd8bc8p-3, 0x1.51bb254427b6fp-3, -0x1.1fc45d033c663p-3,
    0x1.004c8226b63ebp-3, -0x1.c9e14601c6e8bp-4, 0x1.9a0e6d4959c72p-4, -0x1.739ee31475a9ap-4,
    0x1.53a1188245d23p-4, -0x1.3864056d81354p-4, 0x1.2d8bb8493cae1p-4, -0x1.3779d355b6047p-4,
    0x1.12d32466d1902p-4, -0x1.fcbb842ae69e3p-6,};

// atan(t) = t + t z q(z), z = t^2, |t| <= 1; relative error 2^-28.5
inline constexpr double atanF32[] = {
    -0x1.55553e0000000p-2, 0x1.9991e40000000p-3, -0x1.2420880000000p-3, 0x1.c08c8c0000000p-4,
    -0x1.580a7e0000000p-4, 0x1.da31d40000000p-5, -0x1.fd952c0000000p-6, 0x1.6447780000000p-7,
    -0x1.d3ac9a0000000p-10,};

// atan(t) = t + t z q(z), z = t^2, |t| <= 1; relative error 2^-57.5
inline constexpr double atanF64[] = {
    -0x1.5555555555526p-2, 0x1.99999999955b1p-3, -0x1.249249237f4c9p-3, 0x1.c71c717fcd229p-4,
    -0x1.745d11ae4f79ep-4, 0x1.3b1366988ebb2p-4, -0x1.110e511a438bfp-4, 0x1.e1bba5da80a16p-5,
    -0x1.ae5e706d2ee34p-5, 0x1.82dad1028cf1ep-5, -0x1.59a3f35e09de6p-5, 0x1.2c2e5531d751cp-5,
    -0x1.e9fa3c572a910p-6, 0x1.683d732eed5d0p-6, -0x1.c79213132e70bp-7, 0x1.d7be1cedaf076p-8,
    -0x1.7a40cd688bb96p-9, 0x1.b408581252991p-11, -0x1.3f45537042ca7p-13, 0x1.bc0b825a769fcp-17,};

// asin(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-27.6
inline constexpr double asinF32[] = {
    0x1.5555c80000000p-3, 0x1.3302040000000p-4, 0x1.747bb80000000p-5, 0x1.8c3e5a0000000p-6,
    0x1.595c4a0000000p-5,};

// asin(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-59.8
inline constexpr double asinF64[] = {
    0x1.5555555555577p-3, 0x1.333333332e131p-4, 0x1.6db6db7212d94p-5, 0x1.f1c71a949b34bp-6,
    0x1.6e8bdeee75350p-6, 0x1.1c49ef14c50f2p-6, 0x1.ca1fb23fd338bp-7, 0x1.75842fc0d49d9p-7,
    0x1.614502769c0b8p-7, 0x1.e5696be97a638p-9, 0x1.63ca80d9b4f2dp-6, -0x1.584331ca33e81p-6,
    0x1.0b5ddcf18bb91p-5,};

// asinh(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-29.6
inline constexpr double asinhF32[] = {
    -0x1.5555360000000p-3, 0x1.3324f20000000p-4, -0x1.6b95d00000000p-5, 0x1.cd63b40000000p-6,
    -0x1.b14a440000000p-7,};

// asinh(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-64.3
inline constexpr double asinhF64[] = {
    -0x1.5555555555554p-3, 0x1.3333333332fe6p-4, -0x1.6db6db6d8916ap-5, 0x1.f1c71c5dc579dp-6,
    -0x1.6e8ba052f5876p-6, 0x1.1c4e8dccdc332p-6, -0x1.c9935e268019bp-7, 0x1.7a486e26c90bfp-7,
    -0x1.3e184b730ec5ep-7, 0x1.09d4d9b06b165p-7, -0x1.9d0db09e2bcedp-8, 0x1.fe39ddb103e5bp-9,
    -0x1.604fec90e847dp-10,};

// acosh(1+t) = sqrt(2t) (1 + t q(t)), 0 <= t <= 1/2; relative error 2^-29.6
inline constexpr double acoshF32[] = {
    -0x1.5555360000000p-4, 0x1.3324f20000000p-6, -0x1.6b95d00000000p-8, 0x1.cd63b40000000p-10,
    -0x1.b14a440000000p-12,};

// acosh(1+t) = sqrt(2t) (1 + t q(t)), 0 <= t <= 1/2; relative error 2^-64.4
inline constexpr double acoshF64[] = {
    -0x1.5555555555554p-4, 0x1.3333333332fe6p-6, -0x1.6db6db6d8916ap-8, 0x1.f1c71c5dc579dp-10,
    -0x1.6e8ba052f28acp-11, 0x1.1c4e8dcc1a458p-12, -0x1.c9935e0829f94p-14, 0x1.7a486d48f9b6ep-15,
    -0x1.3e184c50b1cd3p-16, 0x1.09d50c7fe399ep-17, -0x1.9d102027f5920p-19, 0x1.fe469d7364871p-21,
    -0x1.6069535ba4c5cp-23,};

// atanh(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-29.4
inline constexpr double atanhF32[] = {
    0x1.5555400000000p-2, 0x1.99a6760000000p-3, 0x1.234d980000000p-3, 0x1.e400020000000p-4,
    0x1.a6bc360000000p-5, 0x1.6939da0000000p-3,};

// atanh(x) = x + x z q(z), z = x^2, |x| <= 1/2; relative error 2^-64.8
inline constexpr double atanhF64[] = {
    0x1.5555555555556p-2, 0x1.999999999976fp-3, 0x1.24924924a5db5p-3, 0x1.c71c71bbf691ep-4,
    0x1.745d19281410bp-4, 0x1.3b137c59810bbp-4, 0x1.111509f8d1f56p-4, 0x1.e175aaaf3325bp-5,
    0x1.b350a9be2b405p-5, 0x1.685b91ed1f324p-5, 0x1.fe454413ae5f9p-5, -0x1.e0bfaed5c0334p-6,
    0x1.b1c5255eb9813p-3, -0x1.f15031832260ep-3, 0x1.08798d769fd0dp-2,};

// (1+f)^(1/3) as the first guess, sqrt(1/2) <= 1+f <= sqrt(2); relative error 2^-13.7
inline constexpr double cbrtF32[] = {
    0x1.00048a0000000p+0, 0x1.55a1180000000p-2, -0x1.d9f8600000000p-4, 0x1.dceff60000000p-5,};

// (1+f)^(1/3) as the first guess, sqrt(1/2) <= 1+f <= sqrt(2); relative error 2^-22.5
inline constexpr double cbrtF64[] = {
    0x1.fffffbdbbdde1p-1, 0x1.5555f2bf4e173p-2, -0x1.c7024182097cdp-4, 0x1.f8518761cc10ap-5,
    -0x1.568f58d72bda3p-5, 0x1.121b1bd1e5d6ep-5, -0x1.4defc95fa9b6dp-6,};

} // namespace gradus::compiler::coefficients

#endif
