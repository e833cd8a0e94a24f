#include "runtime/data/Digits.h"

#include "runtime/core/Philox.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace gradus {

namespace {

constexpr int kSide = 28;

struct Point {
  float x = 0, y = 0;
};
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(float s, Point a) { return {s * a.x, s * a.y}; }
float dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }

/// The shapes that people give to each digit, in a unit box, x to the right and y down: M moves the
/// pen, L draws a line, C a cubic Bezier curve.
struct Template {
  int digit;
  std::string_view path;
};
constexpr Template kTemplates[] = {
    {0, "M .5 .08 C .18 .08 .18 .92 .5 .92 C .82 .92 .82 .08 .5 .08"},
    {0, "M .54 .12 C .05 .12 .05 .88 .5 .88 C .95 .88 .95 .16 .46 .1"},
    {0, "M .5 .08 C .18 .08 .18 .92 .5 .92 C .82 .92 .82 .08 .5 .08 M .64 .28 L .36 .72"},
    {1, "M .5 .08 L .5 .92"},
    {1, "M .34 .26 L .54 .08 L .54 .92"},
    {1, "M .34 .24 L .52 .08 L .52 .92 M .3 .92 L .74 .92"},
    {2, "M .24 .3 C .26 0 .78 .02 .76 .34 C .75 .55 .38 .7 .24 .92 L .8 .92"},
    {2, "M .24 .26 C .36 .02 .8 .06 .74 .38 C .68 .62 .44 .86 .28 .88 C .16 .88 .2 .7 .34 .74 "
        "C .5 .8 .6 .98 .82 .84"},
    {2, "M .24 .16 C .5 .02 .84 .14 .7 .42 L .22 .92 L .8 .92"},
    {3, "M .26 .2 C .36 .02 .76 .06 .72 .3 C .7 .46 .54 .48 .44 .48 C .6 .48 .8 .54 .78 .72 "
        "C .74 .98 .32 .96 .22 .78"},
    {3, "M .24 .1 L .74 .1 L .46 .42 C .84 .42 .88 .86 .52 .92 C .38 .94 .26 .86 .22 .78"},
    {4, "M .3 .08 L .22 .56 L .8 .56 M .64 .3 L .62 .94"},
    {4, "M .66 .94 L .66 .08 L .2 .64 L .84 .64"},
    {4, "M .26 .1 C .2 .5 .3 .56 .68 .5 M .7 .08 C .72 .4 .68 .7 .62 .94"},
    {5, "M .74 .1 L .32 .1 L .28 .46 C .5 .36 .8 .44 .76 .7 C .72 .96 .36 .96 .22 .82"},
    {5, "M .3 .12 L .28 .48 C .56 .4 .82 .5 .74 .74 C .66 .94 .36 .94 .22 .84 M .3 .12 L .78 .1"},
    {5, "M .74 .14 C .5 .04 .26 .14 .3 .36 C .34 .5 .74 .48 .74 .7 C .74 .94 .4 .94 .24 .84"},
    {6, "M .68 .1 C .36 .2 .22 .5 .26 .72 C .3 .98 .76 .96 .74 .68 C .72 .44 .36 .44 .27 .66"},
    {6, "M .56 .08 C .3 .3 .22 .62 .3 .8 C .42 1 .74 .92 .72 .7 C .68 .5 .4 .52 .3 .74"},
    {7, "M .22 .12 L .78 .12 L .42 .92"},
    {7, "M .22 .12 L .78 .12 L .44 .92 M .36 .52 L .7 .5"},
    {7, "M .22 .22 L .24 .1 C .4 .14 .6 .12 .78 .1 C .6 .4 .5 .6 .48 .92"},
    {8, "M .5 .48 C .2 .4 .24 .08 .5 .08 C .76 .08 .8 .4 .5 .48 C .14 .58 .18 .92 .5 .92 "
        "C .82 .92 .86 .58 .5 .48"},
    {8, "M .72 .18 C .6 .02 .28 .06 .3 .28 C .32 .48 .74 .5 .74 .72 C .74 .96 .28 .96 .28 .72 "
        "C .3 .5 .66 .48 .72 .18"},
    {9, "M .74 .34 C .72 .02 .26 .04 .27 .32 C .3 .58 .68 .56 .74 .3 L .7 .92"},
    {9, "M .74 .3 C .66 .04 .26 .08 .28 .34 C .3 .56 .66 .56 .74 .3 C .78 .6 .66 .86 .4 .92"},
};

