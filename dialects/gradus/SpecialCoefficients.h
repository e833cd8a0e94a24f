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

// lgamma(2 + z) = z q(z), |z| <= 1/2; relative error 2^-41.1
inline constexpr double lgammaNearTwoF32[] = {
    0x1.b0ee607208c1ep-2, 0x1.4a34cc4a500f3p-2, -0x1.13e001a30ce89p-4, 0x1.51322b3fef063p-6,
    -0x1.e40503589613cp-8, 0x1.7adcf5c2b8fb5p-9, -0x1.38aa399fd9a44p-10, 0x1.0b509837140abp-11,
    -0x1.d496633547c56p-13, 0x1.9bcf2fcbb52dep-14, -0x1.6e0dbaf3b88d1p-15, 0x1.9a79d836721a0p-16,
    -0x1.99d1e739553aap-17,};

// lgamma(2 + z) = z q(z), |z| <= 1/2; relative error 2^-56.0
inline constexpr double lgammaNearTwoF64[] = {
    0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa8p-2, -0x1.13e001a5574e9p-4, 0x1.51322ac7d6a6dp-6,
    -0x1.e404fc22228d9p-8, 0x1.7add6eb152483p-9, -0x1.38ac5bb65b47fp-10, 0x1.0b36adb5ef515p-11,
    -0x1.d3fdabdddfa04p-13, 0x1.a128ada91efdcp-14, -0x1.78c825055f62cp-15, 0x1.57e5716aee3a0p-16,
    -0x1.3fe277a678fcep-17, 0x1.297bf16eb0612p-18, -0x1.960f96991afdfp-20, 0x1.8ed92f99a43d5p-21,
    -0x1.2bf550fb4982bp-19, 0x1.54e322a6ad873p-21, 0x1.b494989504884p-19, -0x1.43badd349d76ap-22,
    -0x1.6a9811aeeaa0ap-19,};

// lgamma(x) = (x - 1/2)(log x - 1) + (log(2 pi) - 1)/2 + s q(s^2), s = 1/x, x >= 8; relative error 2^-41.3
inline constexpr double stirlingF32[] = {
    0x1.555555554efffp-4, -0x1.6c16bb098109cp-9, 0x1.9ff9c17d30e36p-11, -0x1.2af29ae352288p-11,};

// lgamma(x) = (x - 1/2)(log x - 1) + (log(2 pi) - 1)/2 + s q(s^2), s = 1/x, x >= 8; relative error 2^-57.6
inline constexpr double stirlingF64[] = {
    0x1.5555555555555p-4, -0x1.6c16c16c14af4p-9, 0x1.a01a017e8995ap-11, -0x1.38134e15a3b14p-11,
    0x1.b92c93660c593p-11, -0x1.ef980d3570b1cp-10, 0x1.4c384822bf7e4p-8,};

// digamma(x) = (x - x0) q(x - 3/2), 1 <= x <= 2; x0 is the root; relative error 2^-33.1
inline constexpr double digammaNearRootF32[] = {
    0x1.e6f0cbb88d584p-1, -0x1.b1cb62d202e76p-2, 0x1.eca1890657f48p-3, -0x1.2fef13cbc84a9p-3,
    0x1.851345ae1278bp-4, -0x1.fb304d3a2f49bp-5, 0x1.4dd6c8f22bdd6p-5, -0x1.bc0cd1a6268a7p-6,
    0x1.271e7ff1b4d21p-6, -0x1.6b7dfc269900fp-7, 0x1.df09a71b32d9fp-8, -0x1.f8bc0fa53465fp-8,
    0x1.56d14b4b9826ap-8,};

// digamma(x) = (x - x0) q(x - 3/2), 1 <= x <= 2; x0 is the root; relative error 2^-54.2
inline constexpr double digammaNearRootF64[] = {
    0x1.e6f0cbb873616p-1, -0x1.b1cb63005ee98p-2, 0x1.eca189b8e6f76p-3, -0x1.2feeeb98a78d3p-3,
    0x1.8512e590384cbp-4, -0x1.fb44202a24f05p-5, 0x1.4de9aa17d36d1p-5, -0x1.b9f8b11b6540ap-6,
    0x1.256471621cbf1p-6, -0x1.8635640e3bd1fp-7, 0x1.03c0b0f956308p-7, -0x1.5a06a32e1602ap-8,
    0x1.cd1f77d39d82bp-9, -0x1.336dea1974c84p-9, 0x1.99dcf068e7ec3p-10, -0x1.0fb1c77b1ccd9p-10,
    0x1.69e814802500ap-11, -0x1.fda4de499187dp-12, 0x1.55b6123022b26p-12, -0x1.2f5e0de2dd2a2p-13,
    0x1.874e08e914981p-14, -0x1.75fdc955ab5c6p-13, 0x1.fc3d6e9ec307ep-14,};

