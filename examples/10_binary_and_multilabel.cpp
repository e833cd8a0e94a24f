// Lesson 10: yes or no, and several labels at once.
//
// Lesson 9 chose one of ten classes. Two other questions are as common:
//
//     binary:      is it so or not?        Is this tumour malignant?
//     multilabel:  which of these hold?    A picture can show a beach and a sunset.
//
// Both have the same loss. A score z, the logit, becomes a probability by the sigmoid, and the loss
// is -log of the probability of what is true (t is 1 for yes, 0 for no):
//
//     p = 1 / (1 + exp(-z)),   loss = -(t log p + (1 - t) log(1 - p))
//
// binaryCrossEntropyWithLogits computes it from z, without overflow for any z. With several labels
// each has a score and a sigmoid of its own: they do not compete, as they would in a softmax.
//
// The lesson makes its data from a seed. If a folder is given as argument, or in the environment
// variable GRADUS_DATA, it reads real ones: breast-cancer-wdbc (569 tumours, 30 measurements of
// each) and multilabel-scene (2407 pictures, 294 numbers of each, 6 labels), as NumPy files.
// `prints` says what the made data give, `real` what the real ones give. Processors round sums
// differently; after `within 0.03` each number of the line may differ by that much.
#include "gradus/gradus.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>

using namespace gradus;

//===--- Metrics

/// How often yes was said and right, yes and wrong, no and wrong, no and right.
struct Counts {
  double truePositive = 0, falsePositive = 0, falseNegative = 0, trueNegative = 0;
  void add(bool said, bool is) {
    (said ? is ? truePositive : falsePositive : is ? falseNegative : trueNegative) += 1;
  }
  void add(const Counts &other) {
    truePositive += other.truePositive;
    falsePositive += other.falsePositive;
    falseNegative += other.falseNegative;
    trueNegative += other.trueNegative;
  }
  double all() const { return truePositive + falsePositive + falseNegative + trueNegative; }

  /// The share of right answers.
  double accuracy() const { return (truePositive + trueNegative) / all(); }
  /// Of those that were said to be positive, the share that is. 0 if none was.
  double precision() const { return ratio(truePositive, truePositive + falsePositive); }
  /// Of those that are positive, the share that was found.
  double recall() const { return ratio(truePositive, truePositive + falseNegative); }
  /// The harmonic mean of precision and recall. It is high only if both are.
  double f1() const { return ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative); }

private:
  static double ratio(double part, double whole) { return whole ? part / whole : 0; }
};

/// Yes where the score is above the threshold.
Counts count(const std::vector<float> &scores, const std::vector<float> &truth, float threshold) {
  Counts counts;
  for (size_t i = 0; i < scores.size(); ++i)
    counts.add(scores[i] > threshold, truth[i] == 1);
  return counts;
}

/// The area under the ROC curve: take any positive and any negative; how often has the positive the
/// larger score? 1 is perfect order, 0.5 is no order at all. It needs no threshold.
double rocAuc(const std::vector<float> &scores, const std::vector<float> &truth) {
  double wins = 0, pairs = 0;
  for (size_t i = 0; i < scores.size(); ++i)
    for (size_t j = 0; j < scores.size(); ++j)
      if (truth[i] == 1 && truth[j] == 0) {
        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        pairs += 1;
      }
  return pairs ? wins / pairs : 0.5;
}

//===--- Data

/// Numbers that are the same on every machine.
class Chance {
public:
  explicit Chance(uint32_t seed) : engine(seed) {}
  float uniform() { return static_cast<float>(engine() >> 8) / (1 << 24); }
  /// Nearly normal: the sum of twelve uniform numbers has variance 1.
  float normal() {
    float sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += uniform();
    return sum;
  }

private:
  std::mt19937 engine;
};

/// Two clouds that overlap: 30 numbers, all of them a little larger for the positive ones.
Dataset madeTumours(uint32_t seed) {
  Chance chance(seed);
  Dataset data;
  data.features = NDArray::zeros({569, 30});
  data.targets = NDArray::zeros({569});
  for (int64_t i = 0; i < data.size(); ++i) {
    float positive = chance.uniform() < 0.37f;
    data.targets.data<float>()[i] = positive;
    for (int64_t j = 0; j < 30; ++j)
      data.features.data<float>()[i * 30 + j] = 0.6f * positive + chance.normal();
  }
  return data;
}

