// What all distributions share, and those with a location or a scale.
#include "compiler/graph/Distributions.h"

#include "compiler/graph/distributions/Parts.h"

namespace gradus {

using namespace distributions;

std::vector<Tensor> Distribution::parameters(const char *op, std::vector<const Operand *> operands,
                                             std::vector<const char *> names, Location at) {
  GraphImpl &impl = building::graphOf(operands, op, at);
  auto values = building::valuesOf(impl, operands, op, at);
  std::vector<ir::ShapeSpan> shapes;
  std::vector<std::string> places;
  std::vector<const char *> sides;
  for (size_t i = 0; i < operands.size(); ++i) {
    mlir::Type element = ir::elementOf(values[i]);
    if (!llvm::isa<mlir::FloatType>(element) || element != ir::elementOf(values[0]))
      impl.fail(at, op,
                Twine("the ") + names[i] + " has element type " + ir::elementText(element) +
                    (i && llvm::isa<mlir::FloatType>(element)
                         ? Twine(", the ") + names[0] + " " +
                               ir::elementText(ir::elementOf(values[0])) + " (must be equal)"
                         : Twine(" (must be f32 or f64)")),
                values);
    shapes.push_back(ir::shapeOf(values[i]));
    places.push_back("in the " + std::string(names[i]));
  }
  for (const std::string &place : places)
    sides.push_back(place.c_str());
  ir::Broadcasted common = ir::broadcastShapes(shapes, sides);
  if (!common.error.empty())
    impl.fail(at, op, common.error, values);
  extent = common.shape;
  std::replace(extent.begin(), extent.end(), int64_t(ir::kUnknown), kBatch);
  std::vector<Tensor> tensors;
  for (mlir::Value value : values)
    tensors.push_back(broadcastTo(Term(impl.tensor(value), at), extent));
  type = tensors[0].dtype();
  return tensors;
}

/// A number among the parameters must be positive.
static void requirePositive(const Tensor &any, const char *op, const char *name,
                            const Operand &operand, Location at) {
  if (operand.isNumber && !(operand.number > 0))
    fail(any, op, at,
         Twine("the ") + name + " is " + compiler::numberText(operand.number) + " (must be positive)");
}

//===--- Normal
//-------------------------------------------------------------------------------------===//

Normal::Normal(const Operand &mean, const Operand &standardDeviation, Location at) {
  auto both = parameters("Normal", {&mean, &standardDeviation}, {"mean", "standard deviation"}, at);
  requirePositive(both[0], "Normal", "standard deviation", standardDeviation, at);
  location = both[0];
  scale = both[1];
}

// -((x - m) / s)^2 / 2 - log s - log(2 pi) / 2
Tensor Normal::logProb(const Tensor &x, Location at) const {
  Term m{location, at}, s{scale, at};
  return square((cast(Term(x, at), type) - m) / s) * -0.5 - log(s) - kLogTwoPi / 2;
}

Tensor Normal::entropy(Location at) const { return log(Term(scale, at)) + (kLogTwoPi + 1) / 2; }
Tensor Normal::mean(Location) const { return location; }
Tensor Normal::variance(Location at) const { return square(Term(scale, at)); }

Tensor Normal::rsample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term z{random.normal(samplesOf(sampleShape, extent), 0, 1, type, at), at};
  return Term(location, at) + Term(scale, at) * z;
}

Tensor Normal::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return stopGradient(rsample(random, sampleShape, at), at);
}

// log(s_q / s_p) + (s_p^2 + (m_p - m_q)^2) / (2 s_q^2) - 1/2
Tensor kl(const Normal &p, const Normal &q, Location at) {
  Term ratio = Term(p.scale, at) / Term(q.scale, at);
  Term apart = (Term(p.location, at) - Term(q.location, at)) / Term(q.scale, at);
  return (square(ratio) + square(apart) - 1) * 0.5 - log(ratio);
}

//===--- Uniform
//------------------------------------------------------------------------------------===//

Uniform::Uniform(const Operand &low, const Operand &high, Location at) {
  auto both = parameters("Uniform", {&low, &high}, {"lower bound", "upper bound"}, at);
  this->low = both[0];
  this->high = both[1];
}

