# Sourced by run and bench/run: starts PostgreSQL, the localnet and the cluster on loopback, and stops them again.
# State is in $data; every process dies with this shell, and what a killed shell left behind is ended first.

services=()

# random_bytes N: N random bytes in hex.
random_bytes() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

# secret FILE N: the N bytes in FILE in hex, made at first use, mode 0600.
secret() {
  [ -s "$1" ] || (umask 077 && random_bytes "$2" >"$1.new" && mv "$1.new" "$1")
  cat "$1"
}

# end_leftover NAME: ends the process that an earlier, killed shell left under that name.
end_leftover() {
  local file=$data/$1.pid pid start
  [ -s "$file" ] || return 0
  read -r pid start <"$file"
  if [ "$(started_at "$pid")" = "$start" ]; then
    step "ending the $1 that an earlier run left behind"
    end_process "$pid"
  fi
  rm -f "$file"
}

# started_at PID: when the process started, in clock ticks since boot; nothing where it is gone.
started_at() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# end_process PID: asks it to end, and insists after 25 seconds.
end_process() {
  local waited=0
  kill -"${2:-TERM}" "$1" 2>/dev/null || return 0
  while kill -0 "$1" 2>/dev/null && [ "$(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null)" != Z ]; do
    sleep 0.05
    waited=$((waited + 1))
    [ "$waited" -lt 500 ] || { kill -KILL "$1" 2>/dev/null; break; }
  done
}

# serve NAME COMMAND ...: starts a service in the background, its output in $data/NAME.log.
serve() {
  local name=$1
  shift
  # Descriptor 9 is the lock on $data, which must end with this shell.
  setsid setpriv --pdeathsig TERM "$@" >>"$data/$name.log" 2>&1 9>&- &
  echo "$! $(started_at $!)" >"$data/$name.pid"
  # The shell would report the death of a job of its own in words of its own.
  disown $!
  services+=("$name")
}

# alive NAME: whether a service still runs.
alive() {
  local pid start
  read -r pid start <"$data/$1.pid" && [ "$(started_at "$pid")" = "$start" ]
}

# await NAME SECONDS COMMAND ...: waits until the command succeeds; fails with the end of the log where it never does.
await() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ "$SECONDS" -ge "$end" ]; then
      tail -n 5 "$data/$name.log" >&2
      fail "the $name did not start; its log is $data/$name.log"
    fi
    sleep 0.05
  done
}

# free_ports [N]: loopback ports that nothing listens on, a line each; one where no number is given.
free_ports() {
  node -e 'for(let n=+process.argv[1];n>0;n--){const s=require("net").createServer().listen(0,"127.0.0.1",()=>{
    console.log(s.address().port);setTimeout(()=>s.close(),100)})}' "${1:-1}"
}

# free PORT: fails where somebody listens there already.
free() {
  node -e 'require("net").connect(process.argv[1],"127.0.0.1").on("connect",()=>process.exit(1)).on("error",()=>process.exit(0))' "$1" ||
    fail "something listens on 127.0.0.1:$1 already; stop it and start again"
}

# as_postgres COMMAND ...: as a user that PostgreSQL accepts, who may pass through folders that are root's alone.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups \
      --inh-caps=+dac_read_search --ambient-caps=+dac_read_search "$@"
  else
    "$@"
  fi
}

