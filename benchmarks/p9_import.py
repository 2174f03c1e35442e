"""``python p9_import.py <module>``: load a module where any DAG file's are there already, and print the cost."""

from __future__ import annotations

import importlib
import json
import sys
import time

import requests
from airflow.sdk import DAG, BaseOperator

before = set(sys.modules)
cpu, wall = time.process_time(), time.perf_counter()
importlib.import_module(sys.argv[1])
took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
print(json.dumps(took | {"modules": len(set(sys.modules) - before)}))
