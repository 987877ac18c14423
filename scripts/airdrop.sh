# Sourced by run: one campaign from the file to the comparison with the ledger. Each step may have been taken before by a
# run that was killed: requests are repeated under their ids, and what is unfinished is resumed.

# cluster ARGUMENTS: the command line, with the administrator's key.
cluster() {
  setpriv --pdeathsig TERM dotnet cli/bin/Release/net10.0/cluster.dll "$@" \
    --server "$servers" --key-file "$data/admin.key" 9>&-
}

# field NAME: a field of the JSON object on standard input.
field() { node -e 'let s="";process.stdin.on("data",d=>s+=d).on("end",()=>console.log(JSON.parse(s)[process.argv[1]]??""))' "$1"; }

# ask PATH JSON: a request to the localnet, for what only a localnet gives.
ask() {
  node -e 'fetch(process.argv[1],{method:"POST",headers:{"content-type":"application/json"},body:process.argv[2]})
    .then(async r=>{const t=await r.text();if(!r.ok){console.error(t);process.exit(1)}console.log(t)})' "$rpc$1" "$2"
}

# airdrop: resumes the campaign that $data/campaign names, or begins one; $outcome is 0 where the ledger says exactly what
# was owed. Whatever else fails ends the script.
airdrop() {
  local id=''
  if [ -s "$data/campaign" ]; then
    # shellcheck disable=SC1091
    . "$data/campaign"
    step "resuming campaign $id"
  else
    id=airdrop-$(date -u +%Y%m%d-%H%M%S)
    begin "$id"
  fi
  prepare "$id"
  outcome=0
  cluster campaign watch "$id" || outcome=$?
  [ "$outcome" -eq 0 ] ||
    { step "the campaign did not complete; cluster campaign get $id says why, and the next start goes on with it"; return 0; }
  cluster campaign verify "$id" "$csv" --rpc "$rpc" --before "$data/before-$id" ${unit:+--unit "$unit"} || outcome=$?
  rm -f "$data/campaign" "$data/before-$id"
}

# begin ID: writes down what is about to be done, so that a second start can go on with it.
begin() {
  if [ -z "$csv" ]; then
    csv=$data/recipients-$recipients.csv
    [ -s "$csv" ] || { step "making $recipients recipients"; node localnet/recipients.mjs "$recipients" >"$csv.new" && mv "$csv.new" "$csv"; }
  fi
  cluster wallet create "$wallet" --kind project --request-id "create:$wallet" --json >"$data/wallet.json"
  if [ -z "$mint" ]; then mint=$(ask /admin/mint '{"decimals":6}' | field mint); fi
  printf '%s=%q\n' id "$1" csv "$csv" unit "$unit" duplicates "$duplicates" off_curve "$off_curve" lanes "$lanes" \
    wallet "$wallet" mint "$mint" >"$data/campaign.new"
  mv "$data/campaign.new" "$data/campaign"
}

# prepare ID: create, upload, fund, start; each is done once however often it is asked for.
prepare() {
  step "campaign $1: uploading $(basename "$csv")"
  cluster campaign create "$1" --wallet "$wallet" --mint "$mint" --duplicates "$duplicates" --off-curve "$off_curve" \
    --lanes "$lanes" --request-id "create:$1" --json >/dev/null
  cluster campaign upload "$1" "$csv" ${unit:+--unit "$unit"} --request-id "upload:$1"
  [ "$(cluster campaign get "$1" --json | field state)" = READY ] || return 0
  step "campaign $1: estimating"
  estimate "$1"
  if [ -z "$endpoint" ]; then fund "$1"; fi
  cluster campaign verify "$1" "$csv" --rpc "$rpc" --snapshot "$data/before-$1" ${unit:+--unit "$unit"}
  cluster campaign start "$1" --request-id "start:$1" --json >/dev/null
}

estimate() { cluster campaign estimate "$1" --json >"$data/estimate.json"; }

# fund ID: gives the wallet what the estimate says it lacks, and waits until the cluster sees it.
fund() {
  local address tokens lamports try
  address=$(cluster wallet get "$wallet" --json | field address)
  for try in 1 2 3 4 5; do
    tokens=$(field missingTokens <"$data/estimate.json")
    lamports=$(field missingLamports <"$data/estimate.json")
    [ "$tokens/$lamports" != 0/0 ] || return 0
    if [ "$try" -eq 1 ]; then
      step "funding wallet $wallet with $tokens base units and $lamports lamports"
      [ "$tokens" = 0 ] || ask /admin/mint-to "{\"mint\":\"$mint\",\"owner\":\"$address\",\"amount\":\"$tokens\"}" >/dev/null
      [ "$lamports" = 0 ] ||
        ask / "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"requestAirdrop\",\"params\":[\"$address\",$lamports]}" >/dev/null
    fi
    sleep 0.5
    estimate "$1"
  done
  fail "the wallet still lacks $tokens base units and $lamports lamports; see $data/localnet.log"
}
