#include "runtime/core/Json.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unordered_set>

namespace gradus {

std::string_view Json::kind() const {
  static constexpr std::string_view names[] = {"null",   "boolean", "integer", "number",
                                               "string", "array",   "object"};
  return names[held.index()];
}

[[noreturn]] static void wrongKind(std::string_view wanted, const Json &found) {
  throw std::invalid_argument("expected " + std::string(wanted) + ", found " +
                              std::string(found.kind()));
}

bool Json::asBool() const {
  if (!isBool())
    wrongKind("boolean", *this);
  return std::get<bool>(held);
}

int64_t Json::asInt() const {
  if (isInt())
    return std::get<int64_t>(held);
  if (const double *value = std::get_if<double>(&held))
    if (*value >= -0x1p63 && *value < 0x1p63 && std::trunc(*value) == *value)
      return static_cast<int64_t>(*value);
  wrongKind("integer", *this);
}

double Json::asDouble() const {
  if (isInt())
    return static_cast<double>(std::get<int64_t>(held));
  if (const double *value = std::get_if<double>(&held))
    return *value;
  wrongKind("number", *this);
}

const std::string &Json::asString() const {
  if (!isString())
    wrongKind("string", *this);
  return std::get<std::string>(held);
}

const Json::Array &Json::asArray() const {
  if (!isArray())
    wrongKind("array", *this);
  return std::get<Array>(held);
}

const Json::Object &Json::asObject() const {
  if (!isObject())
    wrongKind("object", *this);
  return std::get<Object>(held);
}

const Json *Json::find(std::string_view key) const {
  if (const Object *members = std::get_if<Object>(&held))
    for (const Member &member : *members)
      if (member.first == key)
        return &member.second;
  return nullptr;
}

const Json &Json::at(std::string_view key) const {
  asObject();
  if (const Json *value = find(key))
    return *value;
  throw std::invalid_argument("expected a member \"" + std::string(key) + "\"");
}

const Json &Json::at(size_t index) const {
  const Array &items = asArray();
  if (index >= items.size())
    throw std::invalid_argument("expected more than " + std::to_string(index) +
                                " elements, found " + std::to_string(items.size()));
  return items[index];
}

size_t Json::size() const {
  if (const Array *items = std::get_if<Array>(&held))
    return items->size();
  if (const Object *members = std::get_if<Object>(&held))
    return members->size();
  return 0;
}

Json &Json::set(std::string key, Json value) {
  if (isNull())
    held = Object{};
  asObject();
  Object &members = std::get<Object>(held);
  for (Member &member : members)
    if (member.first == key) {
      member.second = std::move(value);
      return *this;
    }
  members.emplace_back(std::move(key), std::move(value));
  return *this;
}

Json &Json::push(Json value) {
  if (isNull())
    held = Array{};
  asArray();
  std::get<Array>(held).push_back(std::move(value));
  return *this;
}

/// Length of the well-formed UTF-8 sequence at text[at], or 0 (RFC 3629: no surrogates, no overlong
/// forms).
static size_t utf8Length(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  auto continues = [&](size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead <= 0xdf)
    return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef)
    return continues(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) && continues(2) ? 3
                                                                                                : 0;
  if (lead >= 0xf0 && lead <= 0xf4)
    return continues(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) && continues(2) &&
                   continues(3)
               ? 4
               : 0;
  return 0;
}

std::string quoteJson(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const size_t length = utf8Length(text, i);
    if (c == '"' || c == '\\')
      (quoted += '\\') += text[i];
    else if (c == '\n')
      quoted += "\\n";
    else if (c == '\t')
      quoted += "\\t";
    else if (c == '\r')
      quoted += "\\r";
    else if (c < 0x20)
      ((quoted += "\\u00") += hex[c >> 4]) += hex[c & 15];
    else if (length == 0)
      quoted += "\xef\xbf\xbd";
    else
      quoted += text.substr(i, length);
    i += length ? length : 1;
  }
  return quoted += '"';
}

static void writeNumber(std::string &out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
  out += digits;
  // Keeps a number with an integral value apart from an integer when it is read back.
  if (digits.find_first_of(".e") == std::string_view::npos)
    out += ".0";
}

