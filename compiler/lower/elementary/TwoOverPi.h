// Written by twooverpi.py.
#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_TWOOVERPI_H
#define GRADUS_COMPILER_LOWER_ELEMENTARY_TWOOVERPI_H

namespace gradus::compiler::coefficients {

// 2/pi = their sum: chunks of 29 bits, whose products with 24 bits are exact
inline constexpr double twoOverPi29[] = {
    0x1.45f306d000000p-1, 0x1.9391054000000p-30, 0x1.4fe13ab000000p-59, 0x1.d1f534d000000p-88,
    0x1.b81b6c5000000p-117, 0x1.5993c40000000p-148, 0x1.c820ff2000000p-175};

// 2/pi = the sum of these chunks of 53 bits, and of the next ones times 2^-400
inline constexpr double twoOverPi53[] = {
    0x1.45f306dc9c882p-1, 0x1.4a7f09d5f47d4p-54, 0x1.a6ee06db14accp-107, 0x1.3c439041fe516p-160,
    0x1.d5ef5de2b0db8p-215, 0x1.2371d2126e970p-267, 0x1.924bba8274600p-326,
    0x1.21cfe1deb1cb1p-372, 0x1.4d39f74411af8p-427, 0x1.4baed1213a671p-478,
    0x1.8135a2fbf209cp-531, 0x1.91d639835339fp-584};

// further chunks, times 2^400
inline constexpr double twoOverPi53Scaled[] = {
    0x1.272117e2ef7e4p-238, 0x1.41d8ffc4bffeep-291, 0x1.02cc07f79788cp-343,
    0x1.6b414da3eda6cp-397, 0x1.fb3c9f2c26dd2p-450, 0x1.d18fd9a797fa8p-502,
    0x1.6ba93dd63f5f2p-555, 0x1.f17b3d0739f78p-608, 0x1.4a525d4d7f6bfp-661,
    0x1.88fc6ae842b00p-715, 0x1.98237e3db5d5fp-767};

} // namespace gradus::compiler::coefficients

#endif
