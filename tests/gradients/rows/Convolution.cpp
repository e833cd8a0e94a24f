#include "tests/gradients/rows/Building.h"

#include <numeric>

namespace gradus::testing {
namespace {

/// Where the windows of a convolution lie, spatial axis by spatial axis.
struct Geometry {
  Shape stride, low, high, dilation;
  int64_t groups = 1;
  int64_t positions(int64_t axis, int64_t size, int64_t kernel) const {
    return (size + low[axis] + high[axis] - dilation[axis] * (kernel - 1) - 1) / stride[axis] + 1;
  }
};

/// Calls f(y's coordinates, x's, w's) for every product in a convolution of x with w.
template <class F>
void forEachProduct(const Shape &x, const Shape &w, const Shape &y, const Geometry &g, F f) {
  Shape taps(w.begin() + 1, w.end());
  for (int64_t i = 0; i < countOf(y); ++i) {
    Shape at = coordinates(i, y);
    int64_t group = at[1] / (w[0] / g.groups);
    for (int64_t k = 0; k < countOf(taps); ++k) {
      Shape tap = coordinates(k, taps), from = {at[0], group * w[1] + tap[0]}, filter = {at[1]};
      filter.insert(filter.end(), tap.begin(), tap.end());
      bool inside = true;
      for (size_t s = 0; s + 2 < x.size(); ++s) {
        int64_t place = at[2 + s] * g.stride[s] + tap[1 + s] * g.dilation[s] - g.low[s];
        inside &= place >= 0 && place < x[2 + s];
        from.push_back(place);
      }
      if (inside)
        f(at, from, filter);
    }
  }
}

double &elementOf(Reference &x, const Shape &at) {
  int64_t position = 0;
  for (size_t axis = 0; axis < at.size(); ++axis)
    position = position * x.shape[axis] + at[axis];
  return x.values[position];
}

Reference zerosOf(const Shape &shape) { return {shape, std::vector<double>(countOf(shape), 0.0)}; }

Reference convolution(const Reference &x, const Reference &w, const Geometry &g) {
  Shape shape = {x.shape[0], w.shape[0]};
  for (size_t s = 0; s + 2 < x.shape.size(); ++s)
    shape.push_back(g.positions(s, x.shape[2 + s], w.shape[2 + s]));
  Reference y = zerosOf(shape);
  forEachProduct(x.shape, w.shape, shape, g, [&](const Shape &at, const Shape &from, const Shape &filter) {
    elementOf(y, at) += elementAt(x, from) * elementAt(w, filter);
  });
  return y;
}

Reference convolutionTranspose(const Reference &x, const Reference &w, const Geometry &g, const Shape &extra) {
  Shape shape = {x.shape[0], w.shape[1] * g.groups};
  for (size_t s = 0; s + 2 < x.shape.size(); ++s)
    shape.push_back((x.shape[2 + s] - 1) * g.stride[s] + g.dilation[s] * (w.shape[2 + s] - 1) + 1 - g.low[s] - g.high[s] +
                    extra[s]);
  Reference y = zerosOf(shape);
  forEachProduct(shape, w.shape, x.shape, g, [&](const Shape &at, const Shape &from, const Shape &filter) {
    elementOf(y, from) += elementAt(x, at) * elementAt(w, filter);
  });
  return y;
}

Reference withBias(const Reference &y, const Reference &bias) {
  Shape shape(y.shape.size() - 1, 1);
  shape[0] = bias.shape[0];
  return map(y, reshaped(bias, shape), plus);
}

std::vector<Row> convolutions() {
  struct Use {
    std::string name;
    Shape x, w;
    Geometry g;
    bool second = false;
  };
  const Use uses[] = {
      {"line", {2, 2, 7}, {3, 2, 3}, {{1}, {0}, {0}, {1}}, true},
      {"line_uneven", {1, 4, 9}, {6, 2, 3}, {{2}, {2}, {1}, {2}, 2}, true},
      {"plain", {2, 3, 5, 6}, {4, 3, 3, 3}, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}, true},
      {"padded", {1, 2, 5, 5}, {3, 2, 3, 3}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, true},
      {"stride", {2, 2, 8, 7}, {3, 2, 3, 3}, {{2, 3}, {1, 1}, {1, 1}, {1, 1}}, true},
      {"dilated", {1, 2, 8, 8}, {2, 2, 3, 2}, {{1, 1}, {2, 0}, {2, 0}, {2, 3}}, true},
      {"stride_dilated", {1, 2, 9, 9}, {2, 2, 3, 2}, {{2, 2}, {1, 0}, {2, 1}, {2, 3}}, true},
      {"depthwise", {2, 3, 5, 5}, {3, 1, 3, 3}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 3}, true},
      {"groups", {2, 4, 5, 5}, {6, 2, 3, 3}, {{2, 1}, {0, 1}, {0, 1}, {1, 1}, 2}, true},
      {"one_by_one", {2, 5, 4, 4}, {3, 5, 1, 1}, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}, true},
      {"one_by_one_stride", {2, 3, 5, 5}, {2, 3, 1, 1}, {{2, 2}, {0, 0}, {0, 0}, {1, 1}}},
      {"whole_image", {2, 2, 4, 4}, {3, 2, 4, 4}, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}},
      {"wide", {1, 1, 3, 40}, {2, 1, 2, 3}, {{1, 1}, {0, 1}, {0, 1}, {1, 1}}},
      {"volume", {1, 2, 3, 4, 3}, {2, 2, 2, 3, 2}, {{1, 2, 1}, {1, 1, 0}, {0, 1, 1}, {1, 1, 1}}, true},
  };
  std::vector<Row> rows;
  for (const Use &use : uses) {
    auto conv = use.x.size() == 3 ? conv1d : use.x.size() == 4 ? conv2d : conv3d;
    ConvolutionOptions options{.stride = use.g.stride, .padding = WindowPadding::sides(use.g.low, use.g.high),
                               .dilation = use.g.dilation, .groups = use.g.groups};
    rows.push_back({"convolution/" + use.name,
                    {{use.x}, {use.w}, {{use.w[0]}}},
                    [=](const Tensors &x) { return conv(x[0], x[1], x[2], options, Location::current()); },
                    [=](const References &x) { return withBias(convolution(x[0], x[1], use.g), x[2]); },
                    use.second});
  }
  Geometry same{{1, 2}, {1, 0}, {2, 1}, {1, 1}}; // 5 x 6 by a window of 4 x 3
  rows.push_back({"convolution/same",
                  {{{1, 2, 5, 6}}, {{2, 2, 4, 3}}},
                  [](const Tensors &x) { return conv2d(x[0], x[1], {}, {.stride = {1, 2}, .padding = WindowPadding::same()}); },
                  [=](const References &x) { return convolution(x[0], x[1], same); }});
  Geometry plain{{1, 1}, {0, 0}, {0, 0}, {1, 1}};
  rows.push_back({"convolution/channels_last",
                  {{{2, 5, 6, 3}}, {{4, 3, 2, 3}}, {{4}}},
                  [](const Tensors &x) { return conv2d(x[0], x[1], x[2], {.layout = ImageLayout::channelsLast}); },
                  [=](const References &x) {
                    return transposed(withBias(convolution(transposed(x[0], {0, 3, 1, 2}), x[1], plain), x[2]), {0, 2, 3, 1});
                  },
                  true});
  rows.push_back({"convolution/without_images",
                  {{{3, 5, 6}}, {{4, 3, 2, 3}}},
                  [](const Tensors &x) { return conv2d(x[0], x[1]); },
                  [=](const References &x) {
                    Reference y = convolution(reshaped(x[0], {1, 3, 5, 6}), x[1], plain);
                    return reshaped(y, Shape(y.shape.begin() + 1, y.shape.end()));
                  }});
  return rows;
}

