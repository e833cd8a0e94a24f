// The table of `gradus compile --report`.
#include "compiler/aot/Aot.h"

#include <algorithm>
#include <cstdio>

namespace gradus {
namespace {

std::string grouped(int64_t number) {
  if (number < 0)
    return "-";
  std::string text = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string row(const std::string &first, const std::vector<std::string> &cells) {
  std::string text = first;
  text.resize(std::max<size_t>(text.size() + 1, 22), ' ');
  for (const std::string &cell : cells)
    text += std::string(cell.size() < 14 ? 14 - cell.size() : 1, ' ') + cell;
  return text + "\n";
}

} // namespace

std::string AotReport::toText() const {
  int64_t stack = -1;
  for (const Function &function : functions)
    stack = std::max(stack, function.stack);
  std::string text = "target                " + target + "\n\n";
  text += row("bytes", {"code", "constants", "state", "arena", "stack"});
  text += row("", {grouped(code), grouped(constants), grouped(state), grouped(arena), grouped(stack)});
  text += "\n" + row("function", {"kernels", "FLOP", "bytes moved", "arena", "stack"});
  for (const Function &function : functions)
    text += row(function.name, {function.kernels ? grouped(function.kernels) : "-", function.kernels ? grouped(function.flops) : "-",
                                function.kernels ? grouped(function.traffic) : "-", grouped(function.arena), grouped(function.stack)});
  if (code + constants > 0) {
    text += "\nread-only memory " + grouped(code + constants) + " bytes; memory that is written " +
            grouped(state + arena + std::max<int64_t>(0, stack)) + " bytes, inputs and outputs not counted\n";
  }
  text += "needs of others: ";
  for (const std::string &symbol : undefined)
    text += symbol + " ";
  if (undefined.empty())
    text += "nothing";
  char took[40];
  std::snprintf(took, sizeof took, "\ncompiled in %.0f ms\n", milliseconds);
  return text + took;
}

} // namespace gradus
