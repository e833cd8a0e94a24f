#include "runtime/checkpoint/Tensors.h"

#include "runtime/checkpoint/AtomicFile.h"
#include "runtime/core/Json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace gradus {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr const char *kMetadata = "__metadata__", *kChecksum = "checksum", *kFormat = "format",
                     *kOurs = "gradus 1";
constexpr uint64_t kLargestHeader = 100'000'000; // the limit of the format's reference reader

constexpr std::pair<DType, std::string_view> kTypes[] = {
    {DType::f32, "F32"}, {DType::f64, "F64"}, {DType::i32, "I32"},
    {DType::i64, "I64"}, {DType::u8, "U8"},   {DType::boolean, "BOOL"}};

std::optional<DType> typeNamed(std::string_view name) {
  for (auto [type, known] : kTypes)
    if (known == name)
      return type;
  return std::nullopt;
}

} // namespace

std::string_view safetensorsName(DType type) {
  for (auto [known, name] : kTypes)
    if (known == type)
      return name;
  return "";
}

namespace {

//===-- checksum ----------------------------------------------------------===//

/// CRC-32 over the meaning of a file, not its bytes: a tool that writes the same tensors in another
/// order or with other padding keeps it valid.
class Checksum {
public:
  void add(const void *bytes, size_t count) {
    const auto *at = static_cast<const Bytef *>(bytes);
    while (count > 0) {
      uInt part = static_cast<uInt>(std::min<size_t>(count, 1u << 30));
      crc = crc32(crc, at, part);
      at += part;
      count -= part;
    }
  }
  void add(uint64_t number) { add(&number, sizeof number); }
  void add(std::string_view text) { // with its length, so that "ab","c" is not "a","bc"
    add(text.size());
    add(text.data(), text.size());
  }
  std::string text() const {
    char digits[32];
    std::snprintf(digits, sizeof digits, "crc32:%08lx", crc & 0xffffffffUL);
    return digits;
  }

private:
  uLong crc = crc32(0, nullptr, 0);
};

//===-- writing -----------------------------------------------------------===//

using Entry = NamedTensors::value_type;

/// Widest elements first: so each tensor is aligned to its element without holes.
std::vector<const Entry *> fileOrder(const NamedTensors &tensors) {
  std::vector<const Entry *> order;
  for (const Entry &entry : tensors)
    order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry *a, const Entry *b) {
    return sizeOf(a->second.dtype()) > sizeOf(b->second.dtype());
  });
  return order;
}

bool isText(const std::string &text) {
  Result<Json> back = parseJson(quoteJson(text));
  return back && back->asString() == text;
}

Status checkNames(const fs::path &path, const NamedTensors &tensors, const Metadata &metadata) {
  auto bad = [&](const std::string &name) {
    return Status::error(path.string() + ": " + quoteJson(name) +
                         " cannot be a name in a safetensors file");
  };
  for (const auto &[name, array] : tensors)
    if (name == kMetadata || !isText(name))
      return bad(name);
  for (const auto &[key, value] : metadata)
    if (!isText(key) || !isText(value))
      return bad(key);
  return {};
}

std::string headerText(const std::vector<const Entry *> &order, const Metadata &metadata) {
  Json header = Json::object(), texts = Json::object();
  for (const auto &[key, value] : metadata)
    texts.set(key, value);
  header.set(kMetadata, std::move(texts));
  int64_t offset = 0;
  for (const Entry *entry : order) {
    const NDArray &array = entry->second;
    Json record = Json::object();
    record.set("dtype", safetensorsName(array.dtype()));
    record.set("shape", Json::arrayOf(array.shape()));
    record.set("data_offsets", Json::arrayOf(std::array{offset, offset + array.bytes()}));
    header.set(entry->first, std::move(record));
    offset += array.bytes();
  }
  std::string text = header.dump();
  text.append((64 - (8 + text.size()) % 64) % 64, ' ');
  return text;
}

std::span<const std::byte> bytesOf(const void *first, size_t count) {
  return {static_cast<const std::byte *>(first), count};
}

//===-- reading -----------------------------------------------------------===//

/// An open file that fills buffers, and the head of its messages.
class Reader {
public:
  explicit Reader(const fs::path &path) : name(path.string()) {}
  Reader(const Reader &) = delete;
  ~Reader() {
    if (fd >= 0)
      ::close(fd);
  }

  Status open() {
    // Not to hang on a pipe that nobody writes to.
    fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info{};
    if (fd < 0 || ::fstat(fd, &info) != 0)
      return error("cannot open: " + std::generic_category().message(errno));
    if (!S_ISREG(info.st_mode))
      return error(S_ISDIR(info.st_mode) ? "is a directory, expected a checkpoint file"
                                         : "not a regular file");
    size = static_cast<uint64_t>(info.st_size);
    return {};
  }