std::vector<Row> transposedConvolutions() {
  struct Use {
    std::string name;
    Shape x, w;
    Geometry g;
    Shape extra;
    bool second = false;
  };
  const Use uses[] = {
      {"line", {2, 3, 5}, {3, 4, 3}, {{1}, {0}, {0}, {1}}, {0}, true},
      {"stride", {1, 3, 4, 4}, {3, 2, 4, 4}, {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {0, 0}, true},
      {"extra", {1, 2, 3, 3}, {2, 3, 3, 3}, {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {1, 1}, true},
      {"extra_beyond", {1, 2, 3, 3}, {2, 3, 2, 2}, {{3, 2}, {0, 0}, {0, 0}, {1, 1}}, {2, 1}, true},
      {"dilated", {1, 2, 3, 3}, {2, 2, 3, 3}, {{1, 1}, {1, 1}, {1, 1}, {2, 2}}, {0, 1}, true},
      {"groups", {2, 4, 3, 3}, {4, 2, 3, 2}, {{2, 1}, {1, 0}, {1, 0}, {1, 1}, 2}, {1, 0}, true},
      {"one_by_one", {2, 3, 4, 4}, {3, 2, 1, 1}, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}, {0, 0}},
      {"hidden", {1, 1, 5, 5}, {1, 2, 2, 2}, {{1, 1}, {2, 2}, {2, 2}, {1, 1}}, {0, 0}},
      {"volume", {1, 2, 2, 2, 2}, {2, 2, 2, 2, 2}, {{2, 2, 1}, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}}, {0, 1, 0}},
  };
  std::vector<Row> rows;
  for (const Use &use : uses) {
    auto conv = use.x.size() == 3 ? convTranspose1d : use.x.size() == 4 ? convTranspose2d : convTranspose3d;
    ConvolutionTransposeOptions options{.stride = use.g.stride, .padding = WindowPadding::sides(use.g.low, use.g.high),
                                        .outputPadding = use.extra, .dilation = use.g.dilation, .groups = use.g.groups};
    rows.push_back({"convolution_transpose/" + use.name,
                    {{use.x}, {use.w}, {{use.w[1] * use.g.groups}}},
                    [=](const Tensors &x) { return conv(x[0], x[1], x[2], options, Location::current()); },
                    [=](const References &x) { return withBias(convolutionTranspose(x[0], x[1], use.g, use.extra), x[2]); },
                    use.second});
  }
  return rows;
}

