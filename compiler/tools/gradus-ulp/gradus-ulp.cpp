// Measures the elementary and special functions against the C library in higher precision: the
// largest error in ulp over all arguments of f32, over random ones of f64 and of functions of two
// arguments. docs/accuracy.md is what this writes.
#include "compiler/codegen/CompileError.h"
#include "compiler/tools/gradus-ulp/Measure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace gradus::compiler;
using namespace gradus::compiler::ulp;

namespace {

[[noreturn]] void usage(int status) {
  std::fprintf(
      status ? stderr : stdout,
      "usage: gradus-ulp [--only NAME]... [--sample N] [--threads N] [--target NAME]\n"
      "                  [--check] [--time] [--verbose] [--quiet] [--output FILE]\n"
      "Measures the elementary functions: f32 at all 2^32 arguments (two arguments: random ones),\n"
      "f64 at random ones.\n"
      "  --only NAME    this function; may be given several times (default: all)\n"
      "  --sample N     N arguments of each format instead (default: all f32, 20000000 of f64)\n"
      "  --threads N    threads that measure (default 1)\n"
      "  --target NAME  generate code for this target (default native)\n"
      "  --check        exit with status 1 if an error is above the documented bound\n"
      "  --time         also nanoseconds per element\n"
      "  --verbose      print results and references where the error is largest\n"
      "  --quiet        no progress on stderr\n"
      "  --output FILE  write the page of docs/accuracy.md there\n");
  std::exit(status);
}

struct Options {
  std::vector<std::string> only;
  std::string target = "native", output;
  Effort effort;
  bool check = false, time = false, verbose = false, sampled = false;
};

Options parse(int argc, char **argv) {
  Options options;
  options.effort.progress = true;
  for (int i = 1; i < argc; ++i) {
    std::string option = argv[i];
    auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : (usage(2), ""); };
    auto count = [&](uint64_t most) {
      uint64_t number = std::strtoull(value().c_str(), nullptr, 10);
      return number > 0 && number <= most ? number : (usage(2), 0);
    };
    if (option == "--help")
      usage(0);
    else if (option == "--only")
      options.only.push_back(value());
    else if (option == "--target")
      options.target = value();
    else if (option == "--output")
      options.output = value();
    else if (option == "--threads")
      options.effort.threads = static_cast<int>(count(1000));
    else if (option == "--check")
      options.check = true;
    else if (option == "--time")
      options.time = true;
    else if (option == "--verbose")
      options.verbose = true;
    else if (option == "--quiet")
      options.effort.progress = false;
    else if (option == "--sample") {
      options.sampled = true;
      options.effort.samples = count(uint64_t(1) << 32);
      // Odd, so that every ending of the bits occurs.
      options.effort.stride = ((uint64_t(1) << 32) / options.effort.samples) | 1;
      options.effort.libraryStride = 1;
    } else
      usage(2);
  }
  return options;
}

struct Row {
  const Function *function;
  Worst single, twice;
};

// 0x1.8p+1 and, for people, 3
std::string place(const Function &function, const Worst &worst) {
  char text[160];
  if (function.arguments == 1)
    std::snprintf(text, sizeof text, "%.9g", worst.x);
  else
    std::snprintf(text, sizeof text, "%.9g, %.9g", worst.x, worst.y);
  return text;
}

std::string size(double ulp) {
  char text[40];
  std::snprintf(text, sizeof text, ulp < 1e29 ? "%.3f" : "WRONG", ulp);
  return text;
}

