# Sourced by `run`: Redis and PostgreSQL for the tests that talk to them. One that already answers on its usual port is
# used as it is; otherwise a private one is started in a temporary folder, and ended with this script.

services_folder="$(mktemp -d)"

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

apt_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root apt-get update -q
  # Debian would start a service of its own for each package.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy --no-install-recommends "$@"
}

start_redis() {
  if [ -n "${REDIS_URL:-}" ] || answers "${1:-6379}"; then return 0; fi
  command -v redis-server >/dev/null 2>&1 || apt_install redis-server || return 1
  local port
  port="$(free_port)"
  redis-server --daemonize yes --bind 127.0.0.1 --port "$port" --save "" --appendonly no \
    --dir "$services_folder" --pidfile "$services_folder/redis.pid" --logfile "$services_folder/redis.log" || return 1
  export REDIS_URL="redis://127.0.0.1:$port"
  say "Redis started at $REDIS_URL"
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start_postgres() {
  if [ -n "${POSTGRES_URL:-}" ] || answers "${1:-5432}"; then return 0; fi
  [ -n "$(postgres_bin)" ] || apt_install postgresql || return 1
  local bin port
  bin="$(postgres_bin)"
  port="$(free_port)"
  postgres_data="$services_folder/postgres"
  mkdir -p "$postgres_data"
  if [ "$(id -u)" -eq 0 ]; then chmod 755 "$services_folder" && chown postgres "$postgres_data"; fi
  as_postgres "$bin/initdb" -D "$postgres_data" -U postgres -A trust >"$services_folder/initdb.log" || return 1
  as_postgres "$bin/pg_ctl" -D "$postgres_data" -w -l "$postgres_data/log" \
    -o "-p $port -h 127.0.0.1 -k $postgres_data" start >/dev/null || return 1
  export POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
  say "PostgreSQL started at $POSTGRES_URL"
}

stop_services() {
  if [ -f "$services_folder/redis.pid" ]; then kill "$(cat "$services_folder/redis.pid")" 2>/dev/null; fi
  if [ -n "${postgres_data:-}" ]; then
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_data" -m immediate stop >/dev/null 2>&1
  fi
  rm -rf "$services_folder"
}
trap stop_services EXIT
