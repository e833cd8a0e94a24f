#include "runtime/train/Progress.h"

#include "runtime/train/Fit.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <sys/ioctl.h>
#include <unistd.h>

namespace gradus {
namespace {

/// Whether the terminal takes UTF-8, by the environment, in the order that the C library asks it.
bool localeIsUnicode() {
  for (const char *name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char *value = std::getenv(name); value && *value)
      return std::strstr(value, "UTF-8") || std::strstr(value, "utf8") ||
             std::strstr(value, "UTF8") || std::strstr(value, "utf-8");
  return false;
}

int columnsOf(std::FILE *stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

template <class... Args> std::string format(const char *text, Args... args) {
  char line[256];
  int length = std::snprintf(line, sizeof line, text, args...);
  return std::string(line, static_cast<size_t>(std::clamp(length, 0, 255)));
}

/// A bar of `width` cells, in eighths of a cell where the terminal can show them.
std::string bar(double share, int width, bool unicode) {
  static constexpr const char *kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  share = std::clamp(share, 0.0, 1.0);
  std::string out;
  if (!unicode) {
    int full = static_cast<int>(share * width);
    out.append(static_cast<size_t>(full), '#');
    out.append(static_cast<size_t>(width - full), '.');
    return "[" + out + "]";
  }
  int eighths = static_cast<int>(share * width * 8), full = eighths / 8;
  for (int i = 0; i < full; ++i)
    out += "█";
  out += kEighths[eighths % 8];
  out.append(static_cast<size_t>(width - full - (eighths % 8 ? 1 : 0)), ' ');
  return "▕" + out + "▏";
}

} // namespace

std::string withThousands(double count) {
  std::string digits = format("%.0f", std::abs(count));
  if (digits.find_first_not_of("0123456789") != std::string::npos)
    return digits; // inf, nan
  for (size_t at = digits.size(); at > 3;)
    digits.insert(at -= 3, 1, ',');
  if (count < 0)
    digits.insert(0, 1, '-');
  return digits;
}

std::string asDuration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9)
    return "?";
  if (seconds < 9.95)
    return format("%.1f s", seconds);
  auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 60)
    return format("%ld s", whole);
  if (whole < 3600)
    return format("%ld:%02ld", whole / 60, whole % 60);
  return format("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string epochLine(const EpochReport &report) {
  int width = static_cast<int>(std::to_string(report.epochs).size());
  std::string line =
      format("epoch %*lld/%lld  loss %.4g", width, static_cast<long long>(report.epoch),
             static_cast<long long>(report.epochs), report.trainLoss);
  line.resize(std::max<size_t>(line.size(), static_cast<size_t>(20 + 2 * width)), ' ');
  if (report.test) {
    if (report.test->accuracy)
      line += format("  test accuracy %.2f %%", *report.test->accuracy * 100);
    if (report.test->rootMeanSquaredError)
      line += format("  test error (rms) %.4g", *report.test->rootMeanSquaredError);
    if (report.test->r2)
      line += format("  R2 %.4g", *report.test->r2);
  }
  return line + "  " + withThousands(report.samplesPerSecond()) + " samples/s  " +
         asDuration(report.seconds);
}

Progress::Progress(std::FILE *stream) : Progress(stream, isatty(fileno(stream)) == 1) {}

Progress::Progress(std::FILE *stream, bool terminal)
    : stream(stream), terminal(terminal), unicode(localeIsUnicode()) {}

Progress::~Progress() { finish(); }

void Progress::beginEpoch(int64_t samples, int64_t done) {
  epochBegin = lastDrawn = Clock::now();
  epochSamples = samples;
  firstSamples = done; // not this run's speed
}

void Progress::step(const StepReport &report) {
  Clock::time_point now = Clock::now();
  if (now - lastDrawn < (terminal ? std::chrono::milliseconds(100) : std::chrono::seconds(10)))
    return;
  lastDrawn = now;
  draw(report, std::chrono::duration<double>(now - epochBegin).count());
}

void Progress::draw(const StepReport &report, double seconds) {
  double rate = static_cast<double>(report.samples - firstSamples) / seconds;
  double share = static_cast<double>(report.samples) / static_cast<double>(epochSamples);
  double left =
      static_cast<double>(epochSamples - report.samples) +
      static_cast<double>(epochSamples) * static_cast<double>(report.epochs - report.epoch);
  std::string head = format("epoch %lld/%lld ", static_cast<long long>(report.epoch),
                            static_cast<long long>(report.epochs));
  std::string tail = format(" %3.0f %%  loss %.4g  ", share * 100, report.meanLoss) +
                     withThousands(rate) + " samples/s  " + asDuration(left / rate) + " left";
  if (!terminal) {
    std::fprintf(stream, "%s%s\n", head.c_str(), tail.c_str());
  } else {
    int room = columnsOf(stream) - 1 - static_cast<int>(head.size() + tail.size()) - 2;
    std::string line = head + (room >= 5 ? bar(share, std::min(room, 40), unicode) : "") + tail;
    if (room < 0)
      line.resize(static_cast<size_t>(std::max(0, columnsOf(stream) - 1)));
    std::fprintf(stream, "\r%s\033[K", line.c_str());
    drawn = true;
  }
  std::fflush(stream);
}

void Progress::endEpoch(const EpochReport &report) {
  finish();
  std::fprintf(stream, "%s\n", epochLine(report).c_str());
  std::fflush(stream);
}

void Progress::finish() {
  if (drawn)
    std::fprintf(stream, "\r\033[K");
  drawn = false;
}

} // namespace gradus
