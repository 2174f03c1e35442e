#!/usr/bin/env bash
# apache-airflow 3.3.2: in search of DAG files, every file of a bundle is opened, and one that is a ZIP archive by its
# content is a DAG file, whatever its name.
#
# Expected: DAG files are those that end in .py or .zip; the others, such as a thousand YAML files that a DAG file reads,
# cost a directory entry each.
# Seen: each look for DAG files, one in five minutes by default, opens and reads each of them, and a wheel that lies
# there is listed as a DAG file. A folder named in .airflowignore is not looked into.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apache-airflow==3.3.2
export AIRFLOW_HOME="$folder/home" AIRFLOW__CORE__LOAD_EXAMPLES=false
"$folder/venv/bin/python" - "$folder/dags" 2>/dev/null <<'PYTHON' | grep "^a look"
import sys
import zipfile
from pathlib import Path

from airflow.utils.file import list_py_file_paths

dags = Path(sys.argv[1])
(dags / "accounts").mkdir(parents=True)
(dags / "dags.py").write_text("# an airflow dag\n")
for number in range(20):
    (dags / "accounts" / f"{number}.yaml").write_text("name: account\n")
with zipfile.ZipFile(dags / "tool-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tool.py", "# reads an airflow dag\n")
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)


def look():
    opened.clear()
    listed = sorted(Path(path).name for path in list_py_file_paths(dags, safe_mode=True))
    return listed, sum(name.endswith(".yaml") for name in opened)


before = look()
(dags / ".airflowignore").write_text("accounts/\n")
after = look()
print(f"a look lists {before[0]} and opens {before[1]} of 20 YAML files, with .airflowignore {after[1]}")
assert before == (["dags.py", "tool-1.0-py3-none-any.whl"], 20), "changed"
assert after[1] == 0, "changed"
PYTHON