// digamma(x) = log x - s/2 - s^2 q(s^2), s = 1/x, x >= 10; relative error 2^-41.3
inline constexpr double digammaTailF32[] = {
    0x1.55555522ceb78p-4, -0x1.110d4dec8e230p-7, 0x1.fde52d1beef41p-9,};

// digamma(x) = log x - s/2 - s^2 q(s^2), s = 1/x, x >= 10; relative error 2^-69.4
inline constexpr double digammaTailF64[] = {
    0x1.5555555555555p-4, -0x1.111111110ec0fp-7, 0x1.041040f1fc967p-8, -0x1.1110f179c7dacp-8,
    0x1.f05f44514071cp-8, -0x1.55fb478295c7dp-6, 0x1.18a875c0128b2p-4,};

// trigamma(x) = s + s^2/2 + s^3 q(s^2), s = 1/x, x >= 10; relative error 2^-38.3
inline constexpr double trigammaTailF32[] = {
    0x1.5555548d28972p-3, -0x1.11099abcc58eep-5, 0x1.7bed0d3e9f79bp-6,};

// trigamma(x) = s + s^2/2 + s^3 q(s^2), s = 1/x, x >= 10; relative error 2^-65.5
inline constexpr double trigammaTailF64[] = {
    0x1.5555555555550p-3, -0x1.1111111103c6dp-5, 0x1.8618612cd348ap-6, -0x1.1110c9be2e62bp-5,
    0x1.362ed7def18f7p-4, -0x1.fefdbe4a2af00p-3, 0x1.dbc551ee6829fp-1,};

// polygamma(2, x) = -(s^2 + s^3 + s^4 q(s^2)), s = 1/x, x >= 10; relative error 2^-35.2
inline constexpr double tetragammaTailF32[] = {
    0x1.fffffc84b3ea9p-2, -0x1.5544b26518101p-3, 0x1.49f85510a8e70p-3,};

// polygamma(2, x) = -(s^2 + s^3 + s^4 q(s^2)), s = 1/x, x >= 10; relative error 2^-61.6
inline constexpr double tetragammaTailF64[] = {
    0x1.fffffffffffd7p-2, -0x1.5555555521af9p-3, 0x1.555554a50f911p-3, -0x1.3332a4266eb43p-2,
    0x1.aa6c34257e9fbp-1, -0x1.9d970a33df711p+1, 0x1.b191920fce04bp+3,};

// sin(pi r) = r q(r^2), |r| <= 1/2; relative error 2^-43.9
inline constexpr double sinPiF32[] = {
    0x1.921fb54442b5ep+1, -0x1.4abbce6247eaep+2, 0x1.466bc66dc7a6bp+1, -0x1.32d2c96c5c40cp-1,
    0x1.5076fe9f5d157p-4, -0x1.e297d001078d2p-8, 0x1.d4ec707026597p-12,};

// sin(pi r) = r q(r^2), |r| <= 1/2; relative error 2^-54.5
inline constexpr double sinPiF64[] = {
    0x1.921fb54442d18p+1, -0x1.4abbce625bdfdp+2, 0x1.466bc677565f1p+1, -0x1.32d2cce37ce1ep-1,
    0x1.507832d949d92p-4, -0x1.e3061f7519a79p-8, 0x1.e8756f1f05379p-12, -0x1.50d62696ef574p-16,
    -0x1.9c35efda76fd7p-19, 0x1.c47329c4dd515p-19,};

// pi r cot(pi r) = 1 + z q(z), z = r^2, |r| <= 1/2; relative error 2^-35.7
inline constexpr double cotPiF32[] = {
    -0x1.a51a66382328cp+1, -0x1.1513171ea7019p+1, -0x1.047303e5ed4cep+1, -0x1.00cbdbd8c491ap+1,
    -0x1.03e4798fbcf82p+1, -0x1.c0521ee7b82bbp+0, -0x1.a8a32cdc60278p+1, 0x1.01c2c52206a14p+1,
    -0x1.009b48fbd29e0p+3,};

// pi r cot(pi r) = 1 + z q(z), z = r^2, |r| <= 1/2; relative error 2^-58.5
inline constexpr double cotPiF64[] = {
    -0x1.a51a6625307dap+1, -0x1.151322ac7cd5dp+1, -0x1.0470984c6a84bp+1, -0x1.010b36940ca03p+1,
    -0x1.004132cf5539bp+1, -0x1.000fa01d58687p+1, -0x1.000d9d4263438p+1, -0x1.fefdd535d44dap+0,
    -0x1.04f928a4d8f9ap+1, -0x1.b937f09e24372p+0, -0x1.b670fa544cd81p+1, 0x1.9cb2769c80bd0p+1,
    -0x1.e273ac163b613p+3, 0x1.28eac2489ec90p+4, -0x1.27bd0b6e9933ap+4,};

} // namespace gradus::ir::coefficients
