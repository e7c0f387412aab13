# What ./run and ./test share: messages, finding JDK 25, installing tools, building. Sourced; expects `set -u` and $ROOT.

# File names are UTF-8 and sorting is by bytes whatever the caller's locale: without one a JVM refuses the name of an object that is not ASCII.
export LC_ALL=C.UTF-8

# A line for each argument.
say() { printf '%s\n' "$@"; }

# One clear line, then the end.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The command of each tool and the package that brings it on Debian and Ubuntu.
TOOLS=(mvn:maven nginx:nginx jq:jq curl:curl openssl:openssl setpriv:util-linux prlimit:util-linux flock:util-linux time:time ps:procps)

# ensure_tools INSTALL ASSUME_YES: installs what is missing, or says what to install.
ensure_tools() {
  local tool packages=()
  for tool in "${TOOLS[@]}"; do
    PATH=$PATH:/usr/sbin type -P "${tool%%:*}" > /dev/null || packages+=("${tool#*:}")
  done
  ((${#packages[@]})) || return 0
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
  [[ $1 == true ]] || fail "missing: ${packages[*]} (--no-install forbids installing them)"
  type -P apt-get > /dev/null || fail "missing: ${packages[*]}; install them with your system's package manager (only apt-get is known here)"
  install_packages "$2" "${packages[@]}"
}

install_packages() {
  local assume_yes=$1 answer sudo=()
  shift
  if ((EUID != 0)); then
    type -P sudo > /dev/null || fail "missing: $*; as root: apt-get install $*"
    sudo=(sudo)
  fi
  say "Installing with apt-get: $*"
  if [[ $assume_yes != true && -t 0 ]]; then
    read -r -p 'Go on? [Y/n] ' answer
    [[ ${answer:-y} == [Yy]* ]] || fail "not installed: $*"
  fi
  mkdir -p "$ROOT/target"
  with_progress "installing" "$ROOT/target/install.log" "${sudo[@]}" apt-get install -y --no-install-recommends "$@" && return
  with_progress "updating package lists" "$ROOT/target/install.log" "${sudo[@]}" apt-get update \
    && with_progress "installing" "$ROOT/target/install.log" "${sudo[@]}" apt-get install -y --no-install-recommends "$@" \
    || fail "apt-get could not install $*: see target/install.log"
}

is_jdk_25() {
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

# Sets JAVA25_HOME, which the build's toolchain honours too, and JAVA.
find_jdk() {
  local home java
  java=$(type -P java) && java=$(readlink -f "$java")
  for home in "${JAVA25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* "${java%/bin/java}"; do
    if [[ -n $home ]] && is_jdk_25 "$home"; then
      export JAVA25_HOME=$home
      JAVA=$home/bin/java
      return
    fi
  done
  fail "JDK 25 not found: put one under /usr/lib/jvm or name its folder with JAVA25_HOME (Temurin: https://adoptium.net)"
}

# The command of with_progress while it runs.
BUSY=''

end_busy() {
  [[ -z $BUSY ]] || kill "$BUSY"
  exit 130
}

# with_progress TEXT LOG COMMAND…: output goes to the log; on a terminal a line counts the seconds.
with_progress() {
  local text=$1 log=$2 start=$SECONDS status
  shift 2
  "$@" > "$log" 2>&1 &
  BUSY=$!
  # Background commands of a script ignore Ctrl-C. Never reset: a signal ignored at entry would have its default action from then on.
  trap end_busy INT TERM
  if [[ -t 1 ]]; then
    while kill -0 "$BUSY" 2> /dev/null; do
      printf '\r\033[K%s … %d s %s' "$text" $((SECONDS - start)) "$(tail -c 4000 "$log" | grep -a -o 'Running [A-Za-z0-9.]*' | tail -n 1)"
      sleep 0.5
    done
    printf '\r\033[K'
  else
    say "$text …"
  fi
  wait "$BUSY"
  status=$?
  BUSY=''
  return $status
}

# maven LOG TEXT ARGUMENTS…: without the network while everything is there, else once more with it.
maven() {
  local log=$1 text=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  with_progress "$text" "$log" mvn -B -Dstyle.color=never -o -f "$ROOT/pom.xml" "$@" && return
  grep -a -q '^\[ERROR\].*in offline mode' "$log" || return 1
  with_progress "$text (with downloads)" "$log" mvn -B -Dstyle.color=never -f "$ROOT/pom.xml" "$@"
}

# The first error of a Maven log that names a file, else the first.
first_error() {
  { grep -a '^\[ERROR\] */.*:\[' "$1" || grep -a '^\[ERROR\]' "$1"; } | head -n 1
}
