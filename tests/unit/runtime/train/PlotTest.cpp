#include "runtime/train/Plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace gradus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

TEST(NiceTicks, AreRoundAndInsideTheRange) {
  EXPECT_THAT(niceTicks(0, 10, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(niceTicks(130, 420, 4), ElementsAre(200, 300, 400));
  EXPECT_THAT(niceTicks(-1, 1, 5), ElementsAre(-1, -0.5, 0, 0.5, 1));
}

TEST(NiceTicks, AreFewOnAnyRange) {
  for (double low : {-1e300, -5.0, 0.0, 1e-300, 3.7})
    for (double high : {-2.0, 0.0, 1e-299, 4.0, 1e300})
      for (int most : {2, 5, 9}) {
        std::vector<double> ticks = niceTicks(low, high, most);
        EXPECT_LE(ticks.size(), static_cast<size_t>(most)) << low << " " << high;
        for (size_t i = 1; i < ticks.size(); ++i)
          EXPECT_LT(ticks[i - 1], ticks[i]);
      }
  EXPECT_FALSE(niceTicks(std::nan(""), 1, 5).empty());
}

TEST(PlotSvg, HasACurveALegendAndEscapedText) {
  PlotPanel panel{"loss", "epoch", "nats", {{"<train> & test", {1, 2, 3}, {3, 2, 1}, false, true}}};
  std::string svg = plotSvg("\"run\"", {panel});
  EXPECT_THAT(svg, HasSubstr("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_THAT(svg, HasSubstr("&lt;train&gt; &amp; test"));
  EXPECT_THAT(svg, HasSubstr("&quot;run&quot;"));
  EXPECT_THAT(svg, HasSubstr("<circle"));
  EXPECT_THAT(svg, HasSubstr("class=\"curve\""));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
}

TEST(PlotSvg, AValueThatIsNotFiniteBreaksTheCurveAndNothingElse) {
  double inf = std::numeric_limits<double>::infinity();
  PlotPanel panel{"", "", "", {{"a", {1, 2, 3, 4, 5}, {1, 2, inf, 2, 1}}}};
  std::string svg = plotSvg("", {panel});
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  size_t path = svg.find("<path d=\"M");
  ASSERT_NE(path, std::string::npos);
  std::string first = svg.substr(path, svg.find("stroke", path) - path);
  EXPECT_EQ(std::count(first.begin(), first.end(), 'M'), 2);
}

TEST(PlotSvg, WithoutPointsItSaysSo) {
  EXPECT_THAT(plotSvg("empty", {PlotPanel{}}), HasSubstr("no data"));
  EXPECT_THAT(plotSvg("none", {}), HasSubstr("</svg>"));
}

} // namespace
