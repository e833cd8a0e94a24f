// What a run says while it runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace gradus {

struct StepReport;
struct EpochReport;

/// "4,321", "87,654", "1,234,567": a count with its thousands apart.
std::string withThousands(double count);
/// "0.8 s", "12 s", "3:05", "1:02:03".
std::string asDuration(double seconds);

/// The line of an epoch: "epoch  3/10  loss 0.3124  test accuracy 88.31 %  412,000 samples/s".
std::string epochLine(const EpochReport &report);

/// On a terminal: a bar with mean loss, rate and time left, redrawn at most ten times a second, and
/// a line for each epoch. Elsewhere: a line for each epoch, and one every ten seconds within a long
/// one.
class Progress {
public:
  /// Asks whether `stream` is a terminal.
  explicit Progress(std::FILE *stream);
  Progress(std::FILE *stream, bool terminal);
  /// Clears a bar that is still there.
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// An epoch of so many samples, of which a resumed one has some behind it.
  void beginEpoch(int64_t samples, int64_t done = 0);
  void step(const StepReport &report);
  void endEpoch(const EpochReport &report);
  /// Clears the bar, so that other text can follow.
  void finish();

private:
  using Clock = std::chrono::steady_clock;
  void draw(const StepReport &report, double seconds);

  std::FILE *stream;
  bool terminal, unicode, drawn = false;
  Clock::time_point epochBegin, lastDrawn;
  int64_t epochSamples = 0, firstSamples = 0;
};

} // namespace gradus
