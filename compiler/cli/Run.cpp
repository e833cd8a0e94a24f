#include "compiler/cli/Run.h"

#include "compiler/graph/GraphError.h"

#include <csignal>
#include <cstdio>
#include <new>

namespace gradus::tool {

int runCommand(const CommandText &text, const std::vector<std::string> &words,
               const std::function<int(const Arguments &)> &run) {
  // A limit on file sizes is reported as an error of the write, not as a death.
  std::signal(SIGXFSZ, SIG_IGN);
  auto say = [&](const char *what) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s%s: %s\n", std::string(text.program).c_str(), std::string(text.name).c_str(), what);
  };
  try {
    for (const std::string &word : words)
      if (word == "--help" || word == "-h") {
        std::fputs(text.help().c_str(), stdout);
        return 0;
      }
    return run(Arguments(text, words));
  } catch (const UsageError &error) {
    say(error.what());
    std::fputs(text.usage().c_str(), stderr);
    return 2;
  } catch (const GraphError &error) {
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

} // namespace gradus::tool
