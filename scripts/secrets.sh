#!/bin/sh
# Creates the secrets of docker-compose.yml in the folder `secrets`, or in the given folder. Existing files are kept, so it
# can run again. Files are world-readable, because containers see these permissions; the folder is accessible only to you.
set -eu
folder="${1:-$(dirname "$0")/../secrets}"
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

# Prints 32 random bytes in hexadecimal, which need no escaping in a URL.
random() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# keep NAME VALUE: writes the file atomically unless it exists.
keep() {
  [ -e "$1" ] && return
  printf '%s\n' "$2" > "$1.new"
  chmod 444 "$1.new"
  mv "$1.new" "$1"
}

keep postgres_password "$(random)"
keep migration_database_url "postgres://tidegate:$(cat postgres_password)@postgres:5432/tidegate"
for schema in gateway identity access_flow; do
  keep "${schema}_database_url" "postgres://tidegate_$schema:$(random)@postgres:5432/tidegate"
done
for service in gateway identity access_flow; do
  keep "${service}_amqp_url" "amqp://tidegate_$service:$(random)@rabbitmq:5672/"
done
keep rabbitmq_admin_password "$(random)"
keep tidegate_api_key "$(random)"
keep tidegate_encryption_key "$(random)"
