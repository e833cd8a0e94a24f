#include "runtime/train/Progress.h"

#include "runtime/train/Fit.h"
#include "runtime/train/Interrupt.h"
#include "runtime/train/LossCurve.h"
#include "runtime/train/Machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include <unistd.h>

using namespace gradus;
using testing::HasSubstr;
using testing::Not;

namespace {

/// A stream that can be read back.
struct Capture {
  std::FILE *stream = std::tmpfile();
  ~Capture() { std::fclose(stream); }
  std::string text() const {
    std::fflush(stream);
    std::rewind(stream);
    std::string out;
    for (int c; (c = std::fgetc(stream)) != EOF;)
      out += static_cast<char>(c);
    return out;
  }
};

EpochReport epoch() {
  EpochReport report;
  report.epoch = 3;
  report.epochs = 10;
  report.trainLoss = 0.31236;
  report.seconds = 2;
  report.timedSamples = 120000;
  report.test.emplace();
  report.test->accuracy = 0.8831;
  return report;
}

TEST(Progress, NumbersAreReadable) {
  EXPECT_EQ(withThousands(0), "0");
  EXPECT_EQ(withThousands(999), "999");
  EXPECT_EQ(withThousands(1234567), "1,234,567");
  EXPECT_EQ(withThousands(-1234), "-1,234");
  EXPECT_EQ(asDuration(0.84), "0.8 s");
  EXPECT_EQ(asDuration(42.3), "42 s");
  EXPECT_EQ(asDuration(185), "3:05");
  EXPECT_EQ(asDuration(3723), "1:02:03");
  EXPECT_EQ(asDuration(-1), "?");
}

TEST(Progress, AnEpochIsOneLine) {
  EXPECT_EQ(epochLine(epoch()),
            "epoch  3/10  loss 0.3124  test accuracy 88.31 %  60,000 samples/s  2.0 s");
}

TEST(Progress, WithoutATerminalThereAreNoControlCharacters) {
  Capture capture;
  Progress progress(capture.stream);
  progress.beginEpoch(100);
  StepReport step;
  step.samples = 50;
  progress.step(step);
  progress.endEpoch(epoch());
  EXPECT_EQ(capture.text(), epochLine(epoch()) + "\n");
}

TEST(Progress, OnATerminalTheBarIsDrawnAndCleared) {
  Capture capture;
  {
    Progress progress(capture.stream, true);
    progress.beginEpoch(100);
    usleep(120000); // a bar is drawn at most every 100 ms
    StepReport step;
    step.epoch = 1;
    step.epochs = 2;
    step.samples = 50;
    step.meanLoss = 0.5;
    progress.step(step);
    progress.step(step);
  }
  std::string text = capture.text();
  EXPECT_THAT(text, HasSubstr(" 50 %  loss 0.5"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '%'), 1) << "drawn once";
  EXPECT_EQ(text.substr(text.size() - 4), "\r\033[K");
}

TEST(LossCurve, KeepsMeansOfEqualNumbersOfSteps) {
  LossCurve curve(4);
  for (int i = 0; i < 3; ++i)
    curve.add(i);
  EXPECT_EQ(curve.stepsPerPoint(), 1);
  EXPECT_EQ(curve.points().size(), 3u);
  for (int i = 3; i < 8; ++i)
    curve.add(i);
  EXPECT_EQ(curve.stepsPerPoint(), 4);
  auto points = curve.points();
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0], std::pair(2.0, 1.5));
  EXPECT_EQ(points[1], std::pair(6.0, 5.5));
}

TEST(InterruptFlag, ASignalSetsTheFlagAndTheFormerHandlerComesBack) {
  struct sigaction before{}, after{};
  sigaction(SIGINT, nullptr, &before);
  {
    InterruptFlag interrupt;
    EXPECT_FALSE(interrupt.flag()->load());
    raise(SIGINT);
    EXPECT_TRUE(interrupt.flag()->load());
    EXPECT_EQ(interrupt.signal(), SIGINT);
  }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST(Machine, HasANameAndAPeak) {
  EXPECT_FALSE(cpuName().empty());
  EXPECT_GT(probePeakGflops(1, 0.002), 0);
}

} // namespace
