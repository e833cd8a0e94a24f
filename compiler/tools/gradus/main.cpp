// The user's tool: subcommands in the manner of git.
#include "compiler/codegen/CompileError.h"
#include "compiler/graph/GraphError.h"
#include "compiler/tools/gradus/Commands.h"

#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

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

/// Errors of one subcommand: one line, then the usage where the command line is wrong.
int runCommand(const Command &command, const std::vector<std::string> &words) {
  auto say = [&](const char *what) {
    std::fflush(stdout);
    std::fprintf(stderr, "gradus %s: %s\n", std::string(command.text.name).c_str(), what);
  };
  try {
    for (const std::string &word : words)
      if (word == "--help" || word == "-h") {
        std::fputs(command.text.help().c_str(), stdout);
        return 0;
      }
    return command.run(Arguments(command.text, words));
  } catch (const UsageError &error) {
    say(error.what());
    std::fputs(command.text.usage().c_str(), stderr);
    return 2;
  } catch (const gradus::GraphError &error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  } catch (const std::bad_alloc &) {
    say("not enough memory");
    return 1;
  } catch (const std::exception &error) {
    say(error.what());
    return 1;
  }
}

} // namespace

int main(int argc, char **argv) {
  // A limit on file sizes is reported as an error of the write, not as a death.
  std::signal(SIGXFSZ, SIG_IGN);
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
      return runCommand(command, {words.begin() + 1, words.end()});
  std::fprintf(stderr, "gradus: unknown command \"%s\"\n%s", words[0].substr(0, 60).c_str(),
               overview().c_str());
  return 2;
}
