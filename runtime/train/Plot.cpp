#include "runtime/train/Plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace gradus {
namespace {

constexpr double kPanelWidth = 460, kPanelHeight = 320, kLeft = 64, kRight = 18, kTop = 64,
                 kBottom = 52;
// Distinguishable in print and by the colour-blind (Okabe and Ito).
constexpr const char *kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"};

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double v) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  bool empty() const { return !(low <= high); }
};

std::string number(double v, int digits = 6) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, v);
  return text;
}

std::string pixel(double v) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", v);
  return text;
}

std::string escape(const std::string &text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20) // XML knows no other control characters
      out += c;
  }
  return out;
}

std::string textAt(double x, double y, const char *attributes, const std::string &text) {
  return "<text x=\"" + pixel(x) + "\" y=\"" + pixel(y) + "\" " + attributes + ">" + escape(text) +
         "</text>\n";
}

std::string lineAt(double x1, double y1, double x2, double y2, const char *style) {
  return "<line x1=\"" + pixel(x1) + "\" y1=\"" + pixel(y1) + "\" x2=\"" + pixel(x2) + "\" y2=\"" +
         pixel(y2) + "\" class=\"" + style + "\"/>\n";
}

/// Data coordinates to pixels of one panel.
struct Axes {
  Range x, y;
  double left;
  double px(double v) const {
    return left + kLeft + (v - x.low) / (x.high - x.low) * (kPanelWidth - kLeft - kRight);
  }
  double py(double v) const {
    return kTop + kPanelHeight - kBottom -
           (v - y.low) / (y.high - y.low) * (kPanelHeight - kBottom);
  }
  double right() const { return left + kPanelWidth - kRight; }
  double bottom() const { return kTop + kPanelHeight - kBottom; }
};

bool finite(const PlotSeries &s, size_t i) {
  return i < s.y.size() && std::isfinite(s.x[i]) && std::isfinite(s.y[i]);
}

void widen(Range &range) {
  if (range.empty())
    range = {0, 1};
  if (range.high - range.low < 1e-12 * std::max(std::abs(range.low), std::abs(range.high)) ||
      range.low == range.high) {
    double by = range.low == 0 ? 1 : std::abs(range.low) * 0.5;
    range = {range.low - by, range.high + by};
  }
}

Axes axesOf(const PlotPanel &panel, double left) {
  Axes axes{{}, {}, left};
  for (const PlotSeries &s : panel.series)
    for (size_t i = 0; i < s.x.size(); ++i)
      if (finite(s, i)) {
        axes.x.add(s.x[i]);
        axes.y.add(s.y[i]);
      }
  widen(axes.x);
  // A range that nearly reaches zero is drawn from zero, so that heights can be compared.
  if (axes.y.low > 0 && axes.y.low < 0.35 * axes.y.high)
    axes.y.low = 0;
  widen(axes.y);
  double margin = 0.05 * (axes.y.high - axes.y.low);
  if (axes.y.low != 0)
    axes.y.low -= margin;
  axes.y.high += margin;
  if (panel.percent) {
    axes.y.low = std::max(axes.y.low, 0.0);
    axes.y.high = std::min(axes.y.high, 1.0);
    widen(axes.y);
  }
  return axes;
}

std::string frame(const PlotPanel &panel, const Axes &axes) {
  std::string out;
  for (double v : niceTicks(axes.y.low, axes.y.high, 7)) {
    out += lineAt(axes.left + kLeft, axes.py(v), axes.right(), axes.py(v), "grid");
    out += textAt(axes.left + kLeft - 8, axes.py(v) + 4, "class=\"tick\" text-anchor=\"end\"",
                  panel.percent ? number(v * 100) + " %" : number(v));
  }
  for (double v : niceTicks(axes.x.low, axes.x.high, 8)) {
    out += lineAt(axes.px(v), axes.bottom(), axes.px(v), axes.bottom() + 5, "axis");
    out +=
        textAt(axes.px(v), axes.bottom() + 20, "class=\"tick\" text-anchor=\"middle\"", number(v));
  }
  out += lineAt(axes.left + kLeft, axes.bottom(), axes.right(), axes.bottom(), "axis");
  out += lineAt(axes.left + kLeft, kTop, axes.left + kLeft, axes.bottom(), "axis");
  double middle = (axes.left + kLeft + axes.right()) / 2;
  out += textAt(middle, kTop - 10, "class=\"panel\" text-anchor=\"middle\"", panel.title);
  out += textAt(middle, axes.bottom() + 40, "class=\"label\" text-anchor=\"middle\"", panel.xLabel);
  if (!panel.yLabel.empty()) {
    std::string x = pixel(axes.left + 14), y = pixel((kTop + axes.bottom()) / 2);
    out += "<text x=\"" + x + "\" y=\"" + y + "\" class=\"label\" text-anchor=\"middle\" " +
           "transform=\"rotate(-90 " + x + " " + y + ")\">" + escape(panel.yLabel) + "</text>\n";
  }
  return out;
}

