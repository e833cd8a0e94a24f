#include "runtime/data/Npy.h"

#include "runtime/data/Bytes.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <new>
#include <optional>
#include <string_view>
#include <zlib.h>

namespace gradus {

namespace {

uint64_t littleEndian(std::span<const uint8_t> data, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = bytes; i-- > 0;)
    value = value << 8 | data[at + i];
  return value;
}

/// What the header of an NPY file says.
struct NpyHeader {
  char kind = 0;         ///< f, i, u or b
  int64_t itemBytes = 0; ///< of one element in the file
  bool bigEndian = false, fortran = false;
  Shape shape;
};

/// Reads the header's Python literal: a dictionary with descr, fortran_order and shape.
class HeaderReader {
public:
  HeaderReader(std::string_view text, size_t offset, const std::string &name)
      : text(text), offset(offset), name(name) {}

  Result<NpyHeader> read() {
    NpyHeader header;
    bool seen[3] = {};
    if (!take('{'))
      return problem("'{'");
    while (!take('}')) {
      const std::optional<std::string_view> key = quoted();
      if (!key || !take(':'))
        return problem("a key and ':'");
      const int which = *key == "descr"           ? 0
                        : *key == "fortran_order" ? 1
                        : *key == "shape"         ? 2
                                                  : -1;
      if (which < 0 || seen[which])
        return problem("each of the keys descr, fortran_order and shape once");
      seen[which] = true;
      const Status status = which == 0 ? descr(header) : which == 1 ? order(header) : shape(header);
      if (!status)
        return status;
      if (!take(',') && peek() != '}')
        return problem("',' or '}'");
    }
    skip();
    if (at != text.size())
      return problem("the end of the header");
    if (!seen[0] || !seen[1] || !seen[2])
      return problem("the keys descr, fortran_order and shape");
    return header;
  }

private:
  Status problem(const std::string &expected) const {
    const std::string found(text.substr(at, 12));
    std::string shown;
    for (char c : found)
      shown += c >= 0x20 && c < 0x7f ? c : '?';
    return Status::error(name + ": offset " + std::to_string(offset + at) + ": expected " +
                         expected + ", found " +
                         (shown.empty() ? "the end of the header" : "\"" + shown + "\""));
  }
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t'))
      ++at;
  }
  char peek() {
    skip();
    return at < text.size() ? text[at] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted || at >= text.size())
      return false;
    ++at;
    return true;
  }
  std::optional<std::string_view> quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"')
      return std::nullopt;
    const size_t end = text.find(quote, at + 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    const std::string_view inner = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return inner;
  }
  Status descr(NpyHeader &header) {
    const size_t begin = at;
    const std::optional<std::string_view> type = quoted();
    const std::string_view known[] = {"f2", "f4", "f8", "i1", "i2", "i4",
                                      "i8", "u1", "u2", "u4", "b1"};
    if (!type || type->size() != 3 ||
        std::string_view("<>|=").find((*type)[0]) == std::string::npos ||
        std::find(std::begin(known), std::end(known), type->substr(1)) == std::end(known)) {
      at = begin;
      skip();
      return problem("an element type f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 or b1");
    }
    header.bigEndian = (*type)[0] == '>';
    header.kind = (*type)[1];
    header.itemBytes = (*type)[2] - '0';
    return {};
  }
  Status order(NpyHeader &header) {
    skip();
    for (bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text.substr(at, word.size()) == word) {
        at += word.size();
        header.fortran = value;
        return {};
      }
    }
    return problem("True or False");
  }
  Status shape(NpyHeader &header) {
    if (!take('('))
      return problem("'('");
    while (!take(')')) {
      skip();
      int64_t size = -1;
      const auto [end, code] = std::from_chars(text.data() + at, text.data() + text.size(), size);
      if (code != std::errc() || size < 0)
        return problem("the size of an axis");
      at = static_cast<size_t>(end - text.data());
      header.shape.push_back(size);
      if (header.shape.size() > 32)
        return problem("at most 32 axes");
      if (!take(',') && peek() != ')')
        return problem("',' or ')'");
    }
    return {};
  }

  std::string_view text;
  size_t offset;
  const std::string &name;
  size_t at = 0;
};

float halfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  if (exponent == 0) { // zero or subnormal: fraction * 2^-24
    const float value = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -value : value;
  }
  const uint32_t widened = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | widened << 23 | fraction << 13);
}