  Status read(void *to, uint64_t count, uint64_t offset) const {
    auto *at = static_cast<char *>(to);
    while (count > 0) {
      ssize_t got =
          ::pread(fd, at, std::min<uint64_t>(count, 1u << 30), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return error("cannot read: " + std::generic_category().message(errno));
      if (got == 0)
        return error("ends at byte " + std::to_string(offset) + ", it became shorter while read");
      at += got;
      offset += static_cast<uint64_t>(got);
      count -= static_cast<uint64_t>(got);
    }
    return {};
  }

  Status error(const std::string &what) const { return Status::error(name + ": " + what); }

  std::string name;
  uint64_t size = 0;

private:
  int fd = -1;
};

struct Record {
  std::string name;
  DType type;
  Shape shape;
  uint64_t begin, end;
};

Result<std::string> readHeader(const Reader &file) {
  if (file.size < 8)
    return file.error("not a safetensors file: expected at least 8 bytes, found " +
                      std::to_string(file.size));
  uint64_t length = 0;
  if (Status status = file.read(&length, 8, 0); !status)
    return status;
  uint64_t most = std::min(kLargestHeader, file.size - 8);
  if (length < 2 || length > most)
    return file.error("byte 0: expected a header length from 2 to " + std::to_string(most) +
                      ", found " + std::to_string(length) +
                      " (truncated, or not a safetensors file)");
  std::string text(length, '\0');
  if (Status status = file.read(text.data(), length, 8); !status)
    return status;
  return text;
}

/// A non-negative integer of the header.
std::optional<uint64_t> asSize(const Json &json) {
  if (!json.isInt() || json.asInt() < 0)
    return std::nullopt;
  return static_cast<uint64_t>(json.asInt());
}

Result<Record> readRecord(const Reader &file, const std::string &name, const Json &json,
                          uint64_t dataBytes) {
  std::string where = "tensor " + quoteJson(name) + ": ";
  const Json *type = json.find("dtype"), *shape = json.find("shape"),
             *offsets = json.find("data_offsets");
  if (!type || !type->isString() || !shape || !shape->isArray() || !offsets ||
      !offsets->isArray() || offsets->size() != 2)
    return file.error(where + "expected dtype, shape and two data_offsets, found " +
                      json.dump().substr(0, 80));
  std::optional<DType> known = typeNamed(type->asString());
  if (!known)
    return file.error(where + "expected dtype F32, F64, I32, I64, U8 or BOOL, found " +
                      quoteJson(type->asString().substr(0, 20)));
  Record record{name, *known, {}, 0, 0};
  for (const Json &axis : shape->asArray()) {
    std::optional<uint64_t> size = asSize(axis);
    if (!size)
      return file.error(where + "expected sizes of at least 0, found " + axis.dump().substr(0, 40));
    record.shape.push_back(static_cast<int64_t>(*size));
  }
  std::optional<uint64_t> begin = asSize(offsets->at(size_t{0})), end = asSize(offsets->at(1));
  if (!begin || !end || *begin > *end || *end > dataBytes)
    return file.error(where + "expected data_offsets within " + std::to_string(dataBytes) +
                      " bytes of data, found " + offsets->dump());
  record.begin = *begin;
  record.end = *end;
  std::optional<int64_t> count = checkedElementCount(record.shape);
  uint64_t width = static_cast<uint64_t>(sizeOf(record.type)), found = *end - *begin;
  if (!count || found % width != 0 || static_cast<uint64_t>(*count) != found / width)
    return file.error(where + type->asString() + " " + toString(record.shape) + " takes " +
                      (count ? std::to_string(*count) : std::string("too many")) + " x " +
                      std::to_string(width) + " bytes, found " + std::to_string(found));
  return record;
}

Result<std::vector<Record>> readRecords(const Reader &file, const Json &header,
                                        uint64_t dataBytes) {
  std::vector<Record> records;
  for (const auto &[name, json] : header.asObject()) {
    if (name == kMetadata)
      continue;
    Result<Record> record = readRecord(file, name, json, dataBytes);
    if (!record)
      return record.status();
    records.push_back(*std::move(record));
  }
  std::sort(records.begin(), records.end(), [](const Record &a, const Record &b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t at = 0;
  for (const Record &record : records) {
    if (record.begin != at)
      return file.error("tensor " + quoteJson(record.name) + ": expected its data at " +
                        std::to_string(at) + " (no hole, no overlap), found " +
                        std::to_string(record.begin));
    at = record.end;
  }
  if (at != dataBytes)
    return file.error("expected " + std::to_string(at) + " bytes of data after the header, found " +
                      std::to_string(dataBytes));
  return records;
}

Result<Metadata> readMetadata(const Reader &file, const Json &header) {
  Metadata metadata;
  const Json *json = header.find(kMetadata);
  if (!json)
    return metadata;
  if (!json->isObject())
    return file.error(std::string(kMetadata) + ": expected an object, found " +
                      std::string(json->kind()));
  for (const auto &[key, value] : json->asObject()) {
    if (!value.isString())
      return file.error(std::string(kMetadata) + ", " + quoteJson(key) +
                        ": expected a string, found " + std::string(value.kind()));
    metadata[key] = value.asString();
  }
  return metadata;
}

Status readElements(const Reader &file, const Record &record, uint64_t dataBegin, NDArray &array) {
  array = NDArray::uninitialized(record.shape, record.type);
  if (Status status = file.read(array.raw(), record.end - record.begin, dataBegin + record.begin);
      !status)
    return status;
  if (record.type == DType::boolean) { // any other byte in a bool is undefined behaviour
    const auto *bytes = static_cast<const uint8_t *>(array.raw());
    for (int64_t i = 0; i < array.size(); ++i)
      if (bytes[i] > 1)
        return file.error("tensor " + quoteJson(record.name) + ", element " + std::to_string(i) +
                          ": expected 0 or 1, found " + std::to_string(bytes[i]));
  }
  return {};
}

Status verifyChecksum(const Reader &file, TensorFile &content) {
  auto stored = content.metadata.find(kChecksum), format = content.metadata.find(kFormat);
  bool ours = format != content.metadata.end() && format->second == kOurs;
  if (stored == content.metadata.end())
    return ours ? file.error("expected a checksum in __metadata__, found none") : Status();
  std::string found = checksumOf(content.tensors, content.metadata);
  // Another tool may use the word for something else.
  if ((ours || stored->second.rfind("crc32:", 0) == 0) && stored->second != found)
    return file.error("damaged: expected checksum " + stored->second.substr(0, 20) + ", found " +
                      found);
  content.metadata.erase(stored);
  if (ours)
    content.metadata.erase(kFormat);
  return {};
}

Result<TensorFile> load(const fs::path &path) {
  Reader file(path);
  if (Status status = file.open(); !status)
    return status;
  Result<std::string> text = readHeader(file);
  if (!text)
    return text.status();
  Result<Json> header = parseJson(*text, 8);
  if (!header)
    return file.error("header, " + header.message());
  if (!header->isObject())
    return file.error("header: expected an object, found " + std::string(header->kind()));
  uint64_t dataBegin = 8 + text->size();
  Result<std::vector<Record>> records = readRecords(file, *header, file.size - dataBegin);
  if (!records)
    return records.status();
  Result<Metadata> metadata = readMetadata(file, *header);
  if (!metadata)
    return metadata.status();
  TensorFile content{{}, *std::move(metadata)};
  for (const Record &record : *records)
    if (Status status = readElements(file, record, dataBegin, content.tensors[record.name]);
        !status)
      return status;
  if (Status status = verifyChecksum(file, content); !status)
    return status;
  return content;
}

} // namespace

std::string checksumOf(const NamedTensors &tensors, const Metadata &metadata) {
  Checksum sum;
  for (const auto &[key, value] : metadata)
    if (key != kChecksum) {
      sum.add(key);
      sum.add(value);
    }
  for (const auto &[name, array] : tensors) {
    sum.add(name);
    sum.add(safetensorsName(array.dtype()));
    sum.add(array.shape().size());
    for (int64_t size : array.shape())
      sum.add(static_cast<uint64_t>(size));
    sum.add(array.raw(), static_cast<size_t>(array.bytes()));
  }
  return sum.text();
}

Status saveTensors(const fs::path &path, const NamedTensors &tensors, const Metadata &metadata) {
  if (Status status = checkNames(path, tensors, metadata); !status)
    return status;
  Metadata all = metadata;
  all[kFormat] = kOurs;
  all[kChecksum] = checksumOf(tensors, all);
  std::vector<const Entry *> order = fileOrder(tensors);
  std::string header = headerText(order, all);
  uint64_t length = header.size();
  if (length > kLargestHeader)
    return Status::error(path.string() + ": names and metadata take " + std::to_string(length) +
                         " bytes, the format allows " + std::to_string(kLargestHeader));
  std::vector<std::span<const std::byte>> pieces = {bytesOf(&length, 8),
                                                    bytesOf(header.data(), header.size())};
  for (const Entry *entry : order)
    pieces.push_back(bytesOf(entry->second.raw(), static_cast<size_t>(entry->second.bytes())));
  return writeFileAtomically(path, pieces);
}

Result<TensorFile> loadTensors(const fs::path &path) {
  try {
    return load(path);
  } catch (const std::bad_alloc &) {
    return Status::error(path.string() + ": not enough memory to read it");
  }
}

} // namespace gradus
