# Sourced by run, test and bench/run: says what it does in one line a step, installs what is missing, builds.

if [ -t 2 ]; then dim=$'\033[2m' red=$'\033[31m' plain=$'\033[0m'; else dim='' red='' plain=''; fi

step() { echo "$dim› $*$plain" >&2; }

fail() {
  echo "${red}error:$plain $*" >&2
  exit 1
}

# have_apt PACKAGE: whether a Debian package is installed.
have_apt() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# install_apt PACKAGE ...: installs those Debian packages that are missing.
install_apt() {
  local missing=() package
  for package in "$@"; do have_apt "$package" || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  step "installing ${missing[*]} (apt)"
  [ "$(id -u)" -eq 0 ] || fail "${missing[*]} must be installed by root: sudo apt-get install ${missing[*]}"
  local log
  log=$(mktemp)
  # A database package would start a server of its own on the standard port; ours is private.
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  # Of this package only promtool is wanted; its service would start on the standard port and keep what it scrapes.
  if [[ " ${missing[*]} " == *" prometheus "* ]] && [ -d /run/systemd/system ]; then
    systemctl mask prometheus.service >/dev/null 2>&1 || true
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "apt could not install ${missing[*]}; the whole output is in $log"; }
  rm -f "$log"
}

need_dotnet() {
  command -v dotnet >/dev/null ||
    fail "the .NET 10 SDK is missing; install it (https://dotnet.microsoft.com/download) and start again"
  dotnet --version >/dev/null 2>&1 ||
    fail "the .NET SDK is older than global.json asks for; install .NET 10 (https://dotnet.microsoft.com/download)"
}

# need_node: Node.js 20 or newer. Debian 12 has 18, on which npm brings a newer one for this folder alone.
need_node() {
  command -v npm >/dev/null || install_apt nodejs npm
  [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ] || return 0
  local folder=$PWD/.data/node
  if [ ! -x "$folder/node_modules/.bin/node" ]; then
    step "installing Node.js 22 under .data/node (npm)"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-fund --no-audit --loglevel=error node@22.23.3 >&2 ||
      fail "npm could not install Node.js 22; install Node.js 20 or newer and start again"
  fi
  export PATH=$folder/node_modules/.bin:$PATH
}

need_postgres() {
  postgres_bin >/dev/null || install_apt postgresql
  postgres_bin >/dev/null || fail "PostgreSQL's initdb was not found under /usr/lib/postgresql; install the package postgresql"
}

# postgres_bin: the folder of the newest PostgreSQL's programs.
postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$newest" ] && [ -x "$newest/initdb" ] && echo "$newest"
}

# npm_install FOLDER: what its lock file names, unless it is there already.
npm_install() {
  [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return
  step "installing the packages of $1 (npm)"
  npm ci --prefix "$1" --no-fund --no-audit --loglevel=error >&2 ||
    fail "npm could not install the packages of $1; see its message above"
  touch "$1/node_modules/.package-lock.json"
}

# build: everything in Release, unless nothing has changed since.
build() {
  local stamp=.data/built
  up_to_date "$stamp" && return
  need_dotnet
  step "restoring packages (locked)"
  dotnet restore Cluster.sln --locked-mode --nologo -v quiet >&2 || fail "the restore failed; see its message above"
  build_solution Cluster.sln "$stamp"
}

# build_orleans: the Orleans host and its tests as well, where its packages are to be had; otherwise it returns 1 and
# $orleans_lacks says why. Any other failure ends the script.
build_orleans() {
  local stamp=.data/built-orleans output status=0
  up_to_date "$stamp" orleans Cluster.Orleans.sln && return
  need_dotnet
  step "looking for the packages of the Orleans host"
  output=$(timeout 120 dotnet restore Cluster.Orleans.sln --locked-mode --nologo -v quiet 2>&1) || status=$?
  if [ "$status" -ne 0 ]; then
    orleans_lacks=$(lacking "$output" "$status")
    [ -n "$orleans_lacks" ] || { echo "$output" >&2; fail "the restore of the Orleans host failed; see its message above"; }
    return 1
  fi
  build_solution Cluster.Orleans.sln "$stamp"
}

# lacking OUTPUT STATUS: which package a restore did not get, in words; nothing where it failed for another reason.
lacking() {
  local package
  package=$(sed -nE 's/.*error NU110[1-3]: Unable to find( a stable)? package ([A-Za-z0-9.-]*[A-Za-z0-9]).*/\2/p' <<<"$1" | head -n 1)
  if [ -n "$package" ]; then
    echo "the package source does not have $package"
  elif [ "$2" -eq 124 ]; then
    echo "the package source did not answer within two minutes"
  else
    sed -nE 's/ \[[^]]*\]$//; s/.*error (NU1(301|603)): (Warning As Error: )?(.*[^.])\.?$/\4 (\1)/p' <<<"$1" | head -n 1
  fi
}

# build_solution FILE STAMP: in Release, and remembers that it is built.
build_solution() {
  step "building $1"
  dotnet build "$1" -c Release --no-restore --nologo -v quiet >&2 || fail "the build failed; see its messages above"
  touch "$2"
}

# up_to_date STAMP [FOLDER ...]: whether nothing that is built, there and elsewhere, has changed since.
up_to_date() {
  mkdir -p .data
  [ -e "$1" ] && [ -z "$(newer_than "$@")" ]
}

# newer_than STAMP [PLACE ...]: the first source that is newer.
newer_than() {
  find contracts silo gateway grpc solana cli tests bench Directory.*.props Cluster.sln global.json .editorconfig "${@:2}" \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f \
    \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.proto' -o -name '*.sql' -o -name '*.json' \
    -o -name '*.sln' -o -name .editorconfig \) -newer "$1" -print -quit
}
