"""Where Gradus follows another documented convention than PyTorch: ../conventions.json.

A list of {"op", "array", "tag", "reason"}: in cases of this op with this tag (special or nonsmooth),
this array (a pattern of names such as "grad.*") may differ. Smooth cases have no conventions."""
import fnmatch
import functools
import json
from pathlib import Path

TAGS = ("special", "nonsmooth", "ties")


@functools.lru_cache(maxsize=None)
def documented():
    with open(Path(__file__).parent.parent / "conventions.json", encoding="utf-8") as file:
        entries = json.load(file)
    for entry in entries:
        if entry["tag"] not in TAGS or not entry["reason"]:
            raise ValueError(f"conventions.json: {entry}: a convention has a reason and one of the tags {TAGS}")
    return entries


def of(case, array):
    for entry in documented():
        if (entry["op"] == case["op"] and entry["tag"] in case["tags"] and fnmatch.fnmatch(array, entry["array"])
                and fnmatch.fnmatch(case["case"], entry.get("case", "*"))):
            return entry["reason"]
    return None
