# One image for all of Airflow's components, with the provider and its DAG file in it.
#
#   app      what docker-compose.yaml runs
#   sandbox  the same with the sandbox of both services, for the profile "sandbox"

FROM python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS wheel
WORKDIR /source
COPY requirements.txt requirements-celery.txt requirements-dev.txt ./
RUN pip install --no-cache-dir --constraint requirements-dev.txt hatchling
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY plugins plugins
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel .

FROM python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS app
# Without MALLOC_ARENA_MAX, glibc keeps freed memory apart for up to eight threads of a processor.
ENV AIRFLOW_HOME=/opt/airflow \
    MALLOC_ARENA_MAX=2 \
    PATH=/opt/airflow/docker:$PATH \
    PYTHONUNBUFFERED=1 \
    USER=airflow
WORKDIR /opt/airflow
COPY requirements.txt requirements-celery.txt requirements-fab.txt requirements-compose.txt ./
RUN pip install --no-cache-dir --requirement requirements-compose.txt
COPY --from=wheel /wheel /wheel
RUN pip install --no-cache-dir --no-deps /wheel/*.whl
COPY dags/debitoor_sync.py dags/
COPY --chmod=755 docker docker
# Airflow's Helm chart runs these two by their paths in the image of Airflow.
COPY --chmod=755 docker/entrypoint docker/clean-logs /
# Whoever runs it is in group 0 and owns nothing else; new volumes take these folders' owner and rights.
RUN useradd --uid 50000 --gid 0 --no-create-home --home-dir /opt/airflow airflow \
    && mkdir accounts logs \
    && chown -R airflow:0 . \
    && chmod -R g=u .
USER 50000:0

FROM app AS sandbox
USER 0
COPY requirements-dev.txt ./
RUN pip install --no-cache-dir --constraint requirements-dev.txt "airflow-provider-debitoor[sandbox]" \
    && mkdir sandbox-data && chown airflow:0 sandbox-data && chmod g=u sandbox-data
USER 50000:0
