"""One DAG for each operator alone; copy one into your DAGs folder and put your account's id into it."""
