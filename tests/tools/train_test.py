"""gradus train, as a user calls it."""

import gzip
import resource
import signal
import struct
import time
import xml.etree.ElementTree
from pathlib import Path

from tool import ToolTest, read_safetensors, run_tests

# Small enough for a test, large enough for short batches and several epochs.
SMALL = ["train", "--limit", 600, "--hidden", 32, "--batch", 64, "--threads", 1]
CHECKPOINT = "gradus-run/checkpoint.safetensors"


class CommandLine(ToolTest):
    def test_wrong_lines_get_one_line_and_the_usage(self):
        for words, expected in [
            (["train", "--batch", "0"], '--batch: expected an integer from 1 to'),
            (["train", "--batch", "12x"], 'found "12x"'),
            (["train", "--epochs", "1000000000000"], "--epochs: expected an integer from 1"),
            (["train", "--lr", "-0.1"], "--lr: expected a number above 0"),
            (["train", "--lr", "nan"], 'found "nan"'),
            (["train", "--threads", "0"], "--threads: expected an integer from 1 to 1024"),
            (["train", "--hidden", "32,,8"], "--hidden: expected at most 16 integers"),
            (["train", "--hidden", "8", "--model", "softmax"], "only --model mlp"),
            (["train", "--model", "cnn"], 'linear, softmax or mlp, found "cnn"'),
            (["train", "--optimizer", "sdg"], "sgd, momentum, nesterov, adam or adamw"),
            (["train", "--epoch", "3"], "did you mean --epochs?"),
            (["train", "--epochs"], "--epochs: expected N, found nothing"),
            (["train", "--epochs", "1", "--epochs", "2"], "given twice"),
            (["train", "--no-cache=yes"], "takes no value"),
            (["train", "-x"], 'unknown option "-x"'),
            (["train", "data"], 'unexpected argument "data"'),
            (["train", "--target", "y"], "--target: only a table has columns"),
            (["train", "--plot", "a", "--summary", "a"], "expected three files"),
            (["fly"], 'unknown command "fly"'),
        ]:
            with self.subTest(words=words):
                out, errors = self.run_tool(*words, status=2)
                self.assertUsage(errors, expected)
                self.assertEqual(out, "")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_help_and_version(self):
        self.assertIn("train", self.run_tool("--help")[0])
        page = self.run_tool("train", "--help")[0]
        for option in ["--data", "--target", "--model", "--hidden", "--resume", "--summary"]:
            self.assertIn(option, page)
        self.assertTrue(self.run_tool("--version")[0].startswith("gradus 0."))


