#include "compiler/aot/Files.h"

#include "runtime/checkpoint/AtomicFile.h"
#include "runtime/data/Bytes.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Triple.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
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
    throw std::runtime_error("cannot make an archive: " + llvm::toString(result.takeError()));
  return (*result)->getBuffer().str();
}

namespace {

/// A folder of our own that goes away with all that is in it.
class TemporaryFolder {
public:
  TemporaryFolder(const fs::path &parent, const std::string &stem) {
    std::string pattern = (parent / (stem + "XXXXXX")).string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error(parent.string() + ": cannot write there: " + std::strerror(errno));
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
    throw std::runtime_error(bytes.message());
  return std::string(reinterpret_cast<const char *>(bytes->data()), bytes->size());
}

void save(const fs::path &path, const std::string &bytes) {
  if (Status status = writeFileAtomically(path, bytes); !status)
    throw std::runtime_error(status.message());
}

std::string programNamed(const std::vector<std::string> &names) {
  std::string list;
  for (const std::string &name : names) {
    if (auto found = llvm::sys::findProgramByName(name))
      return *found;
    list += (list.empty() ? "" : ", ") + name;
  }
  throw std::runtime_error("no linker was found for a shared file (looked for " + list + ")");
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
    throw std::invalid_argument("there are no shared libraries for " + model.triple);
  TemporaryFolder folder(fs::temp_directory_path(), "gradus-");
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
    throw std::runtime_error(linker + " failed: " + said.substr(0, said.find('\n')));
  }
  return {name, textOf(folder.path / name)};
}

} // namespace ahead

static void makeFolders(const fs::path &folder, std::vector<fs::path> &made) {
  fs::path path;
  for (const fs::path &part : folder) {
    path /= part;
    std::error_code error;
    if (fs::create_directory(path, error))
      made.push_back(path);
    if (error || !fs::is_directory(path))
      throw std::runtime_error(folder.string() + ": cannot make the folder: " +
                               (error ? error.message() : std::string("not a folder")));
  }
}

// All files are written in a hidden folder beside their places first, so that a full disk changes nothing.
void AotResult::write(const fs::path &folder) const {
  std::vector<fs::path> made; // folders that were not there, outermost first
  std::optional<ahead::TemporaryFolder> staging;
  try {
    makeFolders(folder, made);
    for (const auto &[name, bytes] : files)
      if (fs::is_directory(folder / name))
        throw std::runtime_error((folder / name).string() + ": is a folder");
    staging.emplace(folder, ".gradus-");
    for (const auto &[name, bytes] : files)
      if (Status status = writeFileAtomically(staging->path / name, bytes); !status)
        throw std::runtime_error((folder / name).string() +
                                 status.message().substr((staging->path / name).string().size()));
    for (const auto &[name, bytes] : files)
      fs::rename(staging->path / name, folder / name);
  } catch (...) {
    staging.reset();
    std::error_code ignored;
    for (auto each = made.rbegin(); each != made.rend(); ++each)
      fs::remove(*each, ignored); // only while it is empty
    throw;
  }
}

} // namespace gradus