/// Positions in the file of the elements in row-major order, one at a time.
class Walk {
public:
  Walk(const Shape &shape, bool fortran)
      : shape(shape), index(shape.size(), 0), strides(shape.size()) {
    int64_t stride = 1;
    for (size_t k = 0; k < shape.size(); ++k) {
      const size_t axis = fortran ? k : shape.size() - 1 - k;
      strides[axis] = stride;
      stride *= shape[axis];
    }
  }
  int64_t next() {
    const int64_t now = position;
    for (size_t axis = shape.size(); axis-- > 0;) {
      position += strides[axis];
      if (++index[axis] < shape[axis])
        break;
      position -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    return now;
  }

private:
  const Shape &shape;
  Shape index, strides;
  int64_t position = 0;
};

/// out[i] = decode(bits of element i), in row-major order.
template <class Out, class Decode>
void readElements(const NpyHeader &header, std::span<const uint8_t> data, NDArray &array,
                  Decode decode) {
  Out *out = array.data<Out>();
  const size_t bytes = static_cast<size_t>(header.itemBytes);
  Walk walk(header.shape, header.fortran);
  for (int64_t i = 0; i < array.size(); ++i) {
    const size_t at = static_cast<size_t>(walk.next()) * bytes;
    uint64_t bits = 0;
    for (size_t k = 0; k < bytes; ++k) // most significant byte first
      bits = bits << 8 | data[at + (header.bigEndian ? k : bytes - 1 - k)];
    out[i] = static_cast<Out>(decode(bits));
  }
}

/// The type that an array gets here for the type that it has in the file.
DType dtypeOf(const NpyHeader &header) {
  switch (header.kind) {
  case 'f':
    return header.itemBytes == 8 ? DType::f64 : DType::f32;
  case 'b':
    return DType::boolean;
  case 'u':
    return header.itemBytes == 1 ? DType::u8 : header.itemBytes == 2 ? DType::i32 : DType::i64;
  default:
    return header.itemBytes == 8 ? DType::i64 : DType::i32;
  }
}

NDArray decode(const NpyHeader &header, std::span<const uint8_t> data) {
  NDArray array = NDArray::uninitialized(header.shape, dtypeOf(header));
  const int64_t bytes = header.itemBytes;
  if (header.kind == 'f' && bytes == 2)
    readElements<float>(header, data, array,
                        [](uint64_t bits) { return halfToFloat(static_cast<uint16_t>(bits)); });
  else if (header.kind == 'f' && bytes == 4)
    readElements<float>(header, data, array, [](uint64_t bits) {
      return std::bit_cast<float>(static_cast<uint32_t>(bits));
    });
  else if (header.kind == 'f')
    readElements<double>(header, data, array,
                         [](uint64_t bits) { return std::bit_cast<double>(bits); });
  else if (header.kind == 'b')
    readElements<bool>(header, data, array, [](uint64_t bits) { return bits != 0; });
  else if (header.kind == 'u' && bytes == 1)
    readElements<uint8_t>(header, data, array, [](uint64_t bits) { return bits; });
  else if (header.kind == 'u' && bytes == 2)
    readElements<int32_t>(header, data, array, [](uint64_t bits) { return bits; });
  else if (header.kind == 'u')
    readElements<int64_t>(header, data, array, [](uint64_t bits) { return bits; });
  else if (bytes == 8)
    readElements<int64_t>(header, data, array,
                          [](uint64_t bits) { return static_cast<int64_t>(bits); });
  else
    readElements<int32_t>(header, data, array, [bytes](uint64_t bits) { // sign extension
      const int unused = static_cast<int>(64 - 8 * bytes);
      return static_cast<int64_t>(bits << unused) >> unused;
    });
  return array;
}

} // namespace

