// Lesson 2: from scalars to images.
//
// A tensor is a box of numbers with a shape: the list of the sizes of its axes. A scalar has no axis, a
// vector one, a matrix two. An image has three: rows, columns, colours; a batch of images four.
#include "gradus/gradus.h"

#include <fstream>
#include <iostream>

using namespace gradus;

void print(const std::string &name, const NDArray &values) { std::cout << name << "\n" << values << "\n"; }

// 1. Tensors of any number of axes
void tensors() {
  // NDArray holds numbers. After them stands the type of an element, then the shape.
  print("scalar", NDArray::scalar(3.5f));
  print("vector", NDArray::fromVector<float>({1, 2, 3}));
  print("matrix", NDArray::fromVector<int32_t>({1, 2, 3, 4, 5, 6}, {2, 3}));
  print("two matrices", NDArray::fromVector<double>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}));
  print("truth values", NDArray::fromVector<bool>({true, false}));
  // prints: scalar
  // prints: 3.5 (f32 scalar)
  // prints: vector
  // prints: [1, 2, 3] (f32 3)
  // prints: matrix
  // prints: [[1, 2, 3],
  // prints:  [4, 5, 6]] (i32 2x3)
  // prints: two matrices
  // prints: [[[1, 2],
  // prints:   [3, 4]],
  // prints:
  // prints:  [[5, 6],
  // prints:   [7, 8]]] (f64 2x2x2)
  // prints: truth values
  // prints: [ true, false] (bool 2)

  // The types: f32 for most computing, f64 where digits count, i32 and i64 for labels and indices, u8 for
  // images as files hold them, bool for conditions.
  std::cout << sizeOf(DType::f32) << " " << sizeOf(DType::f64) << " " << sizeOf(DType::i64) << " "
            << sizeOf(DType::u8) << " bytes per element\n";
  // prints: 4 8 8 1 bytes per element
}

// 2. Tensors in a graph: made from nothing, and reshaped
void factories() {
  Graph g("factories");
  g.result("zeros", zeros(g, {2, 3}));
  g.result("full", full(g, {3}, 7));
  g.result("arange", arange(g, 0, 10, 2));
  g.result("linspace", linspace(g, 0, 1, 5));
  g.result("eye", eye(g, 3));
  g.result("reshaped", reshape(arange(g, 0, 6), {3, 2}));
  std::map<std::string, NDArray> values = compile(g).run({});
  for (const std::string &name : g.results())
    print(name, values[name]);
  // prints: zeros
  // prints: [[0, 0, 0],
  // prints:  [0, 0, 0]] (f32 2x3)
  // prints: full
  // prints: [7, 7, 7] (f32 3)
  // prints: arange
  // prints: [0, 2, 4, 6, 8] (f32 5)
  // prints: linspace
  // prints: [   0, 0.25,  0.5, 0.75,    1] (f32 5)
  // prints: eye
  // prints: [[1, 0, 0],
  // prints:  [0, 1, 0],
  // prints:  [0, 0, 1]] (f32 3x3)
  // prints: reshaped
  // prints: [[0, 1],
  // prints:  [2, 3],
  // prints:  [4, 5]] (f32 3x2)
}

/// A picture of 24 x 32 pixels, each three bytes (red, green, blue): a sky, a sun, a hill.
NDArray makeImage() {
  NDArray image = NDArray::zeros({24, 32, 3}, DType::u8);
  uint8_t *pixel = image.data<uint8_t>();
  for (int row = 0; row < 24; ++row)
    for (int column = 0; column < 32; ++column, pixel += 3) {
      bool sun = (row - 7) * (row - 7) + (column - 23) * (column - 23) < 20;
      bool hill = 2 * row > 28 + (column - 12) * (column - 12) / 16;
      pixel[0] = sun ? 250 : hill ? 60 : 120 + 3 * row;
      pixel[1] = sun ? 200 : hill ? 140 : 170 + 2 * row;
      pixel[2] = sun ? 60 : hill ? 60 : 230;
    }
  return image;
}

