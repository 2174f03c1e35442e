#!/bin/sh
# Make .env, the secrets and the folder of the account files; keeps what exists already.
#
#   sh docker/prepare.sh [folder]      by default the folder of docker-compose.yaml
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
cd "${1:-$source}"
umask 077

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -e "secrets/$1" ] || printf '%s\n' "$2" >"secrets/$1"; }

mkdir -p secrets
[ -d accounts ] || mkdir -m 775 accounts
[ -e .env ] || sed "s/^AIRFLOW_UID=.*/AIRFLOW_UID=$(id -u | sed 's/^0$/50000/')/" "$source/.env.example" >.env

keep postgres_password "$(random)"
keep redis_password "$(random)"
keep admin_password "$(random)"
keep api_secret "$(random)"
keep jwt_secret "$(random)"
keep fernet_key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
# Addresses with their passwords: to use a server of your own, write its address here.
keep airflow_database "postgresql+psycopg://airflow:$(random)@postgres:5432/airflow"
keep results_database "postgresql+psycopg://results:$(random)@postgres:5432/results"
keep ledger_database "postgresql+psycopg://ledger:$(random)@postgres:5432/ledger"
keep broker "redis://:$(cat secrets/redis_password)@redis:6379/0"
keep pacing "redis://:$(cat secrets/redis_password)@redis:6379/1"

if [ "$(id -u)" = 0 ]; then # the containers run as another user
    owner=$(sed -n 's/^AIRFLOW_UID=//p' .env)
    chown -R "$owner:0" accounts secrets
fi
echo "The password of the first user, $(sed -n 's/^ADMIN_USER=//p' .env), is in secrets/admin_password."