Result<NDArray> parseNpy(std::span<const uint8_t> data, const std::string &name) {
  auto problem = [&](size_t offset, const std::string &what) {
    return Status::error(name + ": offset " + std::to_string(offset) + ": " + what);
  };
  static constexpr uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (data.size() < 10)
    return problem(data.size(),
                   "expected a header of at least 10 bytes, found the end of the file");
  if (!std::equal(std::begin(magic), std::end(magic), data.begin()))
    return problem(0, "expected the bytes \\x93NUMPY");
  const int version = data[6];
  if (version < 1 || version > 3)
    return problem(6, "expected version 1, 2 or 3, found " + std::to_string(version));
  const size_t lengthBytes = version == 1 ? 2 : 4, begin = 8 + lengthBytes;
  if (data.size() < begin)
    return problem(data.size(), "expected the length of the header, found the end of the file");
  const uint64_t length = littleEndian(data, 8, lengthBytes);
  if (length > data.size() - begin)
    return problem(8, "expected a header of at most " + std::to_string(data.size() - begin) +
                          " bytes, found " + std::to_string(length));
  const std::string_view text(reinterpret_cast<const char *>(data.data()) + begin,
                              static_cast<size_t>(length));
  const Result<NpyHeader> header = HeaderReader(text, begin, name).read();
  if (!header)
    return header.status();

  const size_t start = begin + static_cast<size_t>(length);
  const std::optional<int64_t> count = checkedElementCount(header->shape);
  const uint64_t left = data.size() - start;
  if (!count || *count > kLargestFile / header->itemBytes ||
      static_cast<uint64_t>(*count * header->itemBytes) != left)
    return problem(start, "expected " +
                              (count && *count <= kLargestFile
                                   ? std::to_string(*count * header->itemBytes) + " bytes"
                                   : std::string("more bytes than a file can have")) +
                              " (" + toString(header->shape) + " elements of " +
                              std::to_string(header->itemBytes) + " bytes), found " +
                              std::to_string(left));
  try {
    return decode(*header, data.subspan(start));
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<NDArray> readNpy(const std::filesystem::path &path) {
  const Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return bytes.status();
  return parseNpy(*bytes, path.string());
}

namespace {

/// A file inside a zip, as the central directory tells it.
struct ZipEntry {
  std::string name;
  uint32_t method = 0, crc = 0;
  uint64_t packed = 0, size = 0, offset = 0;
};

/// Zip archives as NumPy writes them (APPNOTE.TXT of PKWARE, with ZIP64).
class Zip {
public:
  Zip(std::span<const uint8_t> data, const std::string &name) : data(data), name(name) {}

  Result<std::vector<ZipEntry>> entries() {
    const std::optional<size_t> end = findEnd();
    if (!end)
      return problem(data.size(), "expected the end record of a zip archive");
    uint64_t count = get(*end + 10, 2), size = get(*end + 12, 4), at = get(*end + 16, 4);
    if (get(*end + 4, 2) != 0 || get(*end + 6, 2) != 0 || get(*end + 8, 2) != count)
      return problem(*end, "expected an archive of one part");
    if (count == 0xffff || size == 0xffffffff || at == 0xffffffff) {
      if (Status status = wideEnd(*end, count, size, at); !status)
        return status;
    }
    if (at > *end || size > *end - at)
      return problem(*end, "expected a directory inside the file, found offset " +
                               std::to_string(at) + " and " + std::to_string(size) + " bytes");
    std::vector<ZipEntry> found;
    const uint64_t stop = at + size;
    while (at < stop) {
      ZipEntry entry;
      if (Status status = central(at, stop, entry); !status)
        return status;
      found.push_back(std::move(entry));
    }
    if (found.size() != count)
      return problem(*end, "expected " + std::to_string(count) + " entries, found " +
                               std::to_string(found.size()));
    return found;
  }

  Result<Bytes> extract(const ZipEntry &entry) {
    const std::string inner = name + ": " + entry.name;
    const uint64_t at = entry.offset;
    if (!fits(at, 30) || get(at, 4) != 0x04034b50)
      return problem(at, "expected the local header of " + entry.name);
    const uint64_t begin = at + 30 + get(at + 26, 2) + get(at + 28, 2);
    if (!fits(begin, entry.packed))
      return problem(at, "expected " + std::to_string(entry.packed) + " bytes of " + entry.name +
                             ", found the end of the file");
    const auto packed = data.subspan(static_cast<size_t>(begin), static_cast<size_t>(entry.packed));
    Result<Bytes> bytes = Status::error(inner);
    if (entry.method == 0) {
      if (entry.size != entry.packed)
        return Status::error(inner + ": expected " + std::to_string(entry.size) +
                             " stored bytes, found " + std::to_string(entry.packed));
      bytes = Bytes(packed.begin(), packed.end());
    } else if (entry.method == 8) {
      if (entry.size > static_cast<uint64_t>(kLargestFile))
        return Status::error(inner + ": " + std::to_string(entry.size) + " bytes are too many");
      bytes = inflateRaw(packed, static_cast<int64_t>(entry.size), inner);
    } else {
      return Status::error(inner + ": expected a stored or deflated entry, found method " +
                           std::to_string(entry.method));
    }
    if (bytes && crc32_z(0, bytes->data(), bytes->size()) != entry.crc)
      return Status::error(inner + ": its checksum differs: the data are damaged");
    return bytes;
  }

private:
  Status problem(uint64_t at, const std::string &what) const {
    return Status::error(name + ": offset " + std::to_string(at) + ": " + what);
  }
  bool fits(uint64_t at, uint64_t bytes) const {
    return at <= data.size() && bytes <= data.size() - at;
  }
  uint64_t get(uint64_t at, size_t bytes) const {
    return littleEndian(data, static_cast<size_t>(at), bytes);
  }

  /// The end record stands last, before a comment that reaches exactly to the end of the file.
  std::optional<size_t> findEnd() const {
    for (size_t back = 22; back <= data.size() && back <= 22 + 0xffff; ++back) {
      const size_t at = data.size() - back;
      if (get(at, 4) == 0x06054b50 && get(at + 20, 2) == back - 22)
        return at;
    }
    return std::nullopt;
  }

  Status wideEnd(size_t end, uint64_t &count, uint64_t &size, uint64_t &at) const {
    if (end < 20 || get(end - 20, 4) != 0x07064b50)
      return {}; // the fields really have those values
    const uint64_t wide = get(end - 12, 8);
    if (wide > end || end - wide < 56 || get(wide, 4) != 0x06064b50)
      return problem(end - 20, "expected the position of the ZIP64 end record");
    count = get(wide + 32, 8);
    size = get(wide + 40, 8);
    at = get(wide + 48, 8);
    return {};
  }

  Status central(uint64_t &at, uint64_t stop, ZipEntry &entry) const {
    if (stop - at < 46 || get(at, 4) != 0x02014b50)
      return problem(at, "expected an entry of the directory");
    const uint64_t flags = get(at + 8, 2), nameBytes = get(at + 28, 2),
                   extraBytes = get(at + 30, 2), commentBytes = get(at + 32, 2);
    if (stop - at - 46 < nameBytes + extraBytes + commentBytes)
      return problem(at, "expected an entry inside the directory");
    entry.name.assign(reinterpret_cast<const char *>(data.data()) + at + 46,
                      static_cast<size_t>(nameBytes));
    if (flags & 1)
      return problem(at, "expected data without encryption in " + entry.name);
    entry.method = static_cast<uint32_t>(get(at + 10, 2));
    entry.crc = static_cast<uint32_t>(get(at + 16, 4));
    entry.packed = get(at + 20, 4);
    entry.size = get(at + 24, 4);
    entry.offset = get(at + 42, 4);
    wideSizes(at + 46 + nameBytes, extraBytes, entry);
    at += 46 + nameBytes + extraBytes + commentBytes;
    return {};
  }

  /// ZIP64: an extra field 1 holds, in this order, those of size, packed and offset that are all
  /// ones.
  void wideSizes(uint64_t at, uint64_t bytes, ZipEntry &entry) const {
    const uint64_t stop = at + bytes;
    while (stop - at >= 4) {
      const uint64_t id = get(at, 2), length = get(at + 2, 2);
      at += 4;
      if (length > stop - at)
        return;
      if (id == 1) {
        uint64_t field = at;
        for (uint64_t *value : {&entry.size, &entry.packed, &entry.offset})
          if (*value == 0xffffffff && at + length - field >= 8) {
            *value = get(field, 8);
            field += 8;
          }
      }
      at += length;
    }
  }

  std::span<const uint8_t> data;
  const std::string &name;
};

} // namespace

Result<NamedArrays> parseNpz(std::span<const uint8_t> data, const std::string &name) {
  try {
    Zip zip(data, name);
    const Result<std::vector<ZipEntry>> entries = zip.entries();
    if (!entries)
      return entries.status();
    NamedArrays arrays;
    for (const ZipEntry &entry : *entries) {
      const Result<Bytes> bytes = zip.extract(entry);
      if (!bytes)
        return bytes.status();
      Result<NDArray> array = parseNpy(*bytes, name + ": " + entry.name);
      if (!array)
        return array.status();
      std::string key = entry.name;
      if (key.ends_with(".npy"))
        key.resize(key.size() - 4);
      arrays.emplace_back(std::move(key), std::move(array).value());
    }
    return arrays;
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<NamedArrays> readNpz(const std::filesystem::path &path) {
  const Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return bytes.status();
  return parseNpz(*bytes, path.string());
}

std::vector<uint8_t> formatNpy(const NDArray &array) {
  const char *descr = "";
  switch (array.dtype()) {
  case DType::f32:
    descr = "<f4";
    break;
  case DType::f64:
    descr = "<f8";
    break;
  case DType::i32:
    descr = "<i4";
    break;
  case DType::i64:
    descr = "<i8";
    break;
  case DType::boolean:
    descr = "|b1";
    break;
  case DType::u8:
    descr = "|u1";
    break;
  }
  std::string header = std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (";
  for (int64_t size : array.shape())
    header += std::to_string(size) + ", ";
  header += "), }";
  // The data begin at a multiple of 64, after a line feed.
  while ((10 + header.size() + 1) % 64)
    header += ' ';
  header += '\n';
  std::vector<uint8_t> bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes.push_back(static_cast<uint8_t>(header.size() & 0xff));
  bytes.push_back(static_cast<uint8_t>(header.size() >> 8));
  bytes.insert(bytes.end(), header.begin(), header.end());
  const uint8_t *raw = static_cast<const uint8_t *>(array.raw());
  bytes.insert(bytes.end(), raw, raw + array.bytes());
  return bytes;
}

} // namespace gradus