/// A template cut into control points: a line has two, a curve four.
struct Piece {
  int count;
  std::array<int, 4> points; ///< positions in Glyph::points
};
struct Glyph {
  std::vector<Point> points;
  std::vector<Piece> pieces;
};

Glyph parsePath(std::string_view path) {
  Glyph glyph;
  const char *at = path.data(), *end = at + path.size();
  auto point = [&] {
    Point p;
    for (float *value : {&p.x, &p.y}) {
      while (at < end && *at == ' ')
        ++at;
      at = std::from_chars(at, end, *value).ptr;
    }
    glyph.points.push_back(p);
    return static_cast<int>(glyph.points.size()) - 1;
  };
  int pen = 0;
  while (at < end) {
    const char command = *at++;
    if (command == 'M') {
      pen = point();
    } else if (command == 'L') {
      const int to = point();
      glyph.pieces.push_back({2, {pen, to, 0, 0}});
      pen = to;
    } else if (command == 'C') {
      const int a = point(), b = point(), to = point();
      glyph.pieces.push_back({4, {pen, a, b, to}});
      pen = to;
    }
  }
  return glyph;
}

/// The templates of each digit.
using Glyphs = std::array<std::vector<Glyph>, 10>;

const Glyphs &glyphs() {
  static const Glyphs all = [] {
    Glyphs made;
    for (const Template &t : kTemplates)
      made[static_cast<size_t>(t.digit)].push_back(parsePath(t.path));
    return made;
  }();
  return all;
}

/// The random numbers of one image.
class Dice {
public:
  Dice(uint64_t seed, uint64_t image) : random(seed, hashName("digits") + image) {}
  float uniform(float low, float high) { return random.nextUniform(low, high); }
  /// Mean 0, deviation 1, within +-3.5: the sum of four uniform bytes.
  float bell() {
    const uint32_t bits = random.next();
    const uint32_t sum = (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24);
    return (static_cast<float>(sum) - 510.0f) * (1.0f / 147.8f);
  }
  int below(int bound) { return static_cast<int>(random.nextBelow(static_cast<uint64_t>(bound))); }
  bool chance(float probability) { return random.nextUniform() < probability; }

private:
  Philox random;
};

/// A linear map and a shift.
struct Affine {
  float xx = 1, xy = 0, yx = 0, yy = 1;
  Point shift;
  Point operator()(Point p) const {
    return Point{xx * p.x + xy * p.y, yx * p.x + yy * p.y} + shift;
  }
};

/// The half-angle t = tan(angle / 2) gives sine and cosine without a library: (2t, 1 - t^2) / (1 +
/// t^2).
Affine randomAffine(Dice &dice) {
  const float t = dice.uniform(-0.16f, 0.16f); // +-18 degrees
  const float cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
  const float sx = dice.uniform(14, 23), sy = dice.uniform(16, 23); // pixels
  const float shear = dice.uniform(-0.25f, 0.25f);
  Affine map;
  // rotation * [1 shear; 0 1] * diag(sx, sy)
  map.xx = cosine * sx;
  map.xy = (cosine * shear - sine) * sy;
  map.yx = sine * sx;
  map.yy = (sine * shear + cosine) * sy;
  map.shift = {kSide * 0.5f + dice.uniform(-2.3f, 2.3f), kSide * 0.5f + dice.uniform(-2.3f, 2.3f)};
  return map;
}

/// A round pen of some width with a soft edge, drawing into squared distances.
class Canvas {
public:
  Canvas(float *pixels, float halfWidth, float softness)
      : pixels(pixels), halfWidth(halfWidth), softness(softness),
        reach((halfWidth + softness) * (halfWidth + softness)) {
    nearest.fill(reach);
  }

  void line(Point a, Point b) {
    const float radius = halfWidth + softness;
    const int x0 = first(std::min(a.x, b.x) - radius), x1 = last(std::max(a.x, b.x) + radius);
    const int y0 = first(std::min(a.y, b.y) - radius), y1 = last(std::max(a.y, b.y) + radius);
    const Point along = b - a;
    const float length = dot(along, along), inverse = length > 0 ? 1 / length : 0;
    for (int y = y0; y <= y1; ++y)
      for (int x = x0; x <= x1; ++x) {
        const Point to = Point{static_cast<float>(x), static_cast<float>(y)} - a;
        const float t = std::min(1.0f, std::max(0.0f, dot(to, along) * inverse));
        const Point off = to - t * along;
        float &least = nearest[static_cast<size_t>(y * kSide + x)];
        least = std::min(least, dot(off, off));
      }
  }

