// A small strict JSON value (RFC 8259), its parser and its writer.
#pragma once

#include "runtime/core/Status.h"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gradus {

/// A JSON value. Objects keep the order of their members. An integer that fits int64_t stays exact.
class Json {
public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default; ///< null
  Json(std::nullptr_t) {}
  Json(bool value) : held(value) {}
  /// Any integer type; an unsigned value beyond int64_t becomes a double.
  template <std::integral Int>
    requires(!std::same_as<Int, bool>)
  Json(Int value) {
    if (std::in_range<int64_t>(value))
      held = static_cast<int64_t>(value);
    else
      held = static_cast<double>(value);
  }
  Json(double value) : held(value) {}
  Json(float value) : held(static_cast<double>(value)) {}
  Json(const char *value) : held(std::string(value)) {}
  Json(std::string_view value) : held(std::string(value)) {}
  Json(std::string value) : held(std::move(value)) {}
  Json(Array value) : held(std::move(value)) {}
  Json(Object value) : held(std::move(value)) {}
  static Json array() { return Json(Array{}); }
  static Json object() {
    Json json;
    json.held = Object{};
    return json;
  }
  /// An array of the numbers or strings of a container.
  template <class Range> static Json arrayOf(const Range &range) {
    Array items;
    for (const auto &item : range)
      items.emplace_back(item);
    return Json(std::move(items));
  }

  bool isNull() const { return std::holds_alternative<std::monostate>(held); }
  bool isBool() const { return std::holds_alternative<bool>(held); }
  bool isInt() const { return std::holds_alternative<int64_t>(held); }
  /// An integer or any other number.
  bool isNumber() const { return isInt() || std::holds_alternative<double>(held); }
  bool isString() const { return std::holds_alternative<std::string>(held); }
  bool isArray() const { return std::holds_alternative<Array>(held); }
  bool isObject() const { return std::holds_alternative<Object>(held); }

  /// Each throws std::invalid_argument "expected <kind>, found <kind>" if the value is of another
  /// kind. asInt also takes a number written as 3.0 or 3e2; asDouble takes integers.
  bool asBool() const;
  int64_t asInt() const;
  double asDouble() const;
  const std::string &asString() const;
  const Array &asArray() const;
  const Object &asObject() const;

  /// Member of an object, or null (the pointer) if it is absent or this is no object.
  const Json *find(std::string_view key) const;
  /// Member of an object; throws std::invalid_argument naming the key if absent.
  const Json &at(std::string_view key) const;
  /// Element of an array; throws std::invalid_argument out of range.
  const Json &at(size_t index) const;
  /// Elements of an array, members of an object, else 0.
  size_t size() const;
  /// Sets (or replaces) a member; a null value becomes an object first.
  Json &set(std::string key, Json value);
  /// Appends to an array; a null value becomes an array first.
  Json &push(Json value);

  /// Compact for indent < 0, else one member a line. Numbers are written so that they read back
  /// equal; nan and infinities, which JSON cannot hold, become null.
  std::string dump(int indent = -1) const;

  /// "null", "boolean", "integer", "number", "string", "array", "object".
  std::string_view kind() const;

  bool operator==(const Json &other) const = default;

private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> held;
};

/// Parses exactly one JSON text. Errors: "line 1, column 7: expected ':', found '}'" for malformed
/// text, invalid UTF-8, repeated keys, nesting deeper than `maxDepth`, numbers beyond double.
Result<Json> parseJson(std::string_view text, int maxDepth = 128);

/// The text as a JSON string, with its quotes. Invalid UTF-8 becomes U+FFFD.
std::string quoteJson(std::string_view text);

} // namespace gradus
