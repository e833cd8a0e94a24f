#include "runtime/checkpoint/Checkpoint.h"

#include "runtime/core/Json.h"

namespace gradus {
namespace {

std::string describe(const StateRecord &record) {
  return std::string(nameOf(record.dtype)) + " " + toString(record.shape);
}

/// The first difference between what a file holds and what a state needs.
Status compare(const NamedTensors &tensors, const State &state, const std::string &name) {
  for (const std::string &wanted : state.names()) {
    const StateRecord &record = state.record(wanted);
    auto found = tensors.find(wanted);
    if (found == tensors.end())
      return Status::error(name + ": tensor " + quoteJson(wanted) + ": expected " +
                           describe(record) + ", found none of that name");
    if (found->second.dtype() != record.dtype || found->second.shape() != record.shape)
      return Status::error(name + ": tensor " + quoteJson(wanted) + ": expected " +
                           describe(record) + ", found " + found->second.describe());
  }
  for (const auto &[found, array] : tensors)
    if (!state.contains(found))
      return Status::error(name + ": tensor " + quoteJson(found) +
                           ": the model has no state of that name");
  return {};
}

} // namespace

Status saveState(const std::filesystem::path &path, const State &state, const Metadata &metadata) {
  NamedTensors tensors;
  for (const std::string &name : state.names())
    tensors[name] = state.get(name);
  return saveTensors(path, tensors, metadata);
}

Status restoreState(const NamedTensors &tensors, State &state, const std::string &name) {
  if (Status status = compare(tensors, state, name); !status)
    return status;
  for (const auto &[tensor, array] : tensors)
    state.set(tensor, array);
  return {};
}

Result<Metadata> loadState(const std::filesystem::path &path, State &state) {
  Result<TensorFile> file = loadTensors(path);
  if (!file)
    return file.status();
  if (Status status = restoreState(file->tensors, state, path.string()); !status)
    return status;
  return file->metadata;
}

} // namespace gradus
