// Do these numbers come from this distribution? And the distribution functions that the tests need, by
// series and by integration, with nothing of the compiler's in them.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace gradus::testing {

/// sqrt(n) times the largest distance between the empirical and the given distribution function. Exceeds 1.95
/// with probability 0.001.
inline double kolmogorovSmirnov(std::vector<double> sample,
                                const std::function<double(double)> &cdf) {
  std::sort(sample.begin(), sample.end());
  double n = double(sample.size()), distance = 0;
  for (size_t i = 0; i < sample.size(); ++i) {
    double expected = cdf(sample[i]);
    if (!(expected >= 0 && expected <= 1))
      return INFINITY;
    distance = std::max({distance, expected - double(i) / n, double(i + 1) / n - expected});
  }
  return std::sqrt(n) * distance;
}

inline double normalCdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// Pearson's statistic as a standard normal deviate (Wilson and Hilferty 1931). Above 3.1 with probability 0.001. Infinite where
/// something impossible was counted. Kinds expected fewer than 5 times are counted as one.
inline double chiSquareExcess(const std::vector<double> &counts,
                              const std::vector<double> &probabilities) {
  double n = 0, statistic = 0, rareCount = 0, rareExpected = 0;
  int kinds = 0;
  for (double count : counts)
    n += count;
  auto add = [&](double count, double expected) {
    statistic += (count - expected) * (count - expected) / expected;
    ++kinds;
  };
  for (size_t i = 0; i < counts.size(); ++i) {
    double expected = n * probabilities[i];
    if (expected == 0 && counts[i] > 0)
      return INFINITY;
    if (expected < 5) {
      rareCount += counts[i];
      rareExpected += expected;
    } else {
      add(counts[i], expected);
    }
  }
  if (rareExpected >= 5)
    add(rareCount, rareExpected);
  else if (rareCount > 25)
    return INFINITY;
  double freedom = kinds - 1, spread = 2 / (9 * freedom);
  return (std::cbrt(statistic / freedom) - (1 - spread)) / std::sqrt(spread);
}

/// Regularised lower incomplete gamma function: series below a + 1, Lentz's continued fraction above.
inline double gammaCdf(double a, double x) {
  if (x <= 0)
    return 0;
  double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, total = term;
    for (int n = 1; n < 2000 && std::abs(term) > 1e-17 * total; ++n)
      total += term *= x / (a + n);
    return total * front;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int n = 1; n < 2000; ++n) {
    double an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16)
      break;
  }
  return 1 - front * h;
}

/// Regularised incomplete beta function by Lentz's continued fraction.
inline double betaCdf(double a, double b, double x) {
  if (x <= 0 || x >= 1)
    return x >= 1;
  if (x > (a + 1) / (a + b + 2))
    return 1 - betaCdf(b, a, 1 - x);
  double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) +
                          b * std::log1p(-x)) /
                 a;
  double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 2000; ++m) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16)
      break;
  }
  return front * h;
}

} // namespace gradus::testing
