#include "compiler/graph/TextGuard.h"

#include "compiler/graph/GraphError.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace gradus::compiler {
namespace {

/// The words and brackets of a text, as MLIR's lexer cuts them.
class Scanner {
public:
  Scanner(std::string_view text, std::string_view file) : text(text), file(file) {}

  void run() {
    if (text.substr(0, 4) == "ML\xefR")
      fail("bytecode is not read, only text");
    while (at < text.size())
      next();
  }

private:
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : 0; }

  static bool isLetter(char c) { return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.'; }

  void next() {
    char c = peek();
    if (c == '"')
      skipString();
    else if (c == '/' && peek(1) == '/')
      at = std::min(text.find('\n', at), text.size());
    else if (isLetter(c))
      word();
    else if (c == '#')
      alias();
    else
      punctuation(c);
  }

  void skipString() {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
      if (text[at] == '\\')
        ++at;
    ++at;
  }

  std::string_view takeWord() {
    size_t begin = at;
    while (isLetter(peek()))
      ++at;
    return text.substr(begin, at - begin);
  }

  void word() {
    size_t begin = at;
    std::string_view found = takeWord();
    at = begin; // an error is at the begin of the word
    if (found.size() > kMostLetters)
      fail("a word of " + std::to_string(found.size()) + " letters (at most " +
           std::to_string(kMostLetters) + ")");
    if (found == "affine_map" || found == "affine_set")
      fail("a graph has no " + std::string(found));
    at += found.size();
  }

  // "#loc7 = loc(..." is what Graph::toText writes.
  void alias() {
    ++at;
    takeWord();
    size_t after = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    if (after == text.size() || text[after] != '=')
      return;
    size_t value = std::min(text.find_first_not_of(" \t\r\n", after + 1), text.size());
    if (text.substr(value, 4) != "loc(")
      fail("a graph has no aliases but those of locations");
  }

  void punctuation(char c) {
    if (c == '!')
      fail("a graph has no types but tensors of numbers");
    if (c == '{' && peek(1) == '-' && peek(2) == '#')
      fail("a graph has no resources");
    if (c == '-' && peek(1) == '>') {
      at += 2;
      return;
    }
    if (c == '(' || c == '[' || c == '{' || c == '<')
      ++depth;
    if (c == ')' || c == ']' || c == '}' || c == '>')
      depth = std::max(0, depth - 1);
    if (depth > kMostNesting)
      fail("brackets nest deeper than " + std::to_string(kMostNesting));
    ++at;
  }

  [[noreturn]] void fail(const std::string &message) const {
    std::string_view before = text.substr(0, std::min(at, text.size()));
    size_t line = 1 + std::count(before.begin(), before.end(), '\n');
    size_t column = before.size() - (before.rfind('\n') + 1) + 1;
    throw GraphError(std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column) +
                     ": error: " + message);
  }

  std::string_view text, file;
  size_t at = 0;
  int depth = 0;
};

constexpr int64_t kMostLocations = 1000;

/// Locations of which one is made, as a tree; many if there are more than kMostLocations, or if it
/// is deep. Not recursive: aliases make chains of any length.
class LocationSizes {
public:
  int64_t sizeOf(Attribute location) {
    std::vector<Attribute> stack = {location};
    while (!stack.empty()) {
      Attribute top = stack.back();
      if (sizes.contains(top)) {
        stack.pop_back();
        continue;
      }
      int64_t size = 1;
      bool isReady = true;
      for (Attribute part : partsOf(top)) {
        auto known = sizes.find(part);
        if (known == sizes.end()) {
          isReady = false;
          stack.push_back(part);
        } else {
          size = std::min(size + known->second, kMostLocations + 1);
        }
      }
      if (isReady) {
        sizes[top] = size;
        stack.pop_back();
      }
    }
    return sizes[location];
  }

private:
  static SmallVector<Attribute> partsOf(Attribute location) {
    if (auto name = dyn_cast<NameLoc>(location))
      return {name.getChildLoc()};
    if (auto call = dyn_cast<CallSiteLoc>(location))
      return {call.getCallee(), call.getCaller()};
    SmallVector<Attribute> parts;
    if (auto fused = dyn_cast<FusedLoc>(location))
      for (Location part : fused.getLocations())
        parts.push_back(part);
    return parts;
  }

  llvm::DenseMap<Attribute, int64_t> sizes;
};

} // namespace

void checkText(std::string_view text, std::string_view file) { Scanner(text, file).run(); }

void checkLocations(ModuleOp module, std::string_view file) {
  LocationSizes sizes;
  module.walk([&](Operation *op) {
    if (sizes.sizeOf(op->getLoc()) > kMostLocations)
      throw GraphError(std::string(file) + ":1:1: error: " + op->getName().getStringRef().str() +
                       ": its location is made of more than " + std::to_string(kMostLocations) +
                       " others");
  });
}

} // namespace gradus::compiler
