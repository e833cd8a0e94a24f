#!/usr/bin/env python3
"""usage: browser_test.py PAGE.html PICTURE.png

Opens the page in a Chromium without a screen: it must learn, and draw its curve and its mistakes. Leaves a picture of
it. Ends with 77 where there is no Chromium."""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STEPS = 300


def main():
    page, picture = map(Path, sys.argv[1:])
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        print("skipped: chromium: not installed")
        sys.exit(77)

    def browse(*words):
        with tempfile.TemporaryDirectory(prefix="gradus-browser-") as profile:
            # Time is the page's own: it goes on when nothing is left to do, so that nothing has to be waited for.
            done = subprocess.run(
                [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--window-size=1150,900", f"--user-data-dir={profile}", "--virtual-time-budget=60000", *words,
                 f"{page.resolve().as_uri()}#steps={STEPS}"],
                capture_output=True, text=True, timeout=120)
        return done.stdout, done.stderr

    dom, said = browse("--dump-dom")
    error = re.search(r'<p id="error"[^>]*>([^<]+)', dom)
    if error:
        sys.exit(f"the page says: {html.unescape(error[1])}")
    found = re.search(r'<output id="result"[^>]*>([^<]+)', dom)
    if not found:
        sys.exit(f"the page left no result\n{dom[-2000:]}\n{said[-2000:]}")
    result = json.loads(html.unescape(found[1]))
    print(json.dumps(result, indent=1))
    expectations = {
        "all steps were made": result["steps"] == STEPS,
        "ten classes are equally likely at first": 1.8 < result["firstLoss"] < 4,
        "the loss falls": result["lastLoss"] < 0.5,
        "nine digits of ten are read": result["accuracy"] > 0.9,
        "a few are not": result["mistakes"] == round(512 * (1 - result["accuracy"])) > 0,
        "curves are drawn": min(result["drawn"]["loss-curve"], result["drawn"]["accuracy-curve"]) > 2000,
        "mistakes are drawn": result["drawn"]["mistakes"] > 56 * 56 * min(result["mistakes"], 30),
        "nothing comes from elsewhere": not re.search(r'(?:src|href)="', dom),
    }
    for expectation, holds in expectations.items():
        if not holds:
            sys.exit(f"expected: {expectation}")

    picture.unlink(missing_ok=True)
    browse(f"--screenshot={picture}")
    if not picture.is_file() or picture.stat().st_size < 10000:
        sys.exit(f"no picture in {picture}")
    print(f"a picture of the page: {picture}")


if __name__ == "__main__":
    main()
