// The error that a wrong model gets.
#pragma once
#include <stdexcept>
#include <string>

namespace gradus {

/// A model breaks a rule. what() is the whole text: the user's line, the op, the facts, the rule,
/// then notes that say where the operands come from, one per line.
class GraphError : public std::runtime_error {
public:
  explicit GraphError(const std::string &text) : std::runtime_error(text) {}
  ~GraphError() override;
};

} // namespace gradus
