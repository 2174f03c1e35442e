"""DAG file of the peer: ``YAML`` names its file or its folder of files."""

from __future__ import annotations

import os
from pathlib import Path

from dagfactory import load_yaml_dags

_described = Path(os.environ["YAML"])
if _described.is_dir():
    load_yaml_dags(globals_dict=globals(), dags_folder=str(_described), defaults_config_path=str(_described))
else:
    load_yaml_dags(globals_dict=globals(), config_filepath=str(_described))