class Training(ToolTest):
    def test_says_what_it_did_and_saves_it(self):
        out, errors = self.run_tool(*SMALL, "--epochs", 3)
        self.assertEqual(errors, "")
        for text in ["compiled", "kernels", "arena", "lower bound", "epoch 1/3", "test accuracy",
                     "samples/s", "GFLOP/s", "FMA peak", "gradus-run/curves.svg", CHECKPOINT]:
            self.assertIn(text, out)
        self.assertNotIn("\r", out)
        self.assertNotIn("\033", out)

        summary = self.summary()
        for key in ["test_accuracy", "train_loss", "steps_per_second", "samples_per_second",
                    "gflops", "compile_ms", "cache_hit", "kernels", "arena_bytes",
                    "arena_lower_bound_bytes", "parameter_bytes", "threads", "cpu", "peak_share"]:
            self.assertIn(key, summary)
        self.assertEqual(len(summary["train_loss"]), 3)
        self.assertLess(summary["train_loss"][2], summary["train_loss"][0])
        self.assertEqual(summary["parameter_bytes"], 4 * (785 * 32 + 33 * 10))
        self.assertEqual(summary["threads"], 1)
        self.assertLessEqual(summary["arena_lower_bound_bytes"], summary["arena_bytes"])
        self.assertEqual(sum(map(sum, summary["confusion"])), summary["test_samples"])

        picture = xml.etree.ElementTree.parse(self.folder / "gradus-run/curves.svg")
        self.assertTrue(picture.getroot().tag.endswith("svg"))
        metadata, tensors = read_safetensors(self.folder / CHECKPOINT)
        self.assertIn("checksum", metadata)
        self.assertEqual(tensors["w1"][:2], ("F32", (784, 32)))
        self.assertEqual(tensors["b2"][:2], ("F32", (10,)))

    def test_every_model_and_optimizer_learns(self):
        for model in ["linear", "softmax", "mlp"]:
            for optimizer in ["sgd", "momentum", "nesterov", "adam", "adamw"]:
                with self.subTest(model=model, optimizer=optimizer):
                    words = ["train", "--limit", 512, "--batch", 64, "--epochs", 2]
                    words += ["--model", model, "--optimizer", optimizer]
                    if model == "mlp":
                        words += ["--hidden", 32]
                    self.run_tool(*words)
                    loss = self.summary()["train_loss"]
                    self.assertLess(loss[1], loss[0])

    def test_the_cache_is_used_and_may_be_damaged(self):
        self.run_tool(*SMALL, "--epochs", 1)
        cold = self.summary()
        self.run_tool(*SMALL, "--epochs", 1)
        warm = self.summary()
        self.assertFalse(cold["cache_hit"])
        self.assertTrue(warm["cache_hit"])
        for entry in self.cache.iterdir():
            if entry.is_file():
                data = bytearray(entry.read_bytes())
                data[len(data) // 2] ^= 0xFF
                entry.write_bytes(bytes(data))
        self.run_tool(*SMALL, "--epochs", 1)
        damaged = self.summary()
        self.assertFalse(damaged["cache_hit"])
        self.run_tool(*SMALL, "--epochs", 1, "--no-cache")
        self.assertFalse(self.summary()["cache_hit"])
        self.assertEqual(warm["weights_checksum"], cold["weights_checksum"])
        self.assertEqual(damaged["weights_checksum"], cold["weights_checksum"])

    def test_the_weights_do_not_depend_on_the_threads(self):
        sums = set()
        for threads in [1, 2, 3]:
            self.run_tool("train", "--limit", 600, "--epochs", 2, "--threads", threads)
            sums.add(self.summary()["weights_checksum"])
        self.assertEqual(len(sums), 1)

    def test_a_resumed_run_ends_as_one_that_never_stopped(self):
        self.run_tool(*SMALL, "--epochs", 4)
        straight = self.summary()
        self.run_tool(*SMALL, "--epochs", 2, "--checkpoint", "half.safetensors")
        self.run_tool("train", "--resume", "half.safetensors", "--epochs", 4, "--threads", 2)
        resumed = self.summary()
        self.assertEqual(resumed["weights_checksum"], straight["weights_checksum"])
        self.assertEqual(resumed["train_loss"], straight["train_loss"])
        self.assertEqual(resumed["test_accuracy"], straight["test_accuracy"])

    def test_an_interrupt_saves_and_the_run_goes_on(self):
        epochs = 2000
        process = self.start(*SMALL, "--epochs", epochs)
        while "epoch" not in process.stdout.readline():
            pass
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        self.assertOneLine(errors, "interrupted", "--resume " + CHECKPOINT)
        done = self.summary()["epochs"]
        self.assertLess(done, epochs)
        last = done + 3
        self.run_tool("train", "--resume", CHECKPOINT, "--epochs", last)
        resumed = self.summary()
        self.run_tool(*SMALL, "--epochs", last)
        self.assertEqual(resumed["weights_checksum"], self.summary()["weights_checksum"])

    def test_a_loss_that_is_not_finite_is_said_at_once(self):
        _, errors = self.run_tool(*SMALL[:3], "--model", "linear", "--optimizer", "sgd", "--lr", 100,
                                  "--batch", 8, status=1)
        self.assertOneLine(errors, "loss is inf at epoch 1, step ")
        self.assertFalse((self.folder / CHECKPOINT).exists())


def idx(path, magic, sizes, elements):
    data = struct.pack(">I", magic) + b"".join(struct.pack(">I", s) for s in sizes) + elements
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


class Data(ToolTest):
    def table(self, name, rows, header="a,b,c,y"):
        (self.folder / name).write_text(header + "\n" + "\n".join(rows) + "\n")

    def test_a_table_of_numbers(self):
        rows = []
        for i in range(200):
            a, b, c = (i * 7) % 50, 1000 * ((i * 3) % 11), 0.001 * ((i * 5) % 7)
            rows.append(f"{a},{b},{c},{3 * a + 0.1 * b + 2000 * c + 100000}")
        self.table("t.csv", rows)
        self.run_tool("train", "--data", "t.csv", "--target", "y", "--model", "linear",
                      "--optimizer", "sgd", "--lr", 0.05, "--batch", 16, "--epochs", 40)
        self.assertGreater(self.summary()["test_r2"], 0.99)
        _, errors = self.run_tool("train", "--data", "t.csv", "--target", "y", "--model",
                                  "softmax", status=2)
        self.assertUsage(errors, "--model softmax: the target holds numbers")
        _, errors = self.run_tool("train", "--data", "t.csv", status=2)
        self.assertUsage(errors, "--target: expected the column")
        _, errors = self.run_tool("train", "--data", "t.csv", "--target", "z", status=1)
        self.assertOneLine(errors, "t.csv")

    def test_a_table_of_classes_goes_on_after_a_resumption(self):
        rows = [f"{i % 13},{(i * 7) % 5},{i},{'high' if i % 13 > 6 else 'low'}" for i in range(300)]
        self.table("t.csv", rows)
        words = ["train", "--data", "t.csv", "--target", "y", "--hidden", 16, "--batch", 32]
        self.run_tool(*words, "--epochs", 30, "--lr", 0.01)
        straight = self.summary()
        self.assertGreater(straight["test_accuracy"], 0.9)
        self.run_tool(*words, "--epochs", 11, "--lr", 0.01)
        self.run_tool("train", "--resume", CHECKPOINT, "--epochs", 30)
        self.assertEqual(self.summary()["weights_checksum"], straight["weights_checksum"])

    def folder_of_images(self):
        folder = self.folder / "images"
        folder.mkdir()
        for name, count in [("train", 96), ("t10k", 32)]:
            labels = bytes(i % 10 for i in range(count))
            pixels = b"".join(bytes((label * 25 + j) % 256 for j in range(784)) for label in labels)
            idx(folder / f"{name}-images-idx3-ubyte.gz", 0x803, [count, 28, 28], pixels)
            idx(folder / f"{name}-labels-idx1-ubyte", 0x801, [count], labels)
        return folder

    def test_idx_files(self):
        folder = self.folder_of_images()
        self.run_tool("train", "--data", folder, "--hidden", 16, "--batch", 32, "--epochs", 30)
        self.assertGreater(self.summary()["test_accuracy"], 0.5)

    def test_bad_files_get_one_line_and_overwrite_nothing(self):
        self.run_tool(*SMALL, "--epochs", 1)
        before = {p: p.read_bytes() for p in (self.folder / "gradus-run").iterdir()}

        def refused(words, *expected):
            _, errors = self.run_tool(*words, status=1)
            self.assertOneLine(errors, *expected)
            for path, content in before.items():
                self.assertEqual(path.read_bytes(), content, path)

        refused(["train", "--data", "nowhere"], "nowhere")
        refused(["train", "--data", "none.csv", "--target", "y"], "none.csv")
        images = self.folder_of_images()
        labels = images / "train-labels-idx1-ubyte"
        whole = labels.read_bytes()
        labels.write_bytes(whole[:-5])
        refused(["train", "--data", images], "train-labels-idx1-ubyte")
        labels.write_bytes(whole + b"x")
        refused(["train", "--data", images], "train-labels-idx1-ubyte")
        labels.unlink()
        refused(["train", "--data", images], "train-labels-idx1-ubyte")

        good = (self.folder / CHECKPOINT).read_bytes()
        bad = self.folder / "bad.safetensors"
        for content in [b"", good[:100], good[:-1], good + b"x", good[:500] + b"!" + good[501:],
                        good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]]:
            bad.write_bytes(content)
            refused(["train", "--resume", "bad.safetensors"], "bad.safetensors")
            self.assertEqual(bad.read_bytes(), content)
        refused(["train", "--resume", "none.safetensors"], "none.safetensors: cannot open")
        refused(["train", "--resume", CHECKPOINT, "--hidden", 64],
                "was trained with hidden [32], not [64]")
        refused(["train", "--checkpoint", "none/c.safetensors"], "none/c.safetensors: cannot write")
        refused(["train", "--plot", self.folder], "is a directory")

    def test_a_full_disk_leaves_the_old_checkpoint_whole(self):
        self.run_tool(*SMALL, "--epochs", 1)
        before = (self.folder / CHECKPOINT).read_bytes()
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))
        _, errors = self.run_tool(*SMALL, "--epochs", 2, status=1, preexec_fn=limit)
        self.assertOneLine(errors, CHECKPOINT, "cannot write")
        self.assertEqual((self.folder / CHECKPOINT).read_bytes(), before)
        self.assertEqual([p.name for p in (self.folder / "gradus-run").iterdir()
                          if p.name.startswith(".")], [])


if __name__ == "__main__":
    run_tests()