/// The gradient in the filters, as a function of images and cotangents.
std::vector<Row> filterGradients() {
  Geometry g{{2, 1}, {1, 0}, {1, 1}, {1, 2}};
  Shape w = {3, 2, 3, 2};
  return {{"convolution_weight/plain",
           {{{2, 2, 6, 5}}, {{2, 3, 3, 4}}, {w, -2, 2, Kind::realFixed}},
           [g](const Tensors &x) {
             ConvolutionOptions options{.stride = g.stride, .padding = WindowPadding::sides(g.low, g.high), .dilation = g.dilation};
             Tensor y = conv2d(x[0], x[2], {}, options);
             return gradients(sum(y * x[1]), {x[2]})[0];
           },
           [=](const References &x) {
             Reference y = zerosOf(w);
             forEachProduct(x[0].shape, w, x[1].shape, g, [&](const Shape &at, const Shape &from, const Shape &filter) {
               elementOf(y, filter) += elementAt(x[0], from) * elementAt(x[1], at);
             });
             return y;
           },
           true}};
}

/// f of the elements of each window.
Reference pooled(const Reference &x, const Shape &size, const Geometry &g,
                 const std::function<double(const std::vector<double> &)> &f) {
  int64_t axes = int64_t(size.size()), first = int64_t(x.shape.size()) - axes;
  Shape shape = x.shape;
  for (int64_t s = 0; s < axes; ++s)
    shape[first + s] = g.positions(s, x.shape[first + s], size[s]);
  return generate(shape, [&](const Shape &at) {
    std::vector<double> elements;
    for (int64_t k = 0; k < countOf(size); ++k) {
      Shape tap = coordinates(k, size), from = at;
      bool inside = true;
      for (int64_t s = 0; s < axes; ++s) {
        from[first + s] = at[first + s] * g.stride[s] + tap[s] * g.dilation[s] - g.low[s];
        inside &= from[first + s] >= 0 && from[first + s] < x.shape[first + s];
      }
      if (inside)
        elements.push_back(elementAt(x, from));
    }
    return f(elements);
  });
}

