"""What the tests of the gradus tool share: they run it as a user does, in a folder of their own."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = sys.argv[1] if len(sys.argv) > 1 else "gradus"


def run_tests():
    """Runs the tests of the calling script; its first argument was the tool."""
    unittest.main(module="__main__", argv=[sys.argv[0]] + sys.argv[2:])


def read_safetensors(path):
    """Header and tensors (as bytes) by the format's own description, without our reader."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    body = data[8 + length :]
    tensors = {}
    for name, record in header.items():
        begin, end = record["data_offsets"]
        tensors[name] = (record["dtype"], tuple(record["shape"]), body[begin:end])
    return metadata, tensors


class ToolTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="gradus-tool-")
        self.folder = Path(self._folder.name)
        # A cache of its own: tests neither use nor fill the user's.
        self.cache = self.folder / "cache"
        self.environment = dict(os.environ, GRADUS_CACHE=str(self.cache))

    def tearDown(self):
        self._folder.cleanup()

    def start(self, *words, **options):
        return subprocess.Popen(
            [GRADUS, *map(str, words)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run_tool(self, *words, status=0, **options):
        """Output and errors of one run; its exit status must be as said."""
        process = self.start(*words, **options)
        out, errors = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, f"{words}\n{out}\n{errors}")
        return out, errors

    def assertUsage(self, errors, expected):
        lines = errors.splitlines()
        self.assertIn(expected, lines[0])
        self.assertTrue(lines[1].startswith("usage: gradus "), errors)

    def assertOneLine(self, errors, *expected):
        self.assertEqual(len(errors.splitlines()), 1, errors)
        for text in expected:
            self.assertIn(text, errors)

    def summary(self):
        return json.loads((self.folder / "gradus-run/summary.json").read_text())
