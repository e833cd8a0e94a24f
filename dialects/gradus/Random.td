// Random numbers from (key, counter).
#ifndef GRADUS_RANDOM
#define GRADUS_RANDOM
include "dialects/gradus/Gradus.td"

/// What the sources share. Word i of a source is word i % 4 of block stream 2^40 + i / 4 of Philox4x32-10 under `key`; the
/// counter is the upper half of Philox's. So an element depends on its row-major index and on these alone.
class Gradus_RandomOp<string mnemonic>
    : Gradus_PureOp<mnemonic, [Gradus_HasElement, DeclareOpInterfaceMethods<BatchOpInterface>]> {
  let arguments = (ins Gradus_Tensor:$key, Gradus_Tensor:$counter, I64Attr:$stream, DenseI64ArrayAttr:$shape,
                       TypeAttr:$element);
  let assemblyFormat = [{$key `,` $counter `stream` $stream `to` $shape `of` $element attr-dict `:`
                         functional-type(operands, results)}];
  let extraClassDefinition = [{
    void $cppClass::setBatch(int64_t batch) { setRandomBatch(*this, batch); }
  }];
}

def RandomBitsOp : Gradus_RandomOp<"random_bits"> {
  let summary = "random bits from (key, counter)";
  let description = [{
    Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), the same on every machine, for any vectors and threads. Element i in row-major
    order is word i of the stream (i32), or words 2i (low) and 2i + 1 (high, i64). Word i is word i % 4 of block i / 4;
    the block's number, plus `stream` 2^40, is the lower half of Philox's counter, `counter` the upper. In `shape`, -1 is the batch.
    - random.1: the key and the counter are i64 scalars
    - random.2: the stream is in 0 .. 2^23 - 1
    - random.3: the element type is one that the op makes
    ```mlir
    %b = gradus.random_bits %key, %counter stream 0 to [32, 10] of i32 : (tensor<i64>, tensor<i64>) -> tensor<32x10xi32>
    ```
    Gradient: none, the result is an integer.
  }];
  let tensorflow = "tf.random.stateless_uniform";
  let numpy = "numpy.random.Philox";
}

def RandomUniformOp : Gradus_RandomOp<"random_uniform"> {
  let summary = "uniform random numbers in [0, 1) from (key, counter)";
  let description = [{
    From the words of gradus.random_bits: the upper 24 bits of word i times 2^-24 (f32), the upper 53 bits of the i64 element i times 2^-53
    (f64). With `positive`, in (0, 1], for logarithms: (word i + 1/2) 2^-32 (f32), or the 53 bits and a half (f64),
    rounded. Constraints as gradus.random_bits: random.1, random.2, random.3.
    - random.1: the key and the counter are i64 scalars
    - random.2: the stream is in 0 .. 2^23 - 1
    - random.3: the element type is floating point
    ```mlir
    %u = gradus.random_uniform %key, %counter stream 1 to [32, 10] of f32 : (tensor<i64>, tensor<i64>) -> tensor<32x10xf32>
    ```
    Gradient: none, the numbers do not depend on anything real.
  }];
  let arguments = (ins Gradus_Tensor:$key, Gradus_Tensor:$counter, I64Attr:$stream, DenseI64ArrayAttr:$shape,
                       TypeAttr:$element, UnitAttr:$positive);
  let pytorch = "torch.rand, torch.rand_like";
  let tensorflow = "tf.random.stateless_uniform, tf.random.uniform";
  let numpy = "numpy.random.Generator.random";
  let onnx = "RandomUniform, RandomUniformLike";
}