std::vector<Row> pools() {
  auto largest = [](const std::vector<double> &v) { return *std::max_element(v.begin(), v.end()); };
  auto sum = [](const std::vector<double> &v) { return std::accumulate(v.begin(), v.end(), 0.0); };
  struct Use {
    std::string name;
    Shape x, size;
    Geometry g;
    bool second = false;
  };
  const Use uses[] = {
      {"line", {2, 3, 7}, {2}, {{2}, {0}, {0}, {1}}},
      {"tiles", {2, 2, 4, 6}, {2, 2}, {{2, 2}, {0, 0}, {0, 0}, {1, 1}}, true},
      {"overlapping", {1, 2, 5, 5}, {3, 3}, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}, true},
      {"padded", {2, 2, 5, 7}, {3, 3}, {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, true},
      {"mixed", {1, 2, 4, 6}, {2, 3}, {{2, 1}, {0, 1}, {0, 1}, {1, 1}}},
      {"volume", {1, 2, 4, 4, 4}, {2, 2, 2}, {{2, 2, 2}, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}}},
  };
  std::vector<Row> rows;
  for (const Use &use : uses) {
    PoolOptions options{.stride = use.g.stride, .padding = WindowPadding::sides(use.g.low, use.g.high)};
    size_t axes = use.size.size();
    auto most = axes == 1 ? maxPool1d : axes == 2 ? maxPool2d : maxPool3d;
    auto mean = axes == 1 ? avgPool1d : axes == 2 ? avgPool2d : avgPool3d;
    double count = double(countOf(use.size));
    PoolOptions inside = options;
    inside.countPadding = false;
    rows.push_back({"max_pool/" + use.name,
                    {{use.x}},
                    [=](const Tensors &x) { return most(x[0], use.size, options, Location::current()); },
                    [=](const References &x) { return pooled(x[0], use.size, use.g, largest); },
                    use.second});
    rows.push_back({"avg_pool/" + use.name,
                    {{use.x}},
                    [=](const Tensors &x) { return mean(x[0], use.size, options, Location::current()); },
                    [=](const References &x) {
                      return map(pooled(x[0], use.size, use.g, sum), [=](double v) { return v / count; });
                    },
                    use.second});
    rows.push_back({"avg_pool/elements_of_" + use.name,
                    {{use.x}},
                    [=](const Tensors &x) { return mean(x[0], use.size, inside, Location::current()); },
                    [=](const References &x) {
                      return pooled(x[0], use.size, use.g,
                                    [=](const std::vector<double> &v) { return sum(v) / double(v.size()); });
                    }});
  }
  Geometry dilated{{1, 2}, {0, 1}, {0, 1}, {2, 1}};
  rows.push_back({"max_pool/dilated",
                  {{{1, 2, 5, 6}}},
                  [](const Tensors &x) { return maxPool2d(x[0], {2, 3}, {.stride = {1, 2}, .padding = {0, 1}, .dilation = {2, 1}}); },
                  [=](const References &x) { return pooled(x[0], {2, 3}, dilated, largest); }});
  Geometry ceil{{2, 2}, {1, 1}, {2, 1}, {1, 1}}; // of 6 x 7 by 3 x 3: a last window begins at 5 of 6
  rows.push_back({"max_pool/ceil",
                  {{{1, 1, 6, 7}}},
                  [](const Tensors &x) { return maxPool2d(x[0], 3, {.stride = 2, .padding = 1, .ceil = true}); },
                  [=](const References &x) { return pooled(x[0], {3, 3}, ceil, largest); }});
  rows.push_back({"max_pool/channels_last",
                  {{{2, 4, 4, 3}}},
                  [](const Tensors &x) { return maxPool2d(x[0], 2, {.layout = ImageLayout::channelsLast}); },
                  [=](const References &x) {
                    Geometry tiles{{2, 2}, {0, 0}, {0, 0}, {1, 1}};
                    return transposed(pooled(transposed(x[0], {0, 3, 1, 2}), {2, 2}, tiles, largest), {0, 2, 3, 1});
                  }});
  rows.push_back({"avg_pool/lp",
                  {{{1, 2, 4, 4}, 0.5, 2}},
                  [](const Tensors &x) { return lpPool2d(x[0], 3, 2); },
                  [=](const References &x) {
                    Geometry tiles{{2, 2}, {0, 0}, {0, 0}, {1, 1}};
                    Reference cubes = map(x[0], [](double v) { return v * v * v; });
                    return map(pooled(cubes, {2, 2}, tiles, sum), [](double v) { return std::cbrt(v); });
                  },
                  true});
  for (bool most : {false, true})
    rows.push_back({most ? "max_pool/adaptive" : "avg_pool/adaptive",
                    {{{1, 2, 5, 6}}},
                    [most](const Tensors &x) { return most ? adaptiveMaxPool(x[0], {2, 3}) : adaptiveAvgPool(x[0], {2, 3}); },
                    [=](const References &x) {
                      return generate({1, 2, 2, 3}, [&](const Shape &at) {
                        std::vector<double> v; // rows 0..2 and 2..4, columns two by two
                        for (int64_t i = 2 * at[2]; i < 2 * at[2] + 3; ++i)
                          for (int64_t j = 2 * at[3]; j < 2 * at[3] + 2; ++j)
                            v.push_back(elementAt(x[0], {at[0], at[1], i, j}));
                        return most ? largest(v) : sum(v) / double(v.size());
                      });
                    }});
  rows.push_back({"avg_pool/global",
                  {{{2, 3, 4, 5}}},
                  [](const Tensors &x) { return globalAvgPool(x[0]); },
                  [](const References &x) { return meanOf(x[0], {2, 3}); }});
  return rows;
}

