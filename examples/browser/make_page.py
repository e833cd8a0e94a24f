#!/usr/bin/env python3
"""usage: make_page.py INDEX.html MODEL.wasm OUTPUT.html

Puts everything that a page refers to into one file, which works from a disk without a server: style sheets and
scripts from beside it, and the model in base64."""

import base64
import re
import sys
from pathlib import Path


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    index, model, output = map(Path, sys.argv[1:])

    def inline(tag, begin, end):
        text = (index.parent / tag[1]).read_text()
        if end in text:
            sys.exit(f"make_page.py: {tag[1]} contains {end}")
        return f"{begin}\n{text}{end}"

    page = index.read_text()
    page = re.sub(r'<link rel="stylesheet" href="([\w.]+)">', lambda tag: inline(tag, "<style>", "</style>"), page)
    data = base64.b64encode(model.read_bytes()).decode()
    page = re.sub(r'(<script id="wasm" type="[\w/-]+") src="[\w.]+">', lambda tag: f"{tag[1]}>{data}", page)
    page = re.sub(r'<script src="([\w.]+)"></script>', lambda tag: inline(tag, "<script>", "</script>"), page)
    output.write_text(page)


if __name__ == "__main__":
    main()