def RandomNormalOp : Gradus_RandomOp<"random_normal"> {
  let summary = "standard normal random numbers from (key, counter)";
  let description = [{
    Box and Muller 1958: sqrt(-2 log u) cos(2 pi v). f32: u is word 2i in (0, 1], v word 2i + 1 in [0, 1), as in gradus.random_uniform; f64: words
    4i, 4i + 1 and 4i + 2, 4i + 3. The largest number is 6.8 (f32), 8.7 (f64).
    - random.1: the key and the counter are i64 scalars
    - random.2: the stream is in 0 .. 2^23 - 1
    - random.3: the element type is floating point
    ```mlir
    %z = gradus.random_normal %key, %counter stream 2 to [32, 10] of f32 : (tensor<i64>, tensor<i64>) -> tensor<32x10xf32>
    ```
    Gradient: none, the numbers do not depend on anything real.
  }];
  let pytorch = "torch.randn, torch.randn_like";
  let tensorflow = "tf.random.stateless_normal, tf.random.normal";
  let numpy = "numpy.random.Generator.standard_normal";
  let onnx = "RandomNormal, RandomNormalLike";
}

def Gradus_Fn_randomKey : Gradus_Function<"randomKey", "a key of random numbers from a seed"> {
  let tensorflow = "tf.random.set_seed";
  let numpy = "numpy.random.SeedSequence";
  let pytorch = "torch.manual_seed";
}
def Gradus_Fn_foldIn : Gradus_Function<"foldIn", "a new key from a key and a number"> {
  let tensorflow = "tf.random.experimental.stateless_fold_in";
}
def Gradus_Fn_splitKey : Gradus_Function<"splitKey", "several new keys from a key"> {
  let tensorflow = "tf.random.experimental.stateless_split, tf.random.split";
  let numpy = "numpy.random.Generator.spawn";
}
def Gradus_Fn_Generator : Gradus_Function<"Generator", "random numbers, fresh in every step"> {
  let pytorch = "torch.Generator";
  let tensorflow = "tf.random.Generator";
  let numpy = "numpy.random.Generator, numpy.random.default_rng";
}
def Gradus_Fn_uniform : Gradus_Function<"Generator::uniform", "uniform between two numbers"> {
  let pytorch = "torch.Tensor.uniform_";
  let tensorflow = "tf.random.uniform";
  let numpy = "numpy.random.Generator.uniform";
  let onnx = "RandomUniform";
}
def Gradus_Fn_normal : Gradus_Function<"Generator::normal", "normal with mean and standard deviation"> {
  let pytorch = "torch.normal, torch.Tensor.normal_";
  let tensorflow = "tf.random.normal";
  let numpy = "numpy.random.Generator.normal";
  let onnx = "RandomNormal";
}
def Gradus_Fn_integers : Gradus_Function<"Generator::integers", "uniform integers"> {
  let pytorch = "torch.randint, torch.randint_like, torch.Tensor.random_";
  let tensorflow = "tf.random.uniform";
  let numpy = "numpy.random.Generator.integers";
}
def Gradus_Fn_bernoulli : Gradus_Function<"Generator::bernoulli", "true with a probability"> {
  let pytorch = "torch.bernoulli, torch.Tensor.bernoulli_";
  let onnx = "Bernoulli";
}
def Gradus_Fn_categorical : Gradus_Function<"Generator::categorical", "indices drawn by their logits"> {
  let pytorch = "torch.multinomial";
  let tensorflow = "tf.random.categorical, tf.random.stateless_categorical";
  let numpy = "numpy.random.Generator.choice";
  let onnx = "Multinomial";
}
def Gradus_Fn_permutation : Gradus_Function<"Generator::permutation", "0 .. n-1 in random order"> {
  let pytorch = "torch.randperm";
  let tensorflow = "tf.random.experimental.index_shuffle";
  let numpy = "numpy.random.Generator.permutation";
}
def Gradus_Fn_shuffle : Gradus_Function<"Generator::shuffle", "rows in random order"> {
  let tensorflow = "tf.random.shuffle, tf.random.experimental.stateless_shuffle";
  let numpy = "numpy.random.Generator.shuffle";
}
def Gradus_Fn_exponential : Gradus_Function<"Generator::exponential", "exponential random numbers"> {
  let pytorch = "torch.Tensor.exponential_";
  let numpy = "numpy.random.Generator.exponential";
}
def Gradus_Fn_laplace : Gradus_Function<"Generator::laplace", "Laplace's random numbers"> {
  let numpy = "numpy.random.Generator.laplace";
}
def Gradus_Fn_gumbel : Gradus_Function<"Generator::gumbel", "Gumbel's random numbers"> {
  let numpy = "numpy.random.Generator.gumbel";
}
def Gradus_Fn_gamma : Gradus_Function<"Generator::gamma", "gamma random numbers"> {
  let pytorch = "torch._standard_gamma";
  let tensorflow = "tf.random.gamma, tf.random.stateless_gamma";
  let numpy = "numpy.random.Generator.gamma";
}
def Gradus_Fn_beta : Gradus_Function<"Generator::beta", "beta random numbers"> {
  let numpy = "numpy.random.Generator.beta";
}
def Gradus_Fn_poisson : Gradus_Function<"Generator::poisson", "Poisson's random counts"> {
  let pytorch = "torch.poisson";
  let tensorflow = "tf.random.poisson, tf.random.stateless_poisson";
  let numpy = "numpy.random.Generator.poisson";
}
def Gradus_Fn_binomial : Gradus_Function<"Generator::binomial", "binomial random counts"> {
  let pytorch = "torch.binomial";
  let tensorflow = "tf.random.stateless_binomial";
  let numpy = "numpy.random.Generator.binomial";
}
def Gradus_Fn_dropout : Gradus_Function<"dropout", "elements set to 0 at random, the others scaled up"> {
  let pytorch = "torch.nn.functional.dropout, torch.nn.Dropout, torch.dropout";
  let tensorflow = "tf.nn.dropout, tf.keras.layers.Dropout";
  let onnx = "Dropout";
}
def Gradus_Fn_Bernoulli : Gradus_Function<"Bernoulli", "0 or 1"> {
  let pytorch = "torch.distributions.Bernoulli";
}
def Gradus_Fn_Categorical : Gradus_Function<"Categorical", "an index, by its probability"> {
  let pytorch = "torch.distributions.Categorical";
}
def Gradus_Fn_Binomial : Gradus_Function<"Binomial", "the number of ones in n throws"> {
  let pytorch = "torch.distributions.Binomial";
}
def Gradus_Fn_Normal : Gradus_Function<"Normal", "normal distribution"> {
  let pytorch = "torch.distributions.Normal";
}
def Gradus_Fn_MultivariateNormal : Gradus_Function<"MultivariateNormal", "normal vectors"> {
  let pytorch = "torch.distributions.MultivariateNormal";
}
def Gradus_Fn_Uniform : Gradus_Function<"Uniform", "uniform between two numbers"> {
  let pytorch = "torch.distributions.Uniform";
}
def Gradus_Fn_Laplace : Gradus_Function<"Laplace", "Laplace's distribution"> {
  let pytorch = "torch.distributions.Laplace";
}
def Gradus_Fn_Exponential : Gradus_Function<"Exponential", "exponential distribution"> {
  let pytorch = "torch.distributions.Exponential";
}
def Gradus_Fn_Poisson : Gradus_Function<"Poisson", "counts with a rate"> {
  let pytorch = "torch.distributions.Poisson";
}
def Gradus_Fn_Gamma : Gradus_Function<"Gamma", "gamma distribution"> {
  let pytorch = "torch.distributions.Gamma";
}
def Gradus_Fn_Beta : Gradus_Function<"Beta", "beta distribution"> {
  let pytorch = "torch.distributions.Beta";
}
def Gradus_Fn_kl : Gradus_Function<"kl", "the divergence between two distributions of a family"> {
  let pytorch = "torch.distributions.kl_divergence";
}
def Gradus_Fn_cholesky : Gradus_Function<"cholesky", "the triangular root of a small positive definite matrix"> {
  let pytorch = "torch.linalg.cholesky, torch.cholesky";
  let tensorflow = "tf.linalg.cholesky";
  let numpy = "numpy.linalg.cholesky";
}

#endif