Tensor Uniform::logProb(const Tensor &x, Location at) const {
  Term a{low, at}, b{high, at}, y = cast(Term(x, at), type);
  return where((y >= a) & (y < b), -log(b - a), -INFINITY);
}

Tensor Uniform::entropy(Location at) const { return log(Term(high, at) - Term(low, at)); }
Tensor Uniform::mean(Location at) const { return (Term(low, at) + Term(high, at)) * 0.5; }
Tensor Uniform::variance(Location at) const {
  return square(Term(high, at) - Term(low, at)) * (1.0 / 12);
}

Tensor Uniform::rsample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term u{random.uniform(samplesOf(sampleShape, extent), 0, 1, type, at), at};
  return Term(low, at) + (Term(high, at) - Term(low, at)) * u;
}

Tensor Uniform::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return stopGradient(rsample(random, sampleShape, at), at);
}

Tensor kl(const Uniform &p, const Uniform &q, Location at) {
  Term pl{p.low, at}, ph{p.high, at}, ql{q.low, at}, qh{q.high, at};
  return where((ql <= pl) & (ph <= qh), log((qh - ql) / (ph - pl)), INFINITY);
}

//===--- Laplace
//------------------------------------------------------------------------------------===//

Laplace::Laplace(const Operand &location, const Operand &scale, Location at) {
  auto both = parameters("Laplace", {&location, &scale}, {"location", "scale"}, at);
  requirePositive(both[0], "Laplace", "scale", scale, at);
  this->location = both[0];
  this->scale = both[1];
}

// -|x - m| / s - log(2 s)
Tensor Laplace::logProb(const Tensor &x, Location at) const {
  Term m{location, at}, s{scale, at};
  return -(abs(cast(Term(x, at), type) - m) / s) - log(s * 2);
}

Tensor Laplace::entropy(Location at) const { return log(Term(scale, at) * 2) + 1; }
Tensor Laplace::mean(Location) const { return location; }
Tensor Laplace::variance(Location at) const { return square(Term(scale, at)) * 2; }

Tensor Laplace::rsample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term e{random.laplace(samplesOf(sampleShape, extent), 0, 1, type, at), at};
  return Term(location, at) + Term(scale, at) * e;
}

Tensor Laplace::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return stopGradient(rsample(random, sampleShape, at), at);
}

// log(s_q / s_p) + d / s_q + s_p / s_q e^(-d / s_p) - 1, d = |m_p - m_q|
Tensor kl(const Laplace &p, const Laplace &q, Location at) {
  Term sp{p.scale, at}, sq{q.scale, at};
  Term apart = abs(Term(p.location, at) - Term(q.location, at));
  return log(sq / sp) + apart / sq + sp / sq * exp(-(apart / sp)) - 1;
}

//===--- Exponential
//--------------------------------------------------------------------------------===//

Exponential::Exponential(const Tensor &rate, Location at) {
  Operand operand(rate, at);
  this->rate = parameters("Exponential", {&operand}, {"rate"}, at)[0];
}

Tensor Exponential::logProb(const Tensor &x, Location at) const {
  Term r{rate, at}, y = cast(Term(x, at), type);
  return inside(y, log(r) - r * y);
}

Tensor Exponential::entropy(Location at) const { return 1 - log(Term(rate, at)); }
Tensor Exponential::mean(Location at) const { return 1 / Term(rate, at); }
Tensor Exponential::variance(Location at) const { return square(1 / Term(rate, at)); }

Tensor Exponential::rsample(const Generator &random, const Shape &sampleShape, Location at) const {
  Term e{random.exponential(samplesOf(sampleShape, extent), 1, type, at), at};
  return e / Term(rate, at);
}

Tensor Exponential::sample(const Generator &random, const Shape &sampleShape, Location at) const {
  return stopGradient(rsample(random, sampleShape, at), at);
}

// log(r_p / r_q) + r_q / r_p - 1
Tensor kl(const Exponential &p, const Exponential &q, Location at) {
  Term ratio = Term(q.rate, at) / Term(p.rate, at);
  return ratio - 1 - log(ratio);
}

} // namespace gradus
