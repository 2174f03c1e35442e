"""One mapped task for each document, as Airflow's documentation shows it; the tasks themselves do nothing."""

from __future__ import annotations

from airflow.sdk import dag, task

DOCUMENTS = 100


@dag(dag_id="mapped", schedule=None)
def mapped() -> None:
    """Build a DAG that lists, with one mapped task per document."""

    @task
    def documents() -> list[int]:
        return list(range(DOCUMENTS))

    @task
    def move(uid: int) -> int:
        return uid

    move.expand(uid=documents())


mapped()