std::vector<Row> images() {
  // Element [i] lies at (i + 0.5) 4 / 7 - 0.5.
  auto stretched = [](const Reference &x, int64_t to, bool corners) {
    int64_t from = x.shape.back();
    Shape shape = x.shape;
    shape.back() = to;
    return generate(shape, [&](Shape at) {
      double place = corners ? double(at.back()) * double(from - 1) / double(to - 1)
                             : std::max(0.0, (double(at.back()) + 0.5) * double(from) / double(to) - 0.5);
      int64_t first = std::min(int64_t(place), from - 1);
      double t = place - double(first);
      at.back() = first;
      double a = elementAt(x, at);
      at.back() = std::min(first + 1, from - 1);
      return a * (1 - t) + elementAt(x, at) * t;
    });
  };
  std::vector<Row> rows;
  for (bool corners : {false, true})
    rows.push_back({corners ? "matmul/interpolate_corners" : "matmul/interpolate",
                    {{{1, 2, 4, 3}}},
                    [corners](const Tensors &x) {
                      return interpolate(x[0], {5, 7}, {.mode = Interpolation::linear, .alignCorners = corners});
                    },
                    [=](const References &x) {
                      Reference wide = stretched(x[0], 7, corners);
                      return transposed(stretched(transposed(wide, {0, 1, 3, 2}), 5, corners), {0, 1, 3, 2});
                    },
                    true});
  rows.push_back({"take_along_axis/interpolate_nearest",
                  {{{1, 2, 4, 3}}},
                  [](const Tensors &x) { return interpolate(x[0], {8, 5}); },
                  [](const References &x) {
                    return generate({1, 2, 8, 5}, [&](const Shape &at) {
                      return elementAt(x[0], {at[0], at[1], at[2] / 2, at[3] * 3 / 5});
                    });
                  }});
  rows.push_back({"window/local_response_norm",
                  {{{1, 6, 2, 3}}},
                  [](const Tensors &x) { return localResponseNorm(x[0], 3, 0.1, 0.75, 1); },
                  [](const References &x) {
                    return generate(x[0].shape, [&](const Shape &at) {
                      double energy = 0;
                      for (int64_t c = std::max<int64_t>(0, at[1] - 1); c <= std::min<int64_t>(5, at[1] + 1); ++c)
                        energy += std::pow(elementAt(x[0], {at[0], c, at[2], at[3]}), 2) / 3;
                      return elementAt(x[0], at) / std::pow(1 + 0.1 * energy, 0.75);
                    });
                  },
                  true});
  return rows;
}

} // namespace

std::vector<Family> convolutionRows() {
  return {{"convolutions", convolutions()},
          {"transposed_convolutions", transposedConvolutions()},
          {"filter_gradients", filterGradients()},
          {"pools", pools()},
          {"images", images()}};
}

} // namespace gradus::testing
