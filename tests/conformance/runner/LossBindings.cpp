// Losses for Python: options are keyword arguments.
#include "tests/conformance/runner/Bindings.h"

namespace gradus::conformance {

namespace {

using namespace py::literals;

gradus::Reduction reductionNamed(const std::string &name) {
  if (name == "mean")
    return gradus::Reduction::mean;
  if (name == "sum")
    return gradus::Reduction::sum;
  if (name == "none")
    return gradus::Reduction::none;
  if (name == "batchmean")
    return gradus::Reduction::batchMean;
  throw std::invalid_argument("no reduction is named " + name);
}

ClassOptions classOptions(const std::string &reduction, const OptionalTensor &weight,
                          std::optional<int64_t> ignored, int64_t axis, double smoothing) {
  return {.reduction = reductionNamed(reduction),
          .weight = given(weight),
          .ignored = ignored,
          .axis = axis,
          .labelSmoothing = smoothing};
}

BinaryOptions binaryOptions(const std::string &reduction, const OptionalTensor &weight,
                            const OptionalTensor &positiveWeight) {
  return {.reduction = reductionNamed(reduction),
          .weight = given(weight),
          .positiveWeight = given(positiveWeight)};
}

void bindDifferences(py::module_ &ops) {
  ops.def("squared_error", [](const Tensor &a, const Tensor &b, const std::string &reduction) {
    return squaredError(a, b, reductionNamed(reduction));
  });
  ops.def("absolute_error", [](const Tensor &a, const Tensor &b, const std::string &reduction) {
    return absoluteError(a, b, reductionNamed(reduction));
  });
  ops.def("huber",
          [](const Tensor &a, const Tensor &b, double delta, const std::string &reduction) {
            return huber(a, b, delta, reductionNamed(reduction));
          });
  ops.def("smooth_l1",
          [](const Tensor &a, const Tensor &b, double beta, const std::string &reduction) {
            return smoothL1(a, b, beta, reductionNamed(reduction));
          });
}

void bindClasses(py::module_ &ops) {
  ops.def(
      "cross_entropy",
      [](const Tensor &x, const Tensor &target, const std::string &reduction,
         const OptionalTensor &weight, std::optional<int64_t> ignored, int64_t axis,
         double smoothing) {
        return crossEntropy(x, target, classOptions(reduction, weight, ignored, axis, smoothing));
      },
      "x"_a, "target"_a, "reduction"_a, "weight"_a = py::none(), "ignored"_a = py::none(),
      "axis"_a = -1, "smoothing"_a = 0.0);
  ops.def(
      "nll",
      [](const Tensor &x, const Tensor &target, const std::string &reduction,
         const OptionalTensor &weight, std::optional<int64_t> ignored, int64_t axis) {
        return nll(x, target, classOptions(reduction, weight, ignored, axis, 0));
      },
      "x"_a, "target"_a, "reduction"_a, "weight"_a = py::none(), "ignored"_a = py::none(),
      "axis"_a = -1);
  ops.def(
      "multi_margin",
      [](const Tensor &x, const Tensor &target, double margin, double power,
         const std::string &reduction, const OptionalTensor &weight) {
        return multiMargin(x, target, margin, power, classOptions(reduction, weight, {}, -1, 0));
      },
      "x"_a, "target"_a, "margin"_a, "power"_a, "reduction"_a, "weight"_a = py::none());
}

void bindBinary(py::module_ &ops) {
  ops.def(
      "binary_cross_entropy",
      [](const Tensor &p, const Tensor &target, const std::string &reduction,
         const OptionalTensor &weight) {
        return binaryCrossEntropy(p, target, binaryOptions(reduction, weight, {}));
      },
      "p"_a, "target"_a, "reduction"_a, "weight"_a = py::none());
  ops.def(
      "binary_cross_entropy_with_logits",
      [](const Tensor &x, const Tensor &target, const std::string &reduction,
         const OptionalTensor &weight, const OptionalTensor &positiveWeight) {
        return binaryCrossEntropyWithLogits(x, target,
                                            binaryOptions(reduction, weight, positiveWeight));
      },
      "x"_a, "target"_a, "reduction"_a, "weight"_a = py::none(), "positive_weight"_a = py::none());
  ops.def(
      "multilabel_soft_margin",
      [](const Tensor &x, const Tensor &target, const std::string &reduction,
         const OptionalTensor &weight) {
        return multilabelSoftMargin(x, target, binaryOptions(reduction, weight, {}));
      },
      "x"_a, "target"_a, "reduction"_a, "weight"_a = py::none());
  ops.def("soft_margin", [](const Tensor &x, const Tensor &target, const std::string &reduction) {
    return softMargin(x, target, reductionNamed(reduction));
  });
  ops.def("hinge_embedding",
          [](const Tensor &x, const Tensor &target, double margin, const std::string &reduction) {
            return hingeEmbedding(x, target, margin, reductionNamed(reduction));
          });
}

void bindDistributions(py::module_ &ops) {
  ops.def("kl_divergence",
          [](const Tensor &x, const Tensor &target, bool logTarget, const std::string &reduction) {
            return klDivergence(x, target, logTarget, reductionNamed(reduction));
          });
  ops.def("poisson_nll", [](const Tensor &x, const Tensor &target, bool logInput, bool full,
                            double epsilon, const std::string &reduction) {
    return poissonNll(x, target, {reductionNamed(reduction), logInput, full, epsilon});
  });
  ops.def("gaussian_nll", [](const Tensor &x, const Tensor &target, const Tensor &variance,
                             bool full, double epsilon, const std::string &reduction) {
    return gaussianNll(x, target, variance, {reductionNamed(reduction), full, epsilon});
  });
}

void bindEmbeddings(py::module_ &ops) {
  ops.def("margin_ranking", [](const Tensor &a, const Tensor &b, const Tensor &target,
                               double margin, const std::string &reduction) {
    return marginRanking(a, b, target, margin, reductionNamed(reduction));
  });
  ops.def("cosine_embedding", [](const Tensor &a, const Tensor &b, const Tensor &target,
                                 double margin, const std::string &reduction) {
    return cosineEmbedding(a, b, target, margin, reductionNamed(reduction));
  });
  ops.def("triplet_margin", [](const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                               double margin, double power, double epsilon, bool swap,
                               const std::string &reduction) {
    return tripletMargin(anchor, positive, negative,
                         {reductionNamed(reduction), margin, power, epsilon, swap});
  });
}

} // namespace

void bindLosses(py::module_ &ops) {
  bindDifferences(ops);
  bindClasses(ops);
  bindBinary(ops);
  bindDistributions(ops);
  bindEmbeddings(ops);
}

} // namespace gradus::conformance