/// One path per unbroken run of points.
std::string curve(const PlotSeries &s, const Axes &axes, const char *colour) {
  std::string path, dots;
  bool drawing = false;
  for (size_t i = 0; i < s.x.size(); ++i) {
    if (!finite(s, i)) {
      drawing = false;
      continue;
    }
    std::string x = pixel(axes.px(s.x[i])), y = pixel(axes.py(s.y[i]));
    path += (drawing ? "L" : "M") + x + " " + y;
    drawing = true;
    if (s.markers)
      dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"3\" fill=\"" + colour + "\"/>\n";
  }
  if (path.empty())
    return "";
  return "<path d=\"" + path + "\" stroke=\"" + colour + "\" class=\"" +
         (s.faint ? "faint" : "curve") + "\"/>\n" + dots;
}

std::string legend(const PlotPanel &panel, const Axes &axes) {
  size_t longest = 0;
  for (const PlotSeries &s : panel.series)
    longest = std::max(longest, s.label.size());
  double width = 44 + 6.6 * static_cast<double>(longest),
         height = 8 + 18 * static_cast<double>(panel.series.size());
  // Losses fall to the right and accuracies rise: the free corner is the upper or the lower right.
  double x = axes.right() - width - 8, y = panel.percent ? axes.bottom() - height - 10 : kTop + 8;
  std::string out = "<rect x=\"" + pixel(x) + "\" y=\"" + pixel(y) + "\" width=\"" + pixel(width) +
                    "\" height=\"" + pixel(height) + "\" class=\"legend\"/>\n";
  for (size_t i = 0; i < panel.series.size(); ++i) {
    double at = y + 13 + 18 * static_cast<double>(i);
    out += "<path d=\"M" + pixel(x + 8) + " " + pixel(at) + "h22\" stroke=\"" +
           kColours[i % std::size(kColours)] + "\" class=\"" +
           (panel.series[i].faint ? "faint" : "curve") + "\"/>\n" +
           textAt(x + 36, at + 4, "class=\"tick\"", panel.series[i].label);
  }
  return out;
}

std::string drawPanel(const PlotPanel &panel, double left) {
  Axes axes = axesOf(panel, left);
  std::string out = frame(panel, axes), curves;
  for (bool faint : {true, false})
    for (size_t i = 0; i < panel.series.size(); ++i)
      if (panel.series[i].faint == faint)
        curves += curve(panel.series[i], axes, kColours[i % std::size(kColours)]);
  if (curves.empty())
    return out + textAt((left + kLeft + axes.right()) / 2, (kTop + axes.bottom()) / 2,
                        "class=\"label\" text-anchor=\"middle\"", "no data");
  return out + curves + legend(panel, axes);
}

} // namespace

std::vector<double> niceTicks(double low, double high, int most) {
  if (!std::isfinite(low) || !std::isfinite(high))
    return {0, 1};
  Range range{low, high};
  if (!(low < high)) {
    range = {std::min(low, high), std::max(low, high)};
    widen(range);
  }
  double raw = (range.high - range.low) / std::max(1, most - 1);
  double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (double factor : {5.0, 2.0, 1.0})
    if (factor * power >= raw * (1 - 1e-9))
      step = factor * power;
  std::vector<double> ticks;
  // Multiples of the step by an integer, so that 0.3 does not print as 0.30000000000000004.
  double first = std::ceil(range.low / step - 1e-9), last = std::floor(range.high / step + 1e-9);
  for (double k = first; k <= last && static_cast<int>(ticks.size()) < most; k += 1)
    ticks.push_back(k == 0 ? 0 : k * step);
  return ticks;
}

std::string plotSvg(const std::string &title, const std::vector<PlotPanel> &panels) {
  double width = kPanelWidth * static_cast<double>(std::max<size_t>(1, panels.size())),
         height = kTop + kPanelHeight;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + pixel(width) +
                    " " + pixel(height) + "\" width=\"" + pixel(width) + "\" height=\"" +
                    pixel(height) +
                    "\" font-family=\"Helvetica, Arial, sans-serif\">\n"
                    "<style>.grid{stroke:#e4e4e4}.axis{stroke:#444}.tick{font-size:11px;fill:#444}"
                    ".label{font-size:12px;fill:#222}.panel{font-size:13px;fill:#222}"
                    ".title{font-size:15px;font-weight:bold;fill:#111}"
                    ".curve{fill:none;stroke-width:2;stroke-linejoin:round}"
                    ".faint{fill:none;stroke-width:1;stroke-opacity:0.35}"
                    ".legend{fill:#fff;fill-opacity:0.85;stroke:#ccc}</style>\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  out += textAt(width / 2, 26, "class=\"title\" text-anchor=\"middle\"", title);
  for (size_t i = 0; i < panels.size(); ++i)
    out += drawPanel(panels[i], kPanelWidth * static_cast<double>(i));
  return out + "</svg>\n";
}

} // namespace gradus
