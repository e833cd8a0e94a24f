// Named arrays in a file, in the safetensors format.
#pragma once

#include "runtime/core/NDArray.h"
#include "runtime/core/Status.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace gradus {

/// Texts that go with the tensors: the format knows no other kind of value.
using Metadata = std::map<std::string, std::string>;
using NamedTensors = std::map<std::string, NDArray>;

struct TensorFile {
  NamedTensors tensors;
  Metadata metadata; ///< without the entries that the file keeps for itself
};

/// Writes a safetensors file: 8 bytes little-endian length of the header, the header (JSON, padded
/// with spaces so that the data begin at a multiple of 64), the data without holes, widest elements
/// first. The metadata entry "checksum" is the CRC-32 of all metadata, names, types, shapes and
/// elements, in the order of the names; "format" says who wrote it. The file is replaced as a whole
/// (see AtomicFile.h).
/// Errors: as writeFileAtomically; a tensor named "__metadata__" or a name that is not UTF-8.
Status saveTensors(const std::filesystem::path &path, const NamedTensors &tensors,
                   const Metadata &metadata = {});

/// Reads a file of ours or of any other tool, and checks everything before it is used: lengths
/// against the size of the file, the header's JSON, types (F32 F64 I32 I64 BOOL U8), shapes against
/// offsets, no overlap and no hole, the checksum if there is one (in a file of ours there must be).
/// Errors: one line with the file, the place, what was expected and what was found.
Result<TensorFile> loadTensors(const std::filesystem::path &path);

/// What such a file calls an element type: "F32", "BOOL".
std::string_view safetensorsName(DType type);

/// "crc32:89abcdef" over names, types, shapes and elements (and metadata), in the order of the
/// names: equal for equal tensors, whatever file or layout they come from.
std::string checksumOf(const NamedTensors &tensors, const Metadata &metadata = {});

} // namespace gradus
