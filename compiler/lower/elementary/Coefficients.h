// Written by minimax.py, which says how. Lowest power first.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H

namespace gradus::compiler::coefficients {

// exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2; relative error 2^-28.0
inline constexpr double expF32[] = {
    0x1.fffffc0000000p-2, 0x1.5554920000000p-3, 0x1.5558f20000000p-5, 0x1.1239f40000000p-7,
    0x1.6a24060000000p-10,};

// exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2; relative error 2^-56.4
inline constexpr double expF64[] = {
    0x1.000000000000ap-1, 0x1.55555555554fap-3, 0x1.5555555550864p-5, 0x1.1111111127c2cp-7,
    0x1.6c16c1842f793p-10, 0x1.a01a012a4cc20p-13, 0x1.a01999fdac615p-16, 0x1.71df255191eb9p-19,
    0x1.28ad8082fe6fcp-22, 0x1.ad7f9465bfa04p-26,};

// the same for expm1(r) = r + r^2 q(r): relative to expm1; relative error 2^-28.8
inline constexpr double expm1F32[] = {
    0x1.0000000000000p-1, 0x1.5555540000000p-3, 0x1.5554b20000000p-5, 0x1.1111880000000p-7,
    0x1.6d721e0000000p-10, 0x1.a035260000000p-13,};

// the same for expm1(r) = r + r^2 q(r): relative to expm1; relative error 2^-60.0
inline constexpr double expm1F64[] = {
    0x1.0000000000000p-1, 0x1.5555555555559p-3, 0x1.555555555553fp-5, 0x1.111111110f6d4p-7,
    0x1.6c16c16c1f099p-10, 0x1.a01a01afd67dcp-13, 0x1.a01a017bbf339p-16, 0x1.71ddf877888e2p-19,
    0x1.27e5363592eb4p-22, 0x1.af5e828fd7508p-26, 0x1.1ee8828844f36p-29,};

// 2^r = 1 + r q(r), |r| <= 1/2; relative error 2^-25.9
inline constexpr double exp2F32[] = {
    0x1.62e4300000000p-1, 0x1.ebfbdc0000000p-3, 0x1.c6aee80000000p-5, 0x1.3b2d4c0000000p-7,
    0x1.5f3e600000000p-10, 0x1.41fbea0000000p-13,};

// 2^r = 1 + r q(r), |r| <= 1/2; relative error 2^-55.6
inline constexpr double exp2F64[] = {
    0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58fp-3, 0x1.c6b08d704a0cfp-5, 0x1.3b2ab6fba4e22p-7,
    0x1.5d87fe78a26c3p-10, 0x1.430912f883ceep-13, 0x1.ffcbfc74d7b6ep-17, 0x1.62c021e27363ap-20,
    0x1.b524dd522fea4p-24, 0x1.e4d06c5b55945p-28, 0x1.ea01532e09d5ep-32, 0x1.c2cec251ee9c5p-36,};

// log(1+f) = f - f^2/2 + f^3 q(f), sqrt(1/2) <= 1+f <= sqrt(2); relative error 2^-28.2
inline constexpr double logfF32[] = {
    0x1.5555480000000p-2, -0x1.0000060000000p-2, 0x1.99a4b60000000p-3, -0x1.555c4c0000000p-3,
    0x1.23375c0000000p-3, -0x1.fc221c0000000p-4, 0x1.e6f1240000000p-4, -0x1.de3bcc0000000p-4,
    0x1.1455ba0000000p-4,};

// log((1+s)/(1-s)) = 2s + s z q(z), z = s^2, s = f/(2+f); relative error 2^-58.5
inline constexpr double logsF64[] = {
    0x1.5555555555592p-1, 0x1.999999997ff27p-2, 0x1.24924941e0433p-2, 0x1.c71c52154b285p-3,
    0x1.74663cb7a09cbp-3, 0x1.39a1ee4e23861p-3, 0x1.2f038260b65e5p-3,};

// the same, short: for pow of f32, which is computed in f64; relative error 2^-43.9
inline constexpr double logsShortF64[] = {
    0x1.555555561e331p-1, 0x1.999996a981e2cp-2, 0x1.249411d2b8278p-2, 0x1.c62b1ee42f28ep-3,
    0x1.9114eab7f4fc2p-3,};

// 2^r = 1 + r q(r), |r| <= 1/2, short: for pow of f32, which is computed in f64; relative error 2^-40.2
inline constexpr double exp2ShortF64[] = {
    0x1.62e42fef89c15p-1, 0x1.ebfbdff8ed8e0p-3, 0x1.c6b08dceee93cp-5, 0x1.3b2ab5ee05493p-7,
    0x1.5d874cee82d31p-10, 0x1.430aa776fe730p-13, 0x1.00d86052b69aep-16, 0x1.61c60d2c862b0p-20,};

// log((1+s)/(1-s)) = 2s + 2/3 s z + s z^2 q(z), z = s^2; relative error 2^-72.4
inline constexpr double powlogF64[] = {
    0x1.9999999999996p-2, 0x1.2492492492f51p-2, 0x1.c71c71c5968e6p-3, 0x1.745d1829577d6p-3,
    0x1.3b1364c8fdf7ap-3, 0x1.11206f38ac965p-3, 0x1.de3d6f3b25679p-4, 0x1.eac5c5981ee1fp-4,};

// tanh(x) = x + x z q(z), z = x^2, |x| <= 5/8; relative error 2^-27.7
inline constexpr double tanhF32[] = {
    -0x1.5555320000000p-2, 0x1.1106fe0000000p-3, -0x1.b837920000000p-5, 0x1.520a3a0000000p-6,
    -0x1.756d300000000p-8,};

// tanh(x) = x + x z q(z), z = x^2, |x| <= 5/8; relative error 2^-60.9
inline constexpr double tanhF64[] = {
    -0x1.5555555555552p-2, 0x1.1111111110c52p-3, -0x1.ba1ba1b9d1965p-5, 0x1.664f4870c3283p-6,
    -0x1.226e32cf9ab7fp-7, 0x1.d6d35a38b1b17p-9, -0x1.7d9c3314d170ep-10, 0x1.350b87a004a48p-11,
    -0x1.f1134dbad5310p-13, 0x1.801b878cb02c6p-14, -0x1.fac58530f1ff8p-16, 0x1.9605541a1ffc3p-18,};

// sinh(x) = x + x z q(z), z = x^2, |x| <= 1; relative error 2^-31.6
inline constexpr double sinhF32[] = {
    0x1.5555560000000p-3, 0x1.1110e00000000p-7, 0x1.a022bc0000000p-13, 0x1.756c580000000p-19,};

// sinh(x) = x + x z q(z), z = x^2, |x| <= 1; relative error 2^-61.8
inline constexpr double sinhF64[] = {
    0x1.5555555555556p-3, 0x1.111111111101ep-7, 0x1.a01a01a0372a9p-13, 0x1.71de3a3afe5cap-19,
    0x1.ae647000f2769p-26, 0x1.6116eda851398p-33, 0x1.b5cb78e0da6b5p-41,};

// sin(r) = r + r z q(z), z = r^2, |r| <= pi/4; relative error 2^-32.5
inline constexpr double sinF32[] = {
    -0x1.5555560000000p-3, 0x1.1111740000000p-7, -0x1.a0595c0000000p-13, 0x1.7c31ea0000000p-19,};

// sin(r) = r + r z q(z), z = r^2, |r| <= pi/4; relative error 2^-63.2
inline constexpr double sinF64[] = {
    -0x1.5555555555555p-3, 0x1.1111111111069p-7, -0x1.a01a019ffe4e4p-13, 0x1.71de3a339881ap-19,
    -0x1.ae642c34c6b93p-26, 0x1.6109a2f0a9252p-33, -0x1.9fec417487e72p-41,};

// cos(r) = 1 - z/2 + z^2 q(z), z = r^2, |r| <= pi/4; relative error 2^-33.0
inline constexpr double cosF32[] = {
    0x1.55554a0000000p-5, -0x1.6c0c2a0000000p-10, 0x1.99e9120000000p-16,};

// cos(r) = 1 - z/2 + z^2 q(z), z = r^2, |r| <= pi/4; relative error 2^-63.9
inline constexpr double cosF64[] = {
    0x1.555555555554bp-5, -0x1.6c16c16c15013p-10, 0x1.a01a019c8ec98p-16, -0x1.27e4f7f13566dp-22,
    0x1.1ee9db817c3dcp-29, -0x1.8fa655932b40dp-37,};

// erf(x) = x + x q(z), z = x^2, |x| <= 1; relative error 2^-29.4
inline constexpr double erfF32[] = {
    0x1.06eba80000000p-3, -0x1.8127400000000p-2, 0x1.ce2d740000000p-4, -0x1.b8044e0000000p-6,
    0x1.54830a0000000p-8, -0x1.a999b00000000p-11, 0x1.69b6aa0000000p-14, -0x1.23bb3e0000000p-19,};

// erf(x) = x + x q(z), z = x^2, |x| <= 1; relative error 2^-55.9
inline constexpr double erfF64[] = {
    0x1.06eba8214db69p-3, -0x1.812746b037a47p-2, 0x1.ce2f21a049830p-4, -0x1.b82ce3158e5e1p-6,
    0x1.565bcdc40866bp-8, -0x1.c02de78369dc1p-11, 0x1.f9acb62631185p-14, -0x1.f60a543197ac7p-17,
    0x1.d60a45c06eab6p-20, -0x1.992febf286e6fp-22, 0x1.6d26e53da919ep-22, -0x1.76ce406494654p-22,
    0x1.1682cca1a9518p-22, -0x1.12cce993b1591p-23, 0x1.42af84d5db638p-25, -0x1.55464a6bb8882p-28,};

// erf(x) = 1 - exp(-x^2 - q(u)), u = 4/(x+2) - 1, 1 <= x <= 4 (f32) or 6 (f64); relative error 2^-28.0
inline constexpr double erfcF32[] = {
    0x1.5d6cca0000000p+0, -0x1.ac32560000000p+0, 0x1.cf868a0000000p-2, -0x1.2569160000000p-2,
    0x1.0a76260000000p-2, -0x1.a66f240000000p-3, 0x1.1f24760000000p-3, -0x1.ec5e4c0000000p-5,};

// erf(x) = 1 - exp(-x^2 - q(u)), u = 4/(x+2) - 1, 1 <= x <= 4 (f32) or 6 (f64); relative error 2^-57.0
inline constexpr double erfcF64[] = {
    0x1.5d6cca6c7d457p+0, -0x1.ac3258a8dc2b7p+0, 0x1.cf853c75b728fp-2, -0x1.254fee343aeafp-2,
    0x1.0a1c10f882383p-2, -0x1.abac68e26ac1cp-3, 0x1.51bb2504254e2p-3, -0x1.1fc45f1d7ccb8p-3,
    0x1.004c99deec771p-3, -0x1.c9e14c1de8018p-4, 0x1.9a08d17b264c5p-4, -0x1.738d5fbf7ea08p-4,
    0x1.53d07738fe2f3p-4, -0x1.39b419c462764p-4, 0x1.2ece9d082f3bbp-4, -0x1.31af69adf85a5p-4,
    0x1.02e0284b3dbccp-4, -0x1.cce2a85936392p-6,};

} // namespace gradus::compiler::coefficients

#endif
