#include "compiler/aot/Files.h"

#include "runtime/checkpoint/AtomicFile.h"
#include "runtime/core/State.h"
#include "runtime/data/Bytes.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Triple.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace fs = std::filesystem;

namespace gradus {
namespace ahead {

std::string archive(const Members &members) {
  std::vector<llvm::NewArchiveMember> list;
  for (const auto &[name, bytes] : members) {
    llvm::NewArchiveMember member(llvm::MemoryBufferRef(bytes, name));
    member.MemberName = name;
    list.push_back(std::move(member));
  }
  auto result = llvm::writeArchiveToBuffer(list, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
                                           /*Deterministic=*/true, /*Thin=*/false);
  if (!result)
    throw std::runtime_error("compile: cannot make an archive: " + llvm::toString(result.takeError()));
  return (*result)->getBuffer().str();
}

namespace {

/// A folder of our own that goes away with all that is in it.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "gradus-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("compile: cannot make a folder for temporary files in " +
                               fs::temp_directory_path().string());
    path = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  fs::path path;
};

std::string textOf(const fs::path &path) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    throw std::runtime_error("compile: " + bytes.message());
  return std::string(reinterpret_cast<const char *>(bytes->data()), bytes->size());
}

void save(const fs::path &path, const std::string &bytes) {
  if (Status status = writeFileAtomically(path, bytes); !status)
    throw std::runtime_error("compile: " + status.message());
}

std::string programNamed(const std::vector<std::string> &names) {
  std::string list;
  for (const std::string &name : names) {
    if (auto found = llvm::sys::findProgramByName(name))
      return *found;
    list += (list.empty() ? "" : ", ") + name;
  }
  throw std::runtime_error("compile: no linker was found for a shared file (looked for " + list + ")");
}

std::vector<std::string> publicNames(const Model &model) {
  std::vector<std::string> names = {model.name + "_error", model.name + "_description"};
  if (model.hasState())
    for (const char *verb : {"_init", "_save", "_load", "_get", "_set"})
      names.push_back(model.name + verb);
  for (const Entry &entry : model.entries)
    names.push_back(entry.function);
  return names;
}

} // namespace

std::pair<std::string, std::string> link(const Members &members, const Model &model) {
  llvm::Triple triple(model.triple);
  bool wasm = triple.isWasm();
  if (!wasm && triple.isOSUnknown())
    throw std::invalid_argument("compile: there are no shared libraries for " + model.triple);
  TemporaryFolder folder;
  std::string name = model.name + (wasm ? ".wasm" : ".so");
  std::string linker = wasm ? programNamed({"wasm-ld-19", "wasm-ld"}) : programNamed({"ld.lld-19", "ld.lld", "ld"});
  std::vector<std::string> words = {linker, "-o", (folder.path / name).string()};
  if (wasm) {
    words.push_back("--no-entry");
    words.push_back("--export=__heap_base");
    words.push_back("--export=__stack_pointer");
    for (const std::string &each : publicNames(model))
      words.push_back("--export=" + each);
  } else {
    words.insert(words.end(), {"-shared", "-soname", name});
  }
  for (const auto &[member, bytes] : members) {
    save(folder.path / member, bytes);
    words.push_back((folder.path / member).string());
  }
  std::vector<llvm::StringRef> arguments(words.begin(), words.end());
  fs::path messages = folder.path / "messages";
  std::string log = messages.string(), error;
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, llvm::StringRef(log), llvm::StringRef(log)};
  if (llvm::sys::ExecuteAndWait(linker, arguments, std::nullopt, redirects, 0, 0, &error) != 0) {
    std::string said = fs::exists(messages) ? textOf(messages) : error;
    throw std::runtime_error("compile: " + linker + " failed: " + said.substr(0, said.find('\n')));
  }
  return {name, textOf(folder.path / name)};
}

std::string weightsFile(const Model &model, const std::map<std::string, NDArray> &given,
                        const std::map<std::string, NDArray> &data, uint64_t seed) {
  std::string file;
  for (int byte = 0; byte < 8; ++byte)
    file += static_cast<char>(model.fileHeader.size() >> (8 * byte));
  file += model.fileHeader;
  size_t begin = file.size();
  file.resize(static_cast<size_t>(model.savedBytes));
  for (const Tensor &tensor : model.tensors) {
    const StateRecord &record = tensor.record;
    auto known = given.find(record.name);
    auto own = data.find(record.name);
    NDArray values = known != given.end() ? known->second
                     : own != data.end()  ? own->second
                                          : initialValues(record, seed);
    std::memcpy(file.data() + begin + tensor.file, values.raw(), static_cast<size_t>(tensor.bytes));
  }
  return file;
}

} // namespace ahead

// Each file is written beside its place and renamed; of those that were there before, the old content comes back.
void AotResult::write(const fs::path &folder) const {
  std::error_code error;
  fs::path made; // the outermost folder that was not there
  for (fs::path each = folder.lexically_normal(); !each.empty() && !fs::exists(each, error); each = each.parent_path()) {
    made = each;
    if (!each.has_parent_path() || each.parent_path() == each)
      break;
  }
  auto undo = [&] {
    std::error_code ignored;
    if (!made.empty())
      fs::remove_all(made, ignored);
  };
  if (fs::create_directories(folder, error); error || !fs::is_directory(folder)) {
    std::string why = error ? error.message() : "not a folder";
    undo();
    throw std::runtime_error("compile: " + folder.string() + ": cannot make the folder: " + why);
  }
  std::map<fs::path, std::optional<std::string>> before;
  for (const auto &[name, bytes] : files) {
    fs::path path = folder / name;
    std::optional<std::string> old;
    if (fs::is_regular_file(path, error))
      if (Result<Bytes> content = readFile(path))
        old = std::string(reinterpret_cast<const char *>(content->data()), content->size());
    if (Status status = writeFileAtomically(path, bytes); !status) {
      for (const auto &[done, content] : before) {
        std::error_code ignored;
        if (!content || !writeFileAtomically(done, *content))
          fs::remove(done, ignored);
      }
      undo();
      throw std::runtime_error("compile: " + status.message());
    }
    before[path] = std::move(old);
  }
}

} // namespace gradus
