// Curves as a self-contained SVG picture: axes with round ticks, grid, legend.
#pragma once

#include <string>
#include <vector>

namespace gradus {

/// One curve. x and y have equal length; a point that is not finite breaks the curve there.
struct PlotSeries {
  std::string label;
  std::vector<double> x, y;
  bool faint = false;   ///< drawn thin and pale, behind the others (raw values under a mean)
  bool markers = false; ///< a dot on every point
};

/// One pair of axes with its curves.
struct PlotPanel {
  std::string title, xLabel, yLabel;
  std::vector<PlotSeries> series;
  bool percent = false; ///< y is a share in [0, 1], labelled in percent
};

/// Round positions (1, 2 or 5 times a power of ten apart) inside [low, high], ascending, at most
/// `most` of them (at least 2). An empty or reversed range is widened around its middle.
std::vector<double> niceTicks(double low, double high, int most);

/// The panels side by side under one title, as the text of an SVG file. Panels without a finite
/// point show their axes and the words "no data".
std::string plotSvg(const std::string &title, const std::vector<PlotPanel> &panels);

} // namespace gradus