static void newLine(std::string &out, int indent, int depth) {
  if (indent < 0)
    return;
  out += '\n';
  out.append(static_cast<size_t>(indent) * static_cast<size_t>(depth), ' ');
}

static void write(std::string &out, const Json &json, int indent, int depth) {
  if (json.isNull()) {
    out += "null";
  } else if (json.isBool()) {
    out += json.asBool() ? "true" : "false";
  } else if (json.isInt()) {
    out += std::to_string(json.asInt());
  } else if (json.isNumber()) {
    writeNumber(out, json.asDouble());
  } else if (json.isString()) {
    out += quoteJson(json.asString());
  } else if (json.isArray()) {
    // Arrays of plain values stay on one line: shapes and curves read better so.
    bool plain = true;
    for (const Json &item : json.asArray())
      plain &= !item.isArray() && !item.isObject();
    const int inner = plain ? -1 : indent;
    out += '[';
    bool first = true;
    for (const Json &item : json.asArray()) {
      if (!first)
        out += plain && indent >= 0 ? ", " : ",";
      first = false;
      newLine(out, inner, depth + 1);
      write(out, item, inner, depth + 1);
    }
    if (!first)
      newLine(out, inner, depth);
    out += ']';
  } else {
    out += '{';
    bool first = true;
    for (const auto &[key, value] : json.asObject()) {
      if (!first)
        out += ',';
      first = false;
      newLine(out, indent, depth + 1);
      out += quoteJson(key);
      out += indent < 0 ? ":" : ": ";
      write(out, value, indent, depth + 1);
    }
    if (!first)
      newLine(out, indent, depth);
    out += '}';
  }
}

std::string Json::dump(int indent) const {
  std::string out;
  write(out, *this, indent, 0);
  return out;
}

namespace {

/// What was expected where; turned into a Status at the top.
struct Malformed {
  std::string expected;
  size_t at;
};

class Parser {
public:
  Parser(std::string_view text, int maxDepth) : text(text), maxDepth(maxDepth) {}

  Result<Json> parse() {
    try {
      Json json = value(0);
      skipBlanks();
      if (at != text.size())
        fail("the end of the text");
      return json;
    } catch (const Malformed &problem) {
      return describe(problem);
    }
  }

private:
  [[noreturn]] void fail(std::string expected) { throw Malformed{std::move(expected), at}; }

  Status describe(const Malformed &problem) const {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < problem.at; ++i) {
      const bool end = text[i] == '\n';
      line += end;
      column = end ? 1 : column + 1;
    }
    std::string found = "the end of the text";
    if (problem.at < text.size()) {
      const unsigned char c = static_cast<unsigned char>(text[problem.at]);
      if (c >= 0x20 && c < 0x7f)
        found = std::string("'") + text[problem.at] + "'";
      else
        found = "byte " + std::to_string(c);
    }
    return Status::error("line " + std::to_string(line) + ", column " + std::to_string(column) +
                         ": expected " + problem.expected + ", found " + found);
  }

  char peek() const { return at < text.size() ? text[at] : '\0'; }
  bool take(char wanted) {
    if (at < text.size() && text[at] == wanted) {
      ++at;
      return true;
    }
    return false;
  }
  void skipBlanks() {
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
      ++at;
  }
  void word(std::string_view wanted) {
    if (text.substr(at, wanted.size()) != wanted)
      fail("a value");
    at += wanted.size();
  }

  Json value(int depth) {
    skipBlanks();
    switch (peek()) {
    case '{':
      return object(depth);
    case '[':
      return array(depth);
    case '"':
      return Json(string());
    case 't':
      word("true");
      return Json(true);
    case 'f':
      word("false");
      return Json(false);
    case 'n':
      word("null");
      return Json();
    default:
      return number();
    }
  }

  void checkDepth(int depth) {
    if (depth >= maxDepth)
      fail("at most " + std::to_string(maxDepth) + " levels");
  }

  Json array(int depth) {
    checkDepth(depth);
    ++at;
    Json::Array items;
    skipBlanks();
    if (take(']'))
      return Json(std::move(items));
    while (true) {
      items.push_back(value(depth + 1));
      skipBlanks();
      if (take(']'))
        return Json(std::move(items));
      if (!take(','))
        fail("',' or ']'");
    }
  }

