"""Does what docs/embedded.md says: writes its files, runs its commands, in their order, in an empty folder.
    embedded_test.py docs/embedded.md TOOL"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE, GRADUS = Path(sys.argv[1]).read_text(), Path(sys.argv[2]).resolve()
SKIPPED = 77


def blocks():
    """The fenced blocks as (language, name of the file or "", text). Files count from the begin of the page."""
    found = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", PAGE, re.M | re.S)
    return sorted(found, key=lambda block: not block[1])


def main():
    with tempfile.TemporaryDirectory(prefix="gradus-embedded-") as name:
        folder = Path(name)
        tools = folder / ".tools"
        tools.mkdir()
        (tools / "gradus").symlink_to(GRADUS)
        for tool in ("clang", "ld.lld"):  # Debian has them with the version in the name
            found = shutil.which(f"{tool}-19") or shutil.which(tool, path="/usr/lib/llvm-19/bin") or shutil.which(tool)
            if not found:
                print(f"skipped: {tool}: not installed")
                return SKIPPED
            (tools / tool).symlink_to(found)
        if not shutil.which("qemu-system-arm"):
            print("skipped: qemu-system-arm: not installed")
            return SKIPPED
        environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}", GRADUS_CACHE="off")
        output = ""
        for language, file, text in blocks():
            if file:
                (folder / file).write_text(text)
            elif language == "sh":
                for command in text.splitlines():
                    print(f"$ {command}", flush=True)
                    done = subprocess.run(command, shell=True, cwd=folder, env=environment, timeout=120,
                                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
                    print(done.stdout + done.stderr, flush=True)
                    if done.returncode:
                        print(f"exit status {done.returncode}")
                        return 1
                    output += done.stdout + done.stderr
        # What the page prints, but for numbers that change with the compiler.
        for needed in (r"^bytes +code +constants +state +arena +stack$", r"^digits_step ", r"^needs of others: nothing$",
                       r"^ok; right: \d+ of 1000$", r"^ok \d"):
            if not re.search(needed, output, re.M):
                print(f"nothing printed matches {needed}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