/// The pictures side by side as an SVG file, a square for each pixel. Values are 0 .. 1; one channel is
/// grey.
void draw(const std::string &file, const std::vector<NDArray> &pictures) {
  std::string squares;
  int64_t left = 4, height = 0;
  for (const NDArray &picture : pictures) {
    int64_t channels = picture.dim(2);
    const float *value = picture.data<float>();
    for (int64_t row = 0; row < picture.dim(0); ++row)
      for (int64_t column = 0; column < picture.dim(1); ++column, value += channels) {
        char color[8];
        auto byte = [&](int64_t c) { return int(value[channels == 1 ? 0 : c] * 255 + 0.5f); };
        std::snprintf(color, sizeof color, "#%02x%02x%02x", byte(0), byte(1), byte(2));
        squares += "<rect x='" + std::to_string(left + 5 * column) + "' y='" + std::to_string(4 + 5 * row) +
                   "' width='5' height='5' fill='" + color + "'/>\n";
      }
    left += 5 * picture.dim(1) + 8;
    height = std::max(height, 5 * picture.dim(0) + 8);
  }
  std::ofstream(file) << "<svg xmlns='http://www.w3.org/2000/svg' width='" << left << "' height='" << height
                      << "' shape-rendering='crispEdges'>\n" << squares << "</svg>\n";
}

// 3. Images
void images() {
  Graph g("images");
  // Files hold an image as bytes, the colours of a pixel side by side: [height, width, channels].
  Tensor bytes = g.input("image", {24, 32, 3}, DType::u8);

  // Networks compute with floats from 0 to 1.
  Tensor image = imageToFloat(bytes);
  g.result("image", image);

  // Cropping is slicing, mirroring is flipping an axis.
  g.result("cropped", slice(image, {Slice{2, 14}, Slice{16, 30}}));
  g.result("mirrored", flip(image, 1));

  // Grey is a weighted sum over the colours: the eye sees green best (ITU-R BT.601).
  Tensor weights = g.constant(NDArray::fromVector<float>({0.299f, 0.587f, 0.114f}));
  Tensor grey = sum(image * weights, -1, true);
  g.result("grey", grey);

  // Many libraries keep the channels first: [images, channels, height, width]. It is a transposition.
  Tensor batch = unsqueeze(image, 0), first = toChannelsFirst(batch);
  std::cout << toString(batch.shape()) << " and channels first " << toString(first.shape()) << "\n";
  // prints: 1x24x32x3 and channels first 1x3x24x32

  // A blur replaces each pixel by the mean of its 5 x 5 neighbourhood: windows that slide over the rows and
  // columns, and a mean over the inside of each. Edges are repeated, so that the size stays.
  Tensor padded = pad(image, {{2, 2}, {2, 2}, {0, 0}}, PadMode::replicate);
  Tensor windows = slidingWindow(padded, {5, 5}, {0, 1});
  std::cout << toString(windows.shape()) << "\n";
  // prints: 24x32x3x5x5
  Tensor blurred = mean(windows, {-2, -1});
  g.result("blurred", blurred);

  // Edges are where neighbours differ.
  Tensor down = abs(slice(grey, {Slice{1}}) - slice(grey, {Slice{{}, -1}}));
  g.result("edges", minimum(4 * down, 1));

  NDArray picture = makeImage();
  std::map<std::string, NDArray> results = compile(g).run({{"image", picture}});
  std::cout << "the first pixel: " << results["image"].reshape({-1, 3}).rows(0, 1) << "\n";
  std::cout << "in grey: " << results["grey"].reshape({-1}).rows(0, 1) << "\n";
  // prints: the first pixel: [[0.47059, 0.66667, 0.90196]] (f32 1x3)
  // prints: in grey: [0.63486] (f32 1)

  // The picture that this writes is pictures/2_tensors_and_images.svg.
  draw("2_tensors_and_images.svg", {results["image"], results["cropped"], results["mirrored"],
                                    results["grey"], results["blurred"], results["edges"]});
}

int main() {
  tensors();
  factories();
  images();
}

// Try: other weights than the mean. With -1 left, 0 in the middle and 1 on the right, the windows find
// upright edges: that is a convolution, and what a convolutional network learns (lesson 9).