  Json object(int depth) {
    checkDepth(depth);
    ++at;
    Json::Object members;
    std::unordered_set<std::string> keys;
    skipBlanks();
    if (take('}'))
      return Json(std::move(members));
    while (true) {
      skipBlanks();
      const size_t begin = at;
      if (peek() != '"')
        fail("a string as key");
      std::string key = string();
      if (!keys.insert(key).second) {
        at = begin;
        fail("a key that was not there before (" + quoteJson(key) + ")");
      }
      skipBlanks();
      if (!take(':'))
        fail("':'");
      members.emplace_back(std::move(key), value(depth + 1));
      skipBlanks();
      if (take('}'))
        return Json(std::move(members));
      if (!take(','))
        fail("',' or '}'");
    }
  }

  unsigned hexDigits() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at) {
      const char c = peek();
      if (c >= '0' && c <= '9')
        code = code * 16 + static_cast<unsigned>(c - '0');
      else if (c >= 'a' && c <= 'f')
        code = code * 16 + static_cast<unsigned>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        code = code * 16 + static_cast<unsigned>(c - 'A' + 10);
      else
        fail("four hexadecimal digits");
    }
    return code;
  }

  /// The escape after "\u": one code point, perhaps written as two surrogates.
  void unicode(std::string &out) {
    unsigned code = hexDigits();
    if (code >= 0xdc00 && code <= 0xdfff)
      fail("a code point that is no lone surrogate before this");
    if (code >= 0xd800 && code <= 0xdbff) {
      if (!take('\\') || !take('u'))
        fail("the second surrogate");
      const unsigned low = hexDigits();
      if (low < 0xdc00 || low > 0xdfff)
        fail("a low surrogate before this");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    auto push = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
      push(code);
    } else if (code < 0x800) {
      push(0xc0 | code >> 6);
      push(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      push(0xe0 | code >> 12);
      push(0x80 | (code >> 6 & 0x3f));
      push(0x80 | (code & 0x3f));
    } else {
      push(0xf0 | code >> 18);
      push(0x80 | (code >> 12 & 0x3f));
      push(0x80 | (code >> 6 & 0x3f));
      push(0x80 | (code & 0x3f));
    }
  }

  std::string string() {
    ++at;
    std::string out;
    while (true) {
      if (at >= text.size())
        fail("'\"'");
      const unsigned char c = static_cast<unsigned char>(text[at]);
      if (c == '"') {
        ++at;
        return out;
      }
      if (c < 0x20)
        fail("no control character in a string");
      if (c == '\\') {
        ++at;
        escape(out);
        continue;
      }
      const size_t length = utf8Length(text, at);
      if (length == 0)
        fail("well-formed UTF-8");
      out += text.substr(at, length);
      at += length;
    }
  }

  void escape(std::string &out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (at >= text.size())
      fail("an escape");
    if (take('u'))
      return unicode(out);
    const size_t which = letters.find(text[at]);
    if (which == std::string_view::npos)
      fail("an escape");
    out += meanings[which];
    ++at;
  }

  bool digits() {
    const size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9')
      ++at;
    return at > begin;
  }

  Json number() {
    const size_t begin = at;
    bool integral = true;
    take('-');
    if (!take('0') && !digits()) {
      at = begin;
      fail("a value");
    }
    if (take('.')) {
      integral = false;
      if (!digits())
        fail("a digit");
    }
    if (peek() == 'e' || peek() == 'E') {
      integral = false;
      ++at;
      if (!take('+'))
        take('-');
      if (!digits())
        fail("a digit");
    }
    const char *first = text.data() + begin, *last = text.data() + at;
    if (int64_t exact; integral && std::from_chars(first, last, exact).ec == std::errc())
      return Json(exact);
    double value = 0;
    const auto [end, problem] = std::from_chars(first, last, value);
    // from_chars reports numbers too large and too small alike; the latter are zero.
    if (problem == std::errc::result_out_of_range) {
      value = std::strtod(std::string(first, last).c_str(), nullptr);
      if (!std::isfinite(value)) {
        at = begin;
        fail("a number within double");
      }
    }
    (void)end;
    return Json(value);
  }

  std::string_view text;
  int maxDepth;
  size_t at = 0;
};

} // namespace

Result<Json> parseJson(std::string_view text, int maxDepth) {
  return Parser(text, maxDepth).parse();
}

} // namespace gradus
