// The user's tool: subcommands in the manner of git.
#include "compiler/cli/Run.h"
#include "compiler/tools/gradus/Commands.h"

#include <cstdio>

using namespace gradus::tool;

namespace {

std::vector<Command> commands() { return {trainCommand(), showCommand(), exportCommand(), compileCommand()}; }

std::string overview() {
  std::string text = "usage: gradus COMMAND [options]\n\ncommands:\n";
  for (const Command &command : commands()) {
    std::string name(command.text.name);
    text +=
        "  " + name + std::string(10 - name.size(), ' ') + std::string(command.text.brief) + "\n";
  }
  return text + "\n  --help      this page; gradus COMMAND --help for one command\n"
                "  --version   the version\n";
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    std::fputs(overview().c_str(), stderr);
    return 2;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::fputs(overview().c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::printf("gradus %s\n", GRADUS_VERSION);
    return 0;
  }
  for (const Command &command : commands())
    if (command.text.name == words[0])
      return runCommand(command.text, {words.begin() + 1, words.end()}, command.run);
  std::fprintf(stderr, "gradus: unknown command \"%s\"\n%s", words[0].substr(0, 60).c_str(),
               overview().c_str());
  return 2;
}
