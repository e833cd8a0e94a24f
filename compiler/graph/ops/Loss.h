// Losses. Names and formulas are PyTorch's; they do not broadcast.
#pragma once
#include "compiler/graph/ops/Types.h"

#include <optional>

namespace gradus {

/// How a loss makes one number of one number per example. batchMean: the sum divided by the size of
/// the first axis.
enum class Reduction { mean, sum, none, batchMean };

//===--- differences. Shapes must be equal. GraphError otherwise, here and below.

/// (prediction - target)^2
Tensor squaredError(const Tensor &prediction, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
/// (prediction - target)^2 / 2, whose gradient is the difference.
Tensor halfSquaredError(const Tensor &prediction, const Tensor &target,
                        Reduction reduction = Reduction::mean, Location at = Location::current());
/// |prediction - target|, the L1 loss. The gradient where they are equal is 0.
Tensor absoluteError(const Tensor &prediction, const Tensor &target,
                     Reduction reduction = Reduction::mean, Location at = Location::current());
/// With a = |prediction - target|: a^2 / 2 where a <= delta, else delta (a - delta / 2).
/// GraphError unless delta is positive.
Tensor huber(const Tensor &prediction, const Tensor &target, double delta = 1,
             Reduction reduction = Reduction::mean, Location at = Location::current());
/// huber(delta = beta) / beta; the L1 loss where beta is 0.
Tensor smoothL1(const Tensor &prediction, const Tensor &target, double beta = 1,
                Reduction reduction = Reduction::mean, Location at = Location::current());

//===--- classes

struct ClassOptions {
  Reduction reduction = Reduction::mean;
  /// [classes]: an example counts as often as the weight of its label says, in the mean too.
  Tensor weight = {};
  /// Examples with this label count nothing (PyTorch: -100). Without it, a label that is no class
  /// gives NaN.
  std::optional<int64_t> ignored = {};
  /// The axis of the classes; in the layouts [batch, classes, height, width] it is 1.
  int64_t axis = -1;
  /// In [0, 1]: this much of the target is spread evenly over all classes. crossEntropy only.
  double labelSmoothing = 0;
};

/// Softmax cross-entropy. logits [..., classes]; target: integer labels [...] or probabilities
/// [..., classes]. A label out of range gives NaN.
Tensor crossEntropy(const Tensor &logits, const Tensor &target,
                    Reduction reduction = Reduction::mean, Location at = Location::current());
Tensor crossEntropy(const Tensor &logits, const Tensor &target, const ClassOptions &options,
                    Location at = Location::current());
/// Minus the log-probability of the label: crossEntropy after logSoftmax.
Tensor nll(const Tensor &logProbabilities, const Tensor &labels,
           const ClassOptions &options = {}, Location at = Location::current());
/// Sum over the wrong classes of max(0, margin - x[label] + x)^power, divided by the number of
/// classes. x [..., classes]; labels [...]. The weight multiplies; ignored and labelSmoothing do
/// not apply (GraphError).
Tensor multiMargin(const Tensor &x, const Tensor &labels, double margin = 1, double power = 1,
                   const ClassOptions &options = {}, Location at = Location::current());

//===--- yes or no

struct BinaryOptions {
  Reduction reduction = Reduction::mean;
  Tensor weight = {};         ///< multiplies each loss; broadcasts
  Tensor positiveWeight = {}; ///< multiplies the target's part; broadcasts, so [classes] will do
};

/// -(t log p + (1 - t) log(1 - p)), the logarithms not below -100. Prefer the one with logits.
Tensor binaryCrossEntropy(const Tensor &probability, const Tensor &target,
                          Reduction reduction = Reduction::mean,
                          Location at = Location::current());
Tensor binaryCrossEntropy(const Tensor &probability, const Tensor &target,
                          const BinaryOptions &options, Location at = Location::current());
/// Cross-entropy of sigmoid(logits) against probabilities of the same shape.
Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target,
                                    Reduction reduction = Reduction::mean,
                                    Location at = Location::current());
Tensor binaryCrossEntropyWithLogits(const Tensor &logits, const Tensor &target,
                                    const BinaryOptions &options,
                                    Location at = Location::current());
/// The mean over the last axis, the classes, of the binary cross-entropy with logits.
Tensor multilabelSoftMargin(const Tensor &logits, const Tensor &target,
                            const BinaryOptions &options = {}, Location at = Location::current());
/// log(1 + exp(-t x)) for targets -1 and 1, stable.
Tensor softMargin(const Tensor &x, const Tensor &target, Reduction reduction = Reduction::mean,
                  Location at = Location::current());
/// max(0, 1 - t x) for targets -1 and 1.
Tensor hinge(const Tensor &x, const Tensor &target, Reduction reduction = Reduction::mean,
             Location at = Location::current());
Tensor squaredHinge(const Tensor &x, const Tensor &target, Reduction reduction = Reduction::mean,
                    Location at = Location::current());
/// x where t is 1, max(0, margin - x) where t is -1.
Tensor hingeEmbedding(const Tensor &x, const Tensor &target, double margin = 1,
                      Reduction reduction = Reduction::mean, Location at = Location::current());

//===--- distributions

/// t (log t - x), x being log-probabilities; with logTarget t is a logarithm, too: exp(t) (t - x).
/// The divergence of distributions in rows is its sum (or Reduction::batchMean).
Tensor klDivergence(const Tensor &logPrediction, const Tensor &target, bool logTarget = false,
                    Reduction reduction = Reduction::mean, Location at = Location::current());

struct PoissonOptions {
  Reduction reduction = Reduction::mean;
  bool logInput = true;  ///< the prediction is the logarithm of the rate
  bool full = false;     ///< adds Stirling's t log t - t + log(2 pi t) / 2 where t > 1
  double epsilon = 1e-8; ///< added to a rate before its logarithm
};
/// exp(x) - t x, or x - t log(x + epsilon).
Tensor poissonNll(const Tensor &prediction, const Tensor &target,
                  const PoissonOptions &options = {}, Location at = Location::current());

struct GaussianOptions {
  Reduction reduction = Reduction::mean;
  bool full = false;     ///< adds log(2 pi) / 2
  double epsilon = 1e-6; ///< the least variance
};
/// (log v + (x - t)^2 / v) / 2, v = max(variance, epsilon). The variance broadcasts.
Tensor gaussianNll(const Tensor &prediction, const Tensor &target, const Tensor &variance,
                   const GaussianOptions &options = {}, Location at = Location::current());

//===--- embeddings

/// max(0, margin - t (a - b)) for targets -1 and 1.
Tensor marginRanking(const Tensor &a, const Tensor &b, const Tensor &target, double margin = 0,
                     Reduction reduction = Reduction::mean, Location at = Location::current());
/// a, b [..., features], target [...]: 1 - cos(a, b) where t is 1, max(0, cos(a, b) - margin) where
/// t is -1.
Tensor cosineEmbedding(const Tensor &a, const Tensor &b, const Tensor &target, double margin = 0,
                       Reduction reduction = Reduction::mean, Location at = Location::current());

struct TripletOptions {
  Reduction reduction = Reduction::mean;
  double margin = 1;
  double power = 2;      ///< of the norm
  double epsilon = 1e-6; ///< added to the differences
  bool swap = false;     ///< the nearer of the two distances to the negative
};
/// max(0, margin + |anchor - positive| - |anchor - negative|) over the last axis.
Tensor tripletMargin(const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                     const TripletOptions &options = {}, Location at = Location::current());

} // namespace gradus
