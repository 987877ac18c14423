# Sourced by run: the Orleans host on this machine, silos and two gateways, each started again where it ends.

# start_orleans SILOS: sets $servers, what a client takes as --server.
start_orleans() {
  local name port n members=()
  end_leftover_cluster
  forget_silos
  for port in 5000 5001 8080 8081; do free "$port"; done
  export SOLANA_RPC_URL=$rpc Cluster__StateDirectory=$data
  readarray -t silo_ports < <(free_ports $((3 * $1)))
  servers=http://127.0.0.1:5000,http://127.0.0.1:5001
  for ((n = 1; n <= $1; n++)); do members+=("silo-$n"); done

  step "starting $1 silos"
  for name in "${members[@]}"; do start_member "$name"; done
  for name in "${members[@]}"; do await "$name" 120 ready "$(http_port "$name")"; done
  for name in gateway-1 gateway-2; do
    # One after the other: the first to come makes the administrator's key.
    step "starting $name (gRPC 127.0.0.1:$(grpc_port "$name"), HTTP 127.0.0.1:$(http_port "$name"))"
    start_member "$name"
    await "$name" 60 ready "$(http_port "$name")"
  done
  oversee "${members[@]}" gateway-1 gateway-2
}

# start_member NAME: silo-N or gateway-N, on the same ports however often it is started: a silo that comes back to its own
# address is known to have been restarted, one at another address would have to wait until its predecessor is given up.
start_member() {
  local program=(dotnet orleans/bin/Release/net10.0/cluster-orleans.dll)
  local -x Cluster__Http__Port
  Cluster__Http__Port=$(http_port "$1")
  case $1 in
    silo-*)
      local -x Cluster__Orleans__SiloPort=${silo_ports[3 * (${1#silo-} - 1) + 1]}
      local -x Cluster__Orleans__GatewayPort=${silo_ports[3 * (${1#silo-} - 1) + 2]}
      local -x WALLET_ENCRYPTION_KEY
      WALLET_ENCRYPTION_KEY=$(secret "$data/wallet-encryption.key" 32)
      serve "$1" "${program[@]}" silo
      ;;
    gateway-*)
      local -x Cluster__Grpc__Port
      Cluster__Grpc__Port=$(grpc_port "$1")
      serve "$1" "${program[@]}" gateway
      ;;
  esac
}

# grpc_port GATEWAY: 5000, 5001, …
grpc_port() { echo $((4999 + ${1#gateway-})); }

# http_port NAME: of a gateway 8080, 8081, …; of a silo, which serves health and metrics there, a free one.
http_port() {
  case $1 in
    silo-*) echo "${silo_ports[3 * (${1#silo-} - 1)]}" ;;
    gateway-*) echo $((8079 + ${1#gateway-})) ;;
  esac
}

# forget_silos: no silo runs now, and one that came would first try to reach those that a killed run left in the books.
forget_silos() {
  [ -z "$(query cluster "select to_regclass('orleans_clusters')")" ] || query cluster 'delete from orleans_clusters'
}

# oversee NAME ...: in the background, starts each of them again a second after it ended, as long as this shell lives.
oversee() {
  (
    while sleep 1 && [ -d "/proc/$$" ]; do
      for name in "$@"; do
        alive "$name" && continue
        step "$name has ended; starting it again (its log is $data/$name.log)"
        start_member "$name"
      done
    done
  ) 9>&- &
  echo "$! $(started_at $!)" >"$data/overseer.pid"
  services+=(overseer)
}