/// Every label has a pattern of 40 numbers; a sample is the sum of those of its labels, and noise.
/// All samples have a label, one in ten may have a second one.
DataSplit madeScenes(uint32_t seed) {
  Chance chance(seed);
  std::vector<float> patterns(6 * 40);
  for (float &value : patterns)
    value = 0.5f * chance.normal();
  auto draw = [&](int64_t count) {
    Dataset data;
    data.features = NDArray::zeros({count, 40});
    data.targets = NDArray::zeros({count, 6});
    for (int64_t i = 0; i < count; ++i) {
      float *x = data.features.data<float>() + i * 40, *labels = data.targets.data<float>() + i * 6;
      labels[static_cast<int>(chance.uniform() * 7) % 6] = 1; // the first label is the most frequent
      if (chance.uniform() < 0.1f)
        labels[static_cast<int>(chance.uniform() * 6)] = 1;
      for (int64_t j = 0; j < 40; ++j) {
        x[j] = chance.normal();
        for (int64_t label = 0; label < 6; ++label)
          x[j] += labels[label] * patterns[label * 40 + j];
      }
    }
    return data;
  };
  Dataset train = draw(1200);
  return {train, draw(1200)};
}

/// An array of a NumPy file as f32. Ends the program if there is none.
NDArray read(const std::filesystem::path &path) {
  Result<NDArray> array = readNpy(path);
  if (!array.ok()) {
    std::cout << array.status().message() << "\n";
    std::exit(1);
  }
  return array.value().cast(DType::f32);
}

//===--- Training

/// Trains the model, and gives its scores of the test samples.
NDArray train(const Graph &g, const Tensor &loss, const Optimizer &optimizer, const DataSplit &data,
              int64_t epochs) {
  Program step = compile(g, trainingStep(loss, optimizer), {.batch = 32});
  FitResult result = fit(step, data.train, {.epochs = epochs, .seed = 1, .progress = false});
  if (!result.ok()) {
    std::cout << result.status.message() << "\n";
    std::exit(1);
  }
  // The scores alone: of all results only "logits", which needs no truth, for all samples at once.
  Program model = compile(
      g, {.batch = data.test.size(), .state = step.state(), .results = {"logits"}});
  return model.run({{"x", data.test.features}})["logits"];
}

void say(const std::string &who, const Counts &counts, double auc) {
  std::cout << std::left << std::setw(22) << who << std::right << std::setw(6) << counts.accuracy()
            << std::setw(11) << counts.precision() << std::setw(8) << counts.recall() << std::setw(7)
            << counts.f1() << std::setw(7) << auc << "\n";
}

// 1. Binary classification. Gives pictures of it.
std::vector<PlotPanel> binary(const std::filesystem::path &folder) {
  Dataset all = madeTumours(1);
  if (!folder.empty()) {
    all.features = read(folder / "breast-cancer-wdbc" / "X.npy");
    all.targets = read(folder / "breast-cancer-wdbc" / "y.npy"); // 1: malignant
  }
  // Three tenths are for the test. The measurements have different units; each gets mean 0 and
  // variance 1. What mean and variance are is learned from the training samples alone.
  auto [forTraining, forTest] = all.split(0.3, 1);
  DataSplit data{forTraining, forTest};
  ColumnScaling scaling = ColumnScaling::fit(data.train);
  scaling.apply(data.train);
  scaling.apply(data.test);

  // Logistic regression: one weighted sum, one sigmoid.
  Graph g("logistic");
  Tensor x = g.input("x", {kBatch, 30}), truth = g.input("truth", {kBatch});
  Tensor w = g.parameter("w", {30}, zeros()), b = g.parameter("b", {}, zeros());
  Tensor logits = matmul(x, w) + b; // [B,30] x [30] -> [B]
  Tensor loss = binaryCrossEntropyWithLogits(logits, truth);
  g.result("logits", logits);
  g.result("loss", loss);
  std::vector<float> scores = train(g, loss, Adam{.rate = 1e-2}, data, 30).toVector<float>();
  std::vector<float> is = data.test.targets.toVector<float>();

  // The probability is above 1/2 where the logit is above 0.
  Counts counts = count(scores, is, 0);
  std::cout << is.size() << " test samples, " << std::count(is.begin(), is.end(), 1) << " positive\n"
            << "yes: found " << int(counts.truePositive) << ", missed " << int(counts.falseNegative)
            << "\nno:  false alarms " << int(counts.falsePositive) << ", right "
            << int(counts.trueNegative) << "\n";
  // prints: 171 test samples, 72 positive
  // prints within 2: yes: found 65, missed 7
  // prints within 2: no:  false alarms 3, right 96
  //
  // real: 171 test samples, 65 positive
  // real within 2: yes: found 63, missed 2
  // real within 2: no:  false alarms 3, right 103

  // To see what the numbers are worth, compare with somebody who knows nothing and always says no,
  // the more frequent answer. The accuracy of that is not bad; it is the recall that tells.
  std::vector<float> never(is.size(), -1);
  std::cout << "                      accuracy  precision  recall    F1    AUC\n";
  say("always no", count(never, is, 0), rocAuc(never, is));
  say("logistic regression", counts, rocAuc(scores, is));

  // A missed tumour is worse than a false alarm. So say yes already at a probability of 0.1, that is
  // where the logit is above log(0.1 / 0.9): more is found, and more alarms are false. The AUC
  // stays, for the scores are the same.
  say("yes from 0.1", count(scores, is, std::log(0.1f / 0.9f)), rocAuc(scores, is));

  // prints within 0.03:                       accuracy  precision  recall    F1    AUC
  // prints within 0.03: always no              0.579      0.000   0.000  0.000  0.500
  // prints within 0.03: logistic regression    0.942      0.956   0.903  0.929  0.982
  // prints within 0.03: yes from 0.1           0.871      0.772   0.986  0.866  0.982
  //
  // real within 0.03:                       accuracy  precision  recall    F1    AUC
  // real within 0.03: always no              0.620      0.000   0.000  0.000  0.500
  // real within 0.03: logistic regression    0.971      0.955   0.969  0.962  0.998
  // real within 0.03: yes from 0.1           0.959      0.903   1.000  0.949  0.998
  // The made tumours are harder to tell apart than the real ones.

  // All thresholds at once, in pictures/10_binary_and_multilabel.svg. The ROC curve: the share of the
  // positives found against that of false alarms. And what one gains and loses by the threshold.
  std::vector<float> thresholds = scores;
  thresholds.push_back(*std::max_element(scores.begin(), scores.end()) + 1);
  thresholds.push_back(*std::min_element(scores.begin(), scores.end()) - 1);
  std::sort(thresholds.begin(), thresholds.end());
  PlotSeries roc{"logistic regression", {}, {}}, chance{"chance", {0, 1}, {0, 1}, true};
  PlotSeries precision{"precision", {}, {}}, recall{"recall", {}, {}}, f1{"F1", {}, {}};
  for (float threshold : thresholds) {
    Counts at = count(scores, is, threshold);
    roc.x.push_back(at.falsePositive / (at.falsePositive + at.trueNegative));
    roc.y.push_back(at.recall());
  }
  for (int hundredths = 1; hundredths < 100; ++hundredths) {
    float p = hundredths / 100.0f;
    Counts at = count(scores, is, std::log(p / (1 - p)));
    for (PlotSeries *series : {&precision, &recall, &f1})
      series->x.push_back(p);
    precision.y.push_back(at.precision());
    recall.y.push_back(at.recall());
    f1.y.push_back(at.f1());
  }
  return {{"ROC curve", "false alarms", "recall", {roc, chance}},
          {"By threshold", "yes from this probability", "", {precision, recall, f1}}};
}

