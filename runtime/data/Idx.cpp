#include "runtime/data/Idx.h"

#include "runtime/data/Bytes.h"

#include <bit>
#include <new>
#include <optional>

namespace gradus {

namespace {

/// The header of an IDX file.
struct Header {
  uint8_t code = 0;
  Shape shape;
  int64_t headerBytes = 0, dataBytes = 0;
};

int64_t bytesOfCode(uint8_t code) {
  switch (code) {
  case 0x08:
  case 0x09:
    return 1;
  case 0x0b:
    return 2;
  case 0x0c:
  case 0x0d:
    return 4;
  case 0x0e:
    return 8;
  default:
    return 0;
  }
}

constexpr int kMostAxes = 16;

template <class Word> Word bigEndian(const uint8_t *at) {
  Word value = 0;
  for (size_t i = 0; i < sizeof(Word); ++i)
    value = static_cast<Word>(static_cast<uint64_t>(value) << 8 | at[i]);
  return value;
}

Result<Header> parseHeader(std::span<const uint8_t> data, const std::string &name) {
  auto problem = [&](size_t offset, const std::string &what) {
    return Status::error(name + ": offset " + std::to_string(offset) + ": " + what);
  };
  if (data.size() < 4)
    return problem(data.size(), "expected a magic number of 4 bytes, found the end of the file");
  if (data[0] != 0 || data[1] != 0)
    return problem(0, "expected two zero bytes, found " + std::to_string(data[0]) + " and " +
                          std::to_string(data[1]));
  Header header;
  header.code = data[2];
  const int64_t elementBytes = bytesOfCode(data[2]);
  if (!elementBytes)
    return problem(2, "expected an element type 8, 9, 11, 12, 13 or 14, found " +
                          std::to_string(data[2]));
  const int rank = data[3];
  if (rank < 1 || rank > kMostAxes)
    return problem(3, "expected 1 to 16 axes, found " + std::to_string(rank));
  header.headerBytes = 4 + 4 * rank;
  for (int axis = 0; axis < rank; ++axis) {
    const size_t at = static_cast<size_t>(4 + 4 * axis);
    if (data.size() < at + 4)
      return problem(data.size(), "expected the size of axis " + std::to_string(axis) +
                                      ", found the end of the file");
    header.shape.push_back(bigEndian<uint32_t>(data.data() + at));
  }
  const std::optional<int64_t> count = checkedElementCount(header.shape);
  if (!count || *count > kLargestFile / elementBytes)
    return problem(4, "a size of " + toString(header.shape) + " is too large");
  header.dataBytes = *count * elementBytes;
  return header;
}

std::string lengthProblem(const Header &header, const std::string &name, const std::string &found) {
  return name + ": offset " + std::to_string(header.headerBytes) + ": expected " +
         std::to_string(header.dataBytes) + " bytes (" + toString(header.shape) +
         " elements), found " + found;
}

/// Elements of `In`, big endian, as elements of `Out`.
template <class In, class Word, class Out>
void read(std::span<const uint8_t> data, Out *out, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = static_cast<Out>(
        std::bit_cast<In>(bigEndian<Word>(data.data() + i * static_cast<int64_t>(sizeof(In)))));
}

NDArray elements(const Header &header, std::span<const uint8_t> data) {
  auto make = [&](DType type) { return NDArray::uninitialized(header.shape, type); };
  NDArray array;
  switch (header.code) {
  case 0x08:
    array = make(DType::u8);
    if (!data.empty())
      std::memcpy(array.raw(), data.data(), data.size());
    break;
  case 0x09:
    array = make(DType::i32);
    read<int8_t, uint8_t>(data, array.data<int32_t>(), array.size());
    break;
  case 0x0b:
    array = make(DType::i32);
    read<int16_t, uint16_t>(data, array.data<int32_t>(), array.size());
    break;
  case 0x0c:
    array = make(DType::i32);
    read<int32_t, uint32_t>(data, array.data<int32_t>(), array.size());
    break;
  case 0x0d:
    array = make(DType::f32);
    read<float, uint32_t>(data, array.data<float>(), array.size());
    break;
  default:
    array = make(DType::f64);
    read<double, uint64_t>(data, array.data<double>(), array.size());
  }
  return array;
}

} // namespace

Result<NDArray> parseIdx(std::span<const uint8_t> data, const std::string &name) {
  const Result<Header> header = parseHeader(data, name);
  if (!header)
    return header.status();
  data = data.subspan(static_cast<size_t>(header->headerBytes));
  if (static_cast<int64_t>(data.size()) != header->dataBytes)
    return Status::error(lengthProblem(*header, name, std::to_string(data.size())));
  try {
    return elements(*header, data);
  } catch (const std::bad_alloc &) {
    return Status::error(name + ": not enough memory");
  }
}

Result<NDArray> readIdx(const std::filesystem::path &path) {
  const std::string name = path.string();
  const Result<Bytes> file = readFile(path);
  if (!file)
    return file.status();
  if (!isGzip(*file))
    return parseIdx(*file, name);
  // The header first, so that no more is decompressed than it announces.
  const Result<Bytes> prefix = gunzipPrefix(*file, 4 + 4 * kMostAxes, name);
  if (!prefix)
    return prefix.status();
  const Result<Header> header = parseHeader(*prefix, name);
  if (!header)
    return header.status();
  const int64_t expected = header->headerBytes + header->dataBytes;
  if (expected / 1032 > static_cast<int64_t>(file->size()))
    return Status::error(lengthProblem(
        *header, name, std::to_string(file->size()) + " compressed bytes, too few for that"));
  const Result<Bytes> bytes = gunzip(*file, name, expected);
  if (!bytes)
    return bytes.status();
  return parseIdx(*bytes, name);
}

} // namespace gradus