# start_postgres [CONNECTIONS]: a private server under $data/postgres, for so many connections; sets $database_port and
# $database_password, and tells the cluster.
start_postgres() {
  local bin folder=$data/postgres
  bin=$(postgres_bin)
  database_password=$(secret "$data/postgres.password" 24)
  end_leftover postgres
  if [ ! -e "$folder/PG_VERSION" ]; then
    step "making a private PostgreSQL under $folder"
    rm -rf "$folder" && mkdir -p "$folder" && chmod 700 "$folder"
    [ "$(id -u)" -ne 0 ] || chown postgres:postgres "$folder"
    as_postgres "$bin/initdb" --pgdata "$folder" --username cluster --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 \
      --pwfile <(echo "$database_password") >"$data/initdb.log" 2>&1 ||
      { tail -n 3 "$data/initdb.log" >&2; rm -rf "$folder"; fail "initdb failed; its log is $data/initdb.log"; }
  fi
  database_port=$(free_ports)
  step "starting PostgreSQL on 127.0.0.1:$database_port"
  serve postgres $(postgres_user) "$bin/postgres" -D "$folder" -p "$database_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections="${1:-100}" -c shared_buffers=256MB -c max_wal_size=2GB -c wal_compression=on
  await postgres 60 "$bin/pg_isready" -q -h 127.0.0.1 -p "$database_port"
  [ -n "$(query postgres "select 1 from pg_database where datname = 'cluster'")" ] ||
    query postgres 'create database cluster' ||
    fail "the database could not be made; see $data/postgres.log"
  export ConnectionStrings__Cluster="Host=127.0.0.1;Port=$database_port;Username=cluster;Password=$database_password;Database=cluster"
}

# query DATABASE SQL: what the statement answers.
query() { PGPASSWORD=$database_password "$(postgres_bin)/psql" -h 127.0.0.1 -p "$database_port" -U cluster -d "$1" -qAt -c "$2"; }

# postgres_user: the options of setpriv that make a service the database's user; none where this is not root.
postgres_user() {
  [ "$(id -u)" -ne 0 ] || echo --reuid=postgres --regid=postgres --clear-groups \
    --inh-caps=+dac_read_search --ambient-caps=+dac_read_search --
}

# start_localnet SLOT_MS: sets $rpc, and tells the cluster how long a slot takes.
start_localnet() {
  end_leftover localnet
  local port
  port=$(free_ports)
  rpc=http://127.0.0.1:$port
  step "starting the localnet on 127.0.0.1:$port (slots of $1 ms)"
  serve localnet node localnet/main.mjs --port "$port" --slot-ms "$1" --ledger "$data/ledger"
  export Cluster__Solana__SlotDuration
  printf -v Cluster__Solana__SlotDuration '00:00:%02d.%03d' $(($1 / 1000)) $(($1 % 1000))
  await localnet 30 rpc_healthy
}

rpc_healthy() {
  node -e 'fetch(process.argv[1],{method:"POST",headers:{"content-type":"application/json"},
    body:`{"jsonrpc":"2.0","id":1,"method":"getHealth"}`}).then(r=>r.json()).then(r=>process.exit(r.result==="ok"?0:1),()=>process.exit(1))' "$rpc"
}

# start_cluster: gateway and grains in one process; sets $servers, what a client takes as --server.
start_cluster() {
  end_leftover_cluster
  free 5000
  free 8080
  step "starting the cluster (gRPC 127.0.0.1:5000, HTTP 127.0.0.1:8080)"
  servers=http://127.0.0.1:5000
  export Cluster__StateDirectory=$data SOLANA_RPC_URL=$rpc WALLET_ENCRYPTION_KEY
  WALLET_ENCRYPTION_KEY=$(secret "$data/wallet-encryption.key" 32)
  serve cluster dotnet gateway/bin/Release/net10.0/cluster-gateway.dll
  await cluster 60 ready 8080
}

# end_leftover_cluster: ends what earlier, killed shells left of a cluster of either host.
end_leftover_cluster() {
  local file
  for file in "$data"/{cluster,silo-*,gateway-*}.pid; do end_leftover "$(basename "$file" .pid)"; done
}

# ready PORT: whether the process that serves HTTP there can take calls.
ready() { node -e 'fetch(`http://127.0.0.1:${process.argv[1]}/health/ready`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "$1"; }

# stop_services: in the reverse order of their start.
stop_services() {
  local i pid start
  for ((i = ${#services[@]} - 1; i >= 0; i--)); do
    if read -r pid start <"$data/${services[i]}.pid" 2>/dev/null; then
      # PostgreSQL takes INT as "now, but cleanly"; TERM would wait for clients.
      if [ "${services[i]}" = postgres ]; then end_process "$pid" INT; else end_process "$pid"; fi
      rm -f "$data/${services[i]}.pid"
    fi
  done
  services=()
}