// 2. Multilabel classification
//
// How good is an answer that is right in part? There are several measures:
//
//     Hamming loss      the share of wrong answers, over all samples and labels; less is better
//     subset accuracy   the share of samples where all labels are right
//     micro F1          F1 of all answers together; frequent labels count more
//     macro F1          the mean of the F1 of each label; all labels count the same
void sayLabels(const std::string &who, const std::vector<float> &scores, const std::vector<float> &is) {
  std::vector<Counts> each(6);
  double exact = 0;
  for (size_t i = 0; i < is.size(); i += 6) {
    bool right = true;
    for (size_t label = 0; label < 6; ++label) {
      each[label].add(scores[i + label] > 0, is[i + label] == 1);
      right &= (scores[i + label] > 0) == (is[i + label] == 1);
    }
    exact += right;
  }
  Counts together;
  double macro = 0;
  for (const Counts &one : each) {
    together.add(one);
    macro += one.f1() / 6;
  }
  std::cout << std::left << std::setw(22) << who << std::right << std::setw(7) << 1 - together.accuracy()
            << std::setw(9) << exact / (is.size() / 6) << std::setw(11) << together.f1()
            << std::setw(11) << macro << "\n";
}

void multilabel(const std::filesystem::path &folder) {
  DataSplit data = madeScenes(2);
  std::vector<std::string> names = {"label 1", "label 2", "label 3", "label 4", "label 5", "label 6"};
  if (!folder.empty()) {
    std::filesystem::path scene = folder / "multilabel-scene";
    data.train.features = read(scene / "X_train.npy");
    data.train.targets = read(scene / "Y_train.npy");
    data.test.features = read(scene / "X_test.npy");
    data.test.targets = read(scene / "Y_test.npy");
    names = {"beach", "sunset", "foliage", "field", "mountain", "urban"};
  }
  ColumnScaling scaling = ColumnScaling::fit(data.train);
  scaling.apply(data.train);
  scaling.apply(data.test);

  // A network with one hidden layer and six scores. The loss is the mean over samples and labels.
  int64_t features = data.train.sampleSize();
  Graph g("labels");
  Tensor x = g.input("x", {kBatch, features}), truth = g.input("truth", {kBatch, 6});
  nn::Layer net(g, "net", nn::Sequential{nn::Linear{features, 64}, relu, nn::Linear{64, 6}});
  Tensor logits = net(x);
  Tensor loss = binaryCrossEntropyWithLogits(logits, truth);
  g.result("logits", logits);
  g.result("loss", loss);
  std::vector<float> scores = train(g, loss, AdamW{.rate = 1e-3}, data, 10).toVector<float>();
  std::vector<float> is = data.test.targets.toVector<float>();

  // Two who know nothing of the sample: one never says yes; one always gives the set of labels that
  // is the most frequent one in the training data.
  std::map<std::vector<float>, int> sets;
  std::vector<float> seen = data.train.targets.toVector<float>();
  for (size_t i = 0; i < seen.size(); i += 6)
    sets[{seen.begin() + i, seen.begin() + i + 6}] += 1;
  auto rarer = [](const auto &a, const auto &b) { return a.second < b.second; };
  std::vector<float> usual = std::max_element(sets.begin(), sets.end(), rarer)->first;
  std::vector<float> never(is.size(), 0), always;
  for (size_t i = 0; i < is.size(); ++i)
    always.push_back(usual[i % 6]);

  std::cout << is.size() / 6 << " test samples, "
            << double(std::count(is.begin(), is.end(), 1)) / double(is.size() / 6)
            << " labels on average\n"
            << "                      Hamming   subset   micro F1   macro F1\n";
  sayLabels("never yes", never, is);
  sayLabels("most frequent set", always, is);
  sayLabels("network", scores, is);

  // prints: 1200 test samples, 1.089 labels on average
  // prints within 0.02:                       Hamming   subset   micro F1   macro F1
  // prints within 0.02: never yes               0.182    0.000      0.000      0.000
  // prints within 0.02: most frequent set       0.247    0.254      0.291      0.078
  // prints within 0.02: network                 0.039    0.802      0.887      0.880
  //
  // real: 1196 test samples, 1.086 labels on average
  // real within 0.04:                       Hamming   subset   micro F1   macro F1
  // real within 0.04: never yes               0.181    0.000      0.000      0.000
  // real within 0.04: most frequent set       0.276    0.152      0.205      0.059
  // real within 0.04: network                 0.087    0.640      0.744      0.746
  //
  // A Hamming loss of 0.18 means that 82 % of the answers are right, and nothing has been learned:
  // most labels are absent from most samples. That is why one looks at F1 as well.

  // Each label is a binary question, with the measures of part 1.
  std::cout << "                      accuracy  precision  recall    F1    AUC\n";
  for (size_t label = 0; label < 6; ++label) {
    std::vector<float> score, truth;
    for (size_t i = label; i < is.size(); i += 6) {
      score.push_back(scores[i]);
      truth.push_back(is[i]);
    }
    say(names[label], count(score, truth, 0), rocAuc(score, truth));
  }
  // prints within 0.04:                       accuracy  precision  recall    F1    AUC
  // prints within 0.04: label 1                0.956      0.948   0.904  0.926  0.989
  // prints within 0.04: label 2                0.952      0.899   0.786  0.839  0.971
  // prints within 0.04: label 3                0.962      0.923   0.825  0.872  0.988
  // prints within 0.04: label 4                0.959      0.899   0.826  0.861  0.985
  // prints within 0.04: label 5                0.967      0.915   0.878  0.896  0.993
  // prints within 0.04: label 6                0.968      0.939   0.845  0.890  0.991
  //
  // real within 0.12:                       accuracy  precision  recall    F1    AUC
  // real within 0.12: beach                  0.918      0.755   0.755  0.755  0.955
  // real within 0.12: sunset                 0.949      0.916   0.764  0.833  0.966
  // real within 0.12: foliage                0.943      0.830   0.830  0.830  0.979
  // real within 0.12: field                  0.937      0.886   0.785  0.832  0.969
  // real within 0.12: mountain               0.834      0.624   0.570  0.596  0.868
  // real within 0.12: urban                  0.895      0.811   0.517  0.631  0.919
  // Mountains and towns are the hardest. The order of their scores is fair (AUC), but at the threshold
  // 1/2 little more than half of them are found: a lower threshold, of their own, would find more.
}

int main(int argc, char **argv) {
  std::cout << std::fixed << std::setprecision(3);
  const char *variable = std::getenv("GRADUS_DATA");
  std::filesystem::path folder = argc > 1 ? argv[1] : variable ? variable : "";
  std::ofstream("10_binary_and_multilabel.svg") << plotSvg("Yes or no", binary(folder));
  multilabel(folder);
}

// Try: BinaryOptions{.positiveWeight = g.constant(3)}, which makes a missed positive three times as
// expensive, and compare precision and recall with those of a lower threshold; a network without the
// hidden layer for the labels; crossEntropy instead, for samples with a single label.
