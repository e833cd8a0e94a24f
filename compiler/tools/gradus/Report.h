// What gradus train says at its end: on the screen, as a picture, as JSON.
#ifndef GRADUS_COMPILER_TOOLS_GRADUS_REPORT_H
#define GRADUS_COMPILER_TOOLS_GRADUS_REPORT_H

#include "compiler/tools/gradus/Model.h"
#include "runtime/train/Fit.h"
#include "runtime/train/LossCurve.h"

namespace gradus::tool {

/// A run that has ended, with all that there is to say about it.
struct RunReport {
  const TrainConfig &config;
  const TrainFiles &files;
  const TrainData &data;
  const ModelSpec &spec;
  Program step, evaluation;
  const FitResult &result;
  const LossCurve &curve;
  int64_t stepsBefore = 0; ///< of the run that this one went on from
  double peakGflops = 0;   ///< the larger of the probes before and after

  double stepsPerSecond() const;
  double samplesPerSecond() const; ///< gathering of batches included
  double gflops() const;           ///< while the compiled step runs
  double peakShare() const;
};

/// "1.2 MB".
std::string asBytes(double bytes);

/// What was compiled: kernels, arena, time, cache.
void printCompiled(const Program &step, const Program &evaluation);
/// Speed, accuracy, what is confused with what.
void printEnd(const RunReport &report);

std::string drawCurves(const RunReport &report);
Json summarize(const RunReport &report);

} // namespace gradus::tool

#endif