  void curve(Point a, Point b, Point c, Point d) {
    constexpr int parts = 10;
    Point from = a;
    for (int i = 1; i <= parts; ++i) {
      const float t = static_cast<float>(i) / parts, s = 1 - t;
      const Point to =
          (s * s * s) * a + (3 * s * s * t) * b + (3 * s * t * t) * c + (t * t * t) * d;
      line(from, to);
      from = to;
    }
  }

  /// Ink over what is there: 1 inside the stroke, falling to 0 over the soft edge. ink 0 erases.
  void paint(float ink) const {
    for (size_t i = 0; i < nearest.size(); ++i) {
      if (nearest[i] >= reach)
        continue;
      const float beyond = std::sqrt(nearest[i]) - halfWidth;
      const float cover = std::min(1.0f, std::max(0.0f, 0.5f - 0.5f * beyond / softness));
      pixels[i] += cover * (ink - pixels[i]);
    }
  }

private:
  static int first(float x) { return std::max(0, static_cast<int>(std::floor(x))); }
  static int last(float x) { return std::min(kSide - 1, static_cast<int>(std::ceil(x))); }

  float *pixels;
  float halfWidth, softness, reach;
  std::array<float, kSide * kSide> nearest; // squared distance to the stroke, at most reach
};

void drawGlyph(float *pixels, const Glyph &glyph, Dice &dice) {
  const Affine map = randomAffine(dice);
  std::array<Point, 32> moved;
  for (size_t i = 0; i < glyph.points.size(); ++i) {
    const Point shaken = glyph.points[i] + Point{0.035f * dice.bell(), 0.035f * dice.bell()};
    moved[i] = map(shaken - Point{0.5f, 0.5f});
  }
  const float halfWidth = dice.uniform(0.6f, 1.6f), softness = dice.uniform(0.6f, 1.1f);
  Canvas canvas(pixels, halfWidth, softness);
  for (const Piece &piece : glyph.pieces) {
    auto p = [&](size_t i) { return moved[static_cast<size_t>(piece.points[i])]; };
    if (piece.count == 2)
      canvas.line(p(0), p(1));
    else
      canvas.curve(p(0), p(1), p(2), p(3));
  }
  canvas.paint(dice.uniform(0.6f, 1.0f));
}

/// A short stroke anywhere: of ink, or one that rubs out.
void drawStray(float *pixels, Dice &dice, float ink) {
  const Point middle{dice.uniform(3, kSide - 4), dice.uniform(3, kSide - 4)};
  const Point reach{dice.uniform(-4, 4), dice.uniform(-4, 4)};
  Canvas canvas(pixels, dice.uniform(0.3f, 0.9f), 0.7f);
  canvas.line(middle - reach, middle + reach);
  canvas.paint(ink);
}

int drawImage(float *pixels, uint64_t seed, uint64_t image) {
  Dice dice(seed, image);
  const int digit = dice.below(10);
  const auto &variants = glyphs()[static_cast<size_t>(digit)];
  const Glyph &glyph = variants[static_cast<size_t>(dice.below(static_cast<int>(variants.size())))];
  std::fill_n(pixels, kSide * kSide, 0.0f);
  drawGlyph(pixels, glyph, dice);
  if (dice.chance(0.25f))
    drawStray(pixels, dice, dice.uniform(0.3f, 0.9f));
  if (dice.chance(0.25f))
    drawStray(pixels, dice, 0);
  const float noise = dice.uniform(0.02f, 0.10f);
  for (int i = 0; i < kSide * kSide; ++i)
    pixels[i] = std::min(1.0f, std::max(0.0f, pixels[i] + noise * dice.bell()));
  return digit;
}

} // namespace

Dataset makeDigits(int64_t count, uint64_t seed, Threads *threads) {
  if (count < 0)
    throw std::invalid_argument("expected a number of digits of at least 0, found " +
                                std::to_string(count));
  Dataset data;
  data.name = "digits";
  data.classes = 10;
  data.features = NDArray::uninitialized({count, kSide, kSide});
  data.labels = NDArray::uninitialized({count}, DType::i32);
  float *pixels = data.features.data<float>();
  int32_t *labels = data.labels.data<int32_t>();
  glyphs();
  const auto draw = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      labels[i] = drawImage(pixels + i * kSide * kSide, seed, static_cast<uint64_t>(i));
  };
  if (threads)
    threads->parallelFor(count, draw);
  else
    draw(0, count);
  return data;
}

} // namespace gradus
