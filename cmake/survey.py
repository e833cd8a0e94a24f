#!/usr/bin/env python3
"""survey.py RECORDS.json NAMES_FOLDER FOLDER: writes FOLDER/survey.md and FOLDER/survey.html.

What Gradus has under which name, and what it lacks, seen from PyTorch, TensorFlow, NumPy and ONNX. RECORDS.json is the
dump of the dialect's records by llvm-tblgen; NAMES_FOLDER holds a list of names for each library. With --check, nothing is
written; the exit status says whether what is there is fresh.
"""

import html
import json
import pathlib
import re
import sys

LIBRARIES = {"pytorch": "PyTorch", "tensorflow": "TensorFlow", "numpy": "NumPy", "onnx": "ONNX"}
INNER = {"gradients", "kernel", "yield", "assign", "broadcast"}  # of programs, not of users


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def rows(records):
    """One row for each op and each function: names, summary, whether it is an op, its counterparts."""
    result = []
    for record in records.values():
        if not isinstance(record, dict) or "Gradus_Counterparts" not in record.get("!superclasses", []):
            continue
        op = "opName" in record
        name = record["opName"] if op else record["name"]
        result.append({"name": camel(name) if op else name, "op": f"gradus.{name}" if op else "",
                       "summary": record["summary"],
                       **{key: [n.strip() for n in record[key].split(",") if n.strip()] for key in LIBRARIES}})
    return sorted(result, key=lambda row: row["name"].lower())


def aliases(library, name):
    """Other names of the same thing: a method for a function, one module's for another's."""
    yield name
    if library == "pytorch":
        last = name.rsplit(".", 1)[-1]
        if re.fullmatch(r"torch\.(Tensor\.|special\.|functional\.)?\w+", name):
            yield from (f"torch.{last}", f"torch.Tensor.{last}", f"torch.special.{last}")
    if library == "tensorflow":
        last = name.rsplit(".", 1)[-1]
        if re.fullmatch(r"tf\.(math\.|nn\.)?\w+", name):
            yield from (f"tf.{last}", f"tf.math.{last}")


def lacking(library, names, table):
    known = {alias for row in table for name in row[library] for alias in aliases(library, name)}
    return [name for name in names if not known.intersection(aliases(library, name))]


def markdown(table, missing, totals):
    out = ["<!-- Generated from the records; build the target `docs`. -->", "# Survey of names", "",
           "What an operation of Gradus is called elsewhere, and what Gradus lacks. `survey.html` is the same page with a search",
           "field. Ops are described in [ops.md](ops.md); rows without an op are functions of the C++ API that build several.", ""]
    for key, title in LIBRARIES.items():
        out.append(f"- {title}: Gradus has {totals[key] - len(missing[key])} of {totals[key]} names.")
    out += ["", "## What Gradus has", "", "| C++ | op | what | " + " | ".join(LIBRARIES.values()) + " |",
            "|---|---|---|" + "---|" * len(LIBRARIES)]
    for row in table:
        cells = [f"`{row['name']}`", f"`{row['op']}`" if row["op"] else "", row["summary"].replace("|", "\\|")]
        cells += [", ".join(f"`{n}`" for n in row[key]) for key in LIBRARIES]
        out.append("| " + " | ".join(cells) + " |")
    for key, title in LIBRARIES.items():
        out += ["", f"## What Gradus lacks of {title}", "", ", ".join(f"`{n}`" for n in missing[key]) or "Nothing."]
    return "\n".join(out) + "\n"


PAGE = """<!DOCTYPE html>
<!-- Generated from the records; build the target `docs`. -->
<html lang="en"><head><meta charset="utf-8"><title>Gradus: survey of names</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1f24; }}
input {{ font: inherit; width: 100%; padding: .6rem .8rem; border: 1px solid #8c959f; border-radius: 6px; box-sizing: border-box; }}
table {{ border-collapse: collapse; width: 100%; margin: 1rem 0; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4; }}
th {{ position: sticky; top: 0; background: #fff; }}
code {{ font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }}
.lacking code {{ display: inline-block; margin: 0 .6rem .2rem 0; color: #9a3412; }}
#answer {{ min-height: 1.5em; color: #57606a; }}
</style></head><body>
<h1>Survey of names</h1>
<p>Type a name of PyTorch, TensorFlow, NumPy, ONNX or Gradus: what Gradus has for it, and what it lacks.</p>
<input id="query" type="search" placeholder="torch.cumsum, reduce_sum, softmax ..." autofocus aria-label="name">
<p id="answer" aria-live="polite">{totals}</p>
<h2>What Gradus has</h2>
<table><thead><tr><th>C++</th><th>what</th>{heads}</tr></thead><tbody id="has">
{rows}
</tbody></table>
<h2>What Gradus lacks</h2>
{lacking}
<script>
const query = document.getElementById("query"), answer = document.getElementById("answer"), about = answer.textContent;
const rows = [...document.querySelectorAll("#has tr")].map(e => [e, e.textContent.toLowerCase()]);
const names = [...document.querySelectorAll(".lacking code")].map(e => [e, e.textContent.toLowerCase()]);
function filter() {{
  const text = query.value.trim().toLowerCase();
  const show = list => list.filter(([e, t]) => !(e.hidden = !t.includes(text))).length;
  const has = show(rows), lacks = show(names);
  answer.textContent = text ? `${{has}} in Gradus, ${{lacks}} lacking` : about;
}}
query.addEventListener("input", filter);
</script>
</body></html>
"""


def page(table, missing, totals):
    def codes(names):
        return " ".join(f"<code>{html.escape(n)}</code>" for n in names)

    def cells(row):
        link = f'<a href="ops.md"><code>{row["name"]}</code></a>' if row["op"] else f'<code>{row["name"]}</code>'
        return (f"<tr><td>{link}<br><code>{row['op']}</code></td><td>{html.escape(row['summary'])}</td>"
                + "".join(f"<td>{codes(row[key])}</td>" for key in LIBRARIES) + "</tr>")

    return PAGE.format(
        totals="; ".join(f"{title}: {totals[key] - len(missing[key])} of {totals[key]} names"
                         for key, title in LIBRARIES.items()),
        heads="".join(f"<th>{title}</th>" for title in LIBRARIES.values()),
        rows="\n".join(cells(row) for row in table),
        lacking="\n".join(f'<h3>{title}</h3>\n<p class="lacking">{codes(missing[key])}</p>'
                          for key, title in LIBRARIES.items()))


def main(arguments):
    check = "--check" in arguments
    paths = [pathlib.Path(a) for a in arguments if a != "--check"]
    if len(paths) != 3:
        sys.exit(__doc__)
    table = [row for row in rows(json.loads(paths[0].read_text())) if row["name"] not in INNER]
    names = {key: (paths[1] / f"{key}.txt").read_text().split() for key in LIBRARIES}
    missing = {key: lacking(key, names[key], table) for key in LIBRARIES}
    totals = {key: len(names[key]) for key in LIBRARIES}
    stale = False
    for file, text in (("survey.md", markdown(table, missing, totals)), ("survey.html", page(table, missing, totals))):
        target = paths[2] / file
        if check:
            if not target.exists() or target.read_text() != text:
                print(f"{target} is stale: build the target docs")
                stale = True
        else:
            target.write_text(text)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