bool writePage(const std::vector<Row> &rows, const Options &options) {
  std::FILE *file = std::fopen(options.output.c_str(), "w");
  if (!file) {
    std::fprintf(stderr, "gradus-ulp: error: cannot write '%s'\n", options.output.c_str());
    return false;
  }
  std::fprintf(file, "# Accuracy of the elementary and special functions\n\n"
                     "<!-- Written by `gradus-ulp --output docs/accuracy.md`. -->\n\n"
                     "The largest errors of the code that Gradus generates, in units of the last "
                     "place of the exact result.\n\n");
  if (options.sampled)
    std::fprintf(file, "- f32, one argument: %llu arguments from the whole range.\n",
                 (unsigned long long)options.effort.samples);
  else
    std::fprintf(
        file,
        "- f32, one argument: **all 2^32 arguments**, subnormal ones too. Each is "
        "compared with the formula of f64 first (other coefficients, error below "
        "10^-15), and with the C library in f64: one block of 4096 in %llu, each block that "
        "comes within a millionth of the largest error so far, and all arguments where "
        "both formulas might err alike (tan; lgamma, digamma and tetragamma near their "
        "roots below 0).\n",
        (unsigned long long)options.effort.libraryStride);
  std::fprintf(
      file,
      "- f64, and two arguments: %llu random arguments (any bits; moderate; close to 1) and all "
      "(pairs of) special ones, against the C library in 80 bits.\n"
      "- Zeros, infinities and NaN are those of C (annex F), signs of zero included: a wrong one "
      "would be listed as WRONG.\n"
      "- The bounds are 2 ulp in f32 and 4 ulp in f64. erfinv, digamma, trigamma and tetragamma "
      "are "
      "compared with series and iterations of the tool's own, as the library lacks them.\n\n",
      (unsigned long long)options.effort.samples);
  std::fprintf(
      file,
      "| function | f32: max ulp | at | f64: max ulp | at | note |\n|---|---|---|---|---|---|\n");
  for (const Row &row : rows)
    std::fprintf(file, "| %s | %s | %s | %s | %s | %s |\n", row.function->name,
                 size(row.single.ulp).c_str(), place(*row.function, row.single).c_str(),
                 size(row.twice.ulp).c_str(), place(*row.function, row.twice).c_str(),
                 row.function->note);
  return std::fclose(file) == 0;
}

bool keepsBound(const Row &row) {
  const Function &f = *row.function;
  bool kept = true;
  auto check = [&](const char *type, double ulp, double bound) {
    if (ulp <= bound)
      return;
    std::fprintf(stderr, "gradus-ulp: %s of %s errs by %s ulp, more than %g\n", f.name, type,
                 size(ulp).c_str(), bound);
    kept = false;
  };
  check("f32", row.single.ulp, f.floatBound);
  check("f64", row.twice.ulp, f.doubleBound);
  return kept;
}

int run(const Options &options) {
  Target target = Target::named(options.target);
  std::vector<Function> all = functions();
  std::vector<Row> rows;
  bool good = true;
  for (const std::string &name : options.only)
    if (std::none_of(all.begin(), all.end(), [&](const Function &f) { return name == f.name; })) {
      std::fprintf(stderr, "gradus-ulp: error: no function '%s'; there are:", name.c_str());
      for (const Function &f : all)
        std::fprintf(stderr, " %s", f.name);
      std::fprintf(stderr, "\n");
      return 2;
    }
  std::printf("| function | f32, max ulp | f64, max ulp |%s\n|---|---|---|%s\n",
              options.time ? " f32, ns | f64, ns |" : "", options.time ? "---|---|" : "");
  for (const Function &function : all) {
    if (!options.only.empty() &&
        std::find(options.only.begin(), options.only.end(), function.name) == options.only.end())
      continue;
    Compiled compiled(function, target);
    Row row{&function, compiled.measureFloat(options.effort),
            compiled.measureDouble(options.effort)};
    std::printf("| %s | %s | %s |", function.name, size(row.single.ulp).c_str(),
                size(row.twice.ulp).c_str());
    if (options.time)
      std::printf(" %.2f | %.2f |", compiled.floatTime(), compiled.doubleTime());
    std::printf("\n");
    if (options.verbose)
      for (const Worst &worst : {row.single, row.twice})
        std::printf("  %s(%a = %.9g, %a = %.9g) = %a, exactly %a\n", function.name, worst.x,
                    worst.x, worst.y, worst.y, worst.got, worst.expected);
    std::fflush(stdout);
    good &= keepsBound(row);
    rows.push_back(row);
    if (!options.output.empty() &&
        !writePage(rows, options)) // a run that is ended early leaves what it has
      return 1;
  }
  return options.check && !good ? 1 : 0;
}

} // namespace

int main(int argc, char **argv) {
  Options options = parse(argc, argv);
  try {
    return run(options);
  } catch (const CompileError &error) {
    std::fprintf(stderr, "gradus-ulp: error: %s\n", error.what());
    return 1;
  }
}
