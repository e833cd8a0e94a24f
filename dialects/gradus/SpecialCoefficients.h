// Written by compiler/lower/elementary/minimax.py, which says how. Lowest power first.
#pragma once

namespace gradus::ir::coefficients {

// (1 + 2x) e^(x^2) erfc(x) = q(u), u = (x-4)/(x+4), 0 <= x <= 10.1 (f32) or 27.3 (f64); relative error 2^-32.9
inline constexpr double erfcF32[] = {
    0x1.3ba5916f18678p+0, -0x1.1df1ad615026cp-3, 0x1.f7f5b110c0942p-7, 0x1.16ed1280661a6p-4,
    -0x1.9dda54cc493ebp-4, 0x1.7fec3688c8dc4p-4, -0x1.0fbb6a353d25fp-4, 0x1.3080c73bdf976p-5,
    -0x1.08698ebcfb8d6p-6, 0x1.4cdeed190b3fdp-8, -0x1.c43f36d4d61cap-11, -0x1.94d224eb19ab5p-12,
    0x1.410a92c7cd9bap-14,};

// (1 + 2x) e^(x^2) erfc(x) = q(u), u = (x-4)/(x+4), 0 <= x <= 10.1 (f32) or 27.3 (f64); relative error 2^-54.4
inline constexpr double erfcF64[] = {
    0x1.3ba5916e9fd7fp+0, -0x1.1df1ad154a2a0p-3, 0x1.f7f5df66faf9cp-7, 0x1.16ecefcfa64e1p-4,
    -0x1.9ddb23c3d4dc6p-4, 0x1.7fee004ded6b1p-4, -0x1.0fb06e004a47bp-4, 0x1.3079edfa9465bp-5,
    -0x1.0962381b88632p-6, 0x1.49c671ba29522p-8, -0x1.8d4b000bfd578p-11, -0x1.a1df01194d625p-13,
    0x1.3be7f8d1d4ec6p-13, -0x1.994b54f200d50p-16, -0x1.7a047673c2c55p-17, 0x1.7daece022c596p-18,
    0x1.97a904b1417a5p-22, -0x1.9820a5214e177p-21, -0x1.af20c39f10e33p-26, 0x1.63a0c8f047adep-28,
    0x1.414023b7f15adp-25, 0x1.443d6e22283f8p-24, 0x1.36299c1881536p-29, -0x1.072963d5147d5p-25,
    -0x1.641549087e977p-27,};

// erfinv(x) = x q(w - 3), w = -log(1 - x^2), 0 <= w <= 6; relative error 2^-33.8
inline constexpr double erfinvLowF32[] = {
    0x1.9fa072eda90f3p+0, 0x1.eedbebcd4b771p-3, -0x1.780df1b1abaa3p-8, -0x1.b66633cb0ea0bp-11,
    0x1.99135dc7de0c2p-13, -0x1.aabf90690e7b1p-17, -0x1.d570677c9b154p-20, 0x1.e3fee421ff2c5p-22,
    -0x1.92991ab30ed17p-26, -0x1.846e9933bd8d6p-28, 0x1.2665de3a87627p-30, -0x1.f3abebf1acb83p-38,
    -0x1.01e876f19b82bp-36, 0x1.1b60f880c39b2p-40,};

// erfinv(x) = x q(w - 3), w = -log(1 - x^2), 0 <= w <= 6; relative error 2^-53.3
inline constexpr double erfinvLowF64[] = {
    0x1.9fa072ed72dbbp+0, 0x1.eedbebdce73f4p-3, -0x1.780def1d3e59ep-8, -0x1.b6666b1533970p-11,
    0x1.9912c049b7497p-13, -0x1.aab13d1646f16p-17, -0x1.d539c97853805p-20, 0x1.e32b0c4f95a3ep-22,
    -0x1.96f84966117dfp-26, -0x1.77b372f565764p-28, 0x1.31571c4448773p-30, -0x1.14767f7dcbe35p-35,
    -0x1.310439473b561p-36, 0x1.7c08cba527572p-39, 0x1.3ab8bf6edc0b8p-47, -0x1.df07e5c7a6605p-45,
    0x1.a88903ec6a767p-48, 0x1.5fda5be82c668p-52, -0x1.fe52797a24594p-54, 0x1.829e046451c75p-57,
    -0x1.05407cfc273f4p-59, -0x1.5287ff2ab4149p-62, 0x1.632bb844ad32ep-63, 0x1.62152fce88421p-69,
    -0x1.bf0bd5ddbeb31p-69,};

// erfinv(x) = x q(sqrt(w) - 13/4), 6 <= w <= 16; relative error 2^-33.6
inline constexpr double erfinvMiddleF32[] = {
    0x1.8abcc380afde8p+1, 0x1.0158a6e57181fp+0, 0x1.5ffd253afafe0p-8, -0x1.ebb2214ba77f6p-9,
    0x1.4688929ea3c0fp-9, -0x1.ba3357e5d0cb9p-10, 0x1.f48c2e5f3a2e0p-11, -0x1.7ae93b15a4d41p-12,
    0x1.42ce982a75bb0p-16, 0x1.55ec8e2c2da7ep-14, -0x1.51e0c356dd51cp-15,};

// erfinv(x) = x q(sqrt(w) - 13/4), 6 <= w <= 16; relative error 2^-54.6
inline constexpr double erfinvMiddleF64[] = {
    0x1.8abcc380d5a48p+1, 0x1.0158a6d641d5dp+0, 0x1.5ffcfe5b6406ap-8, -0x1.ebadabba84e74p-9,
    0x1.468eecad53167p-9, -0x1.ba9240b2c10e5p-10, 0x1.f3cc52eb58920p-11, -0x1.7448c6d7b060dp-12,
    0x1.9330a70efcd16p-16, 0x1.1e6c36c0cc0bbp-14, -0x1.8cfb519191e3bp-15, 0x1.a1fe88bc189f8p-17,
    0x1.8b59822fef131p-19, -0x1.0999a991a0d35p-18, 0x1.85044f07767d1p-20, -0x1.8617a7e54df7ap-24,
    -0x1.a6966918cfeabp-23, 0x1.d73ca683295b0p-23, -0x1.07dc7d3fb9207p-24, -0x1.67e60cf1593b8p-24,
    0x1.79dbb33168d5fp-26, 0x1.89efea49e4fdfp-26,};

// erfinv(x) = x q(sqrt(w) - 5), 16 <= w <= 37; relative error 2^-54.6
inline constexpr double erfinvHighF64[] = {
    0x1.3664ddd1ad7fbp+2, 0x1.02a30d1fba101p+0, -0x1.22ea5df24767ep-13, -0x1.c2f36a9cfe981p-13,
    0x1.3ebf4f15ed212p-14, -0x1.4a349276513bbp-16, 0x1.2fbcebb50c94dp-18, -0x1.0a8f30139358dp-20,
    0x1.ebeee6241c3dfp-23, -0x1.2279ec1b54406p-24, 0x1.f1730ad2fe8d5p-26, -0x1.02f0ff9010cd9p-26,
    0x1.107e2013aeb5fp-27, -0x1.0105259b8212ep-28, 0x1.4bbba7891332dp-30, -0x1.ba0c06490fb1bp-33,
    0x1.19e2eeaeb3cebp-33, -0x1.3af6b9ac7109bp-34, -0x1.26561415c0eb5p-35, 0x1.9c7ffbc2502ddp-36,};

// lgamma(2 + z) = z q(z), -3/4 <= z <= 1/2; relative error 2^-55.8
inline constexpr double lgammaNearTwoF64[] = {
    0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa8p-2, -0x1.13e001a55750cp-4, 0x1.51322ac7d6f15p-6,
    -0x1.e404fc2202e05p-8, 0x1.7add6eafdd8e4p-9, -0x1.38ac5bd848536p-10, 0x1.0b36aef491d6bp-11,
    -0x1.d3fd8a503a779p-13, 0x1.a127a76ce4fe2p-14, -0x1.78d154077dc05p-15, 0x1.5821a8fe02153p-16,
    -0x1.3e5dad957f15cp-17, 0x1.2138e0021352ep-18, -0x1.e6ddb31355ac6p-20, 0x1.7830187225fc8p-20,
    -0x1.04be07b1337f5p-20, -0x1.853bbd7b5b40bp-20, 0x1.fdb4345620b8cp-27, 0x1.ac8d77d07146ep-19,
    0x1.fe47298aa2e36p-20, -0x1.0fb0869e0bb85p-19, -0x1.72884e11399cfp-19, -0x1.db9eb3484517ep-21,};

// lgamma(x) = (x - 1/2)(log x - 1) + (log(2 pi) - 1)/2 + s q(s^2), s = 1/x, x >= 8; relative error 2^-57.6
inline constexpr double stirlingF64[] = {
    0x1.5555555555555p-4, -0x1.6c16c16c14af4p-9, 0x1.a01a017e8995ap-11, -0x1.38134e15a3b14p-11,
    0x1.b92c93660c593p-11, -0x1.ef980d3570b1cp-10, 0x1.4c384822bf7e4p-8,};

// digamma(x) = (x - x0) q(x - 3/2), 1 <= x <= 2; x0 is the root; relative error 2^-54.2
inline constexpr double digammaNearRootF64[] = {
    0x1.e6f0cbb873616p-1, -0x1.b1cb63005ee98p-2, 0x1.eca189b8e6f76p-3, -0x1.2feeeb98a78d3p-3,
    0x1.8512e590384cbp-4, -0x1.fb44202a24f05p-5, 0x1.4de9aa17d36d1p-5, -0x1.b9f8b11b6540ap-6,
    0x1.256471621cbf1p-6, -0x1.8635640e3bd1fp-7, 0x1.03c0b0f956308p-7, -0x1.5a06a32e1602ap-8,
    0x1.cd1f77d39d82bp-9, -0x1.336dea1974c84p-9, 0x1.99dcf068e7ec3p-10, -0x1.0fb1c77b1ccd9p-10,
    0x1.69e814802500ap-11, -0x1.fda4de499187dp-12, 0x1.55b6123022b26p-12, -0x1.2f5e0de2dd2a2p-13,
    0x1.874e08e914981p-14, -0x1.75fdc955ab5c6p-13, 0x1.fc3d6e9ec307ep-14,};

// digamma(x) = log x - s/2 - s^2 q(s^2), s = 1/x, x >= 6; relative error 2^-69.9
inline constexpr double digammaTailF64[] = {
    0x1.5555555555555p-4, -0x1.11111111100bbp-7, 0x1.041040ffba85fp-8, -0x1.11110c80dc645p-8,
    0x1.f0795a4760a2ep-8, -0x1.5952b15a51b3ap-6, 0x1.513e102182cdbp-4, -0x1.9baf99e103a2dp-2,
    0x1.ed059594364dep+0, -0x1.6b4a1c8eaf36ap+2,};

// trigamma(x) = s + s^2/2 + s^3 q(s^2), s = 1/x, x >= 6; relative error 2^-44.4
inline constexpr double trigammaTailF32[] = {
    0x1.55555552e4d55p-3, -0x1.1110fd3a608a9p-5, 0x1.85fe08d46cde1p-6, -0x1.0d3245e5a5578p-5,
    0x1.e395c1a5459fep-5,};

// trigamma(x) = s + s^2/2 + s^3 q(s^2), s = 1/x, x >= 6; relative error 2^-67.5
inline constexpr double trigammaTailF64[] = {
    0x1.5555555555555p-3, -0x1.111111111027bp-5, 0x1.86186180cb485p-6, -0x1.11110d883df4fp-5,
    0x1.364c42a516e36p-4, -0x1.0309bdfad0b92p-2, 0x1.27d63d975be11p+0, -0x1.a2c85064930b9p+2,
    0x1.2756324e4d00cp+5, -0x1.08ffcc2f5492ep+7,};

// polygamma(2, x) = -(s^2 + s^3 + s^4 q(s^2)), s = 1/x, x >= 6; relative error 2^-63.4
inline constexpr double tetragammaTailF64[] = {
    0x1.ffffffffffff8p-2, -0x1.555555554e2dbp-3, 0x1.55555543b82f6p-3, -0x1.33332874b983fp-2,
    0x1.aaa6e144cff00p-1, -0x1.a4c376bd2e90ap+1, 0x1.14281ed129ad2p+4, -0x1.b327099976058p+6,
    0x1.487f7f8b065d0p+9, -0x1.313de853e2d6bp+11,};

// sin(pi r) = pi r + r z q(z), z = r^2, |r| <= 1/2; relative error 2^-62.2
inline constexpr double sinPiF64[] = {
    -0x1.4abbce625be53p+2, 0x1.466bc6775ab22p+1, -0x1.32d2cce62e8c1p-1, 0x1.50783489b29f0p-4,
    -0x1.e30751266f779p-8, 0x1.e8f4bfa2a6ec2p-12, -0x1.6fcfd662563bbp-16, 0x1.b3ea52a20fe68p-21,
    -0x1.4173f66e0b355p-25,};

// erf(x) = x q(x^2), |x| <= 1/2; relative error 2^-55.7
inline constexpr double erfSmallF64[] = {
    0x1.20dd750429b6dp+0, -0x1.812746b03790cp-2, 0x1.ce2f21a026c6dp-4, -0x1.b82ce2fc51cc0p-6,
    0x1.565bc4166c078p-8, -0x1.c0298a4a42ff0p-11, 0x1.f875a5667cb44p-14, -0x1.bff3143123d2cp-17,
    -0x1.f14e69a86da2bp-19, 0x1.4c9996f4f1890p-17, -0x1.0e5faf27092e1p-17,};

} // namespace gradus::ir::coefficients
