# Keeps the parts of ./run going and stops them by their ids. Sourced; expects `set -u`, $DATA, say and fail.

declare -A KEEPERS=()
# the arguments of `start`, quoted
declare -A STARTED=()

# the status with which a part of ours ends when it cannot use its configuration
WRONG_CONFIGURATION=2

# The time a process started, in clock ticks since boot: with the id it names one process for ever.
started_at() {
  local stat
  { stat=$(< "/proc/$1/stat"); } 2> /dev/null || return 1
  stat=${stat##*) }
  cut -d' ' -f20 <<< "$stat"
}

# A subshell: bash 5.2 breaks off when a trap is due while it parses a substitution.
record() (printf '%s %s %s\n' "$1" "$(started_at "$1")" "$(< /proc/sys/kernel/random/boot_id)" > "$DATA/run/$2")

# Prints the id in a file of `record`, if that very process still runs.
recorded() {
  local pid started boot
  { read -r pid started boot < "$DATA/run/$1"; } 2> /dev/null || return 1
  [[ $boot == "$(< /proc/sys/kernel/random/boot_id)" && $(started_at "$pid") == "$started" ]] && printf '%s' "$pid"
}

# What a killed part left of its process group (nginx's workers hold the port). The id is nobody else's while the group lives.
kill_group() { kill -0 "$1" 2> /dev/null || kill -s KILL -- "-$1" 2> /dev/null; }

# start NAME STOP_SIGNAL PATIENCE COMMAND…: runs the command until `stop`, again after each crash, but not after a wrong configuration.
start() {
  printf -v "STARTED[$1]" '%q ' "$@"
  rm -f "$DATA/run/$1.ended"
  # what bash says of a child that died by a signal is for the log
  keep "$@" 9>&- 2>> "$DATA/logs/$1.log" &
  KEEPERS[$1]=$!
  record $! "$1.keeper"
}

keep() {
  local name=$1 signal=$2 patience=$3 child=0 stopping=false delay=1 begun
  shift 3
  trap 'stopping=true' TERM
  trap '' INT
  while ! $stopping; do
    begun=$SECONDS
    # A session of its own: Ctrl-C on the terminal must reach ./run alone, which stops the parts in order.
    setsid "$@" >> "$DATA/logs/$name.log" 2>&1 &
    child=$!
    record "$child" "$name.pid"
    { wait "$child"; } 2> /dev/null
    local status=$?
    $stopping && break
    kill_group "$child"
    printf '%s\n' "$status" > "$DATA/run/$name.ended"
    ((status == WRONG_CONFIGURATION)) && break
    ((SECONDS - begun > 60)) && delay=1
    say "$name ended (status $status), starting it again in $delay s: see $DATA/logs/$name.log"
    sleep "$delay" &
    wait $!
    ((delay = delay < 16 ? delay * 2 : 30))
    $stopping || say "$name starts again"
  done
  end_process "$child" "$signal" "$patience" || say "$name did not end within $patience s: killed"
  rm -f "$DATA/run/$name.pid" "$DATA/run/$name.keeper"
}

# end_process PID SIGNAL SECONDS: asks, waits, kills. False when it had to kill.
end_process() {
  local tries=$(($3 * 10))
  kill -s "$2" "$1" 2> /dev/null || return 0
  while ((tries-- > 0)); do
    kill -0 "$1" 2> /dev/null || return 0
    sleep 0.1
  done
  kill -s KILL -- "-$1" 2> /dev/null
  for ((tries = 50; tries > 0; tries--)); do
    kill -0 "$1" 2> /dev/null || break
    sleep 0.1
  done
  return 1
}

# Until there is no part left to run: replaces keepers that were killed, and tells of parts that need another configuration.
watch_keepers() {
  local name
  while ((${#KEEPERS[@]})); do
    for name in "${!KEEPERS[@]}"; do
      kill -0 "${KEEPERS[$name]}" 2> /dev/null && continue
      # by its own word, not by the .keeper file: `start` may write that after a keeper which ended at once
      if [[ $(cat "$DATA/run/$name.ended" 2> /dev/null) == "$WRONG_CONFIGURATION" ]]; then
        say "$name is not started again with this configuration: $(last_words "$name")"
        unset "KEEPERS[$name]"
      else
        say "What kept $name going was killed: ending $name, starting it again"
        end_orphan "$name"
        eval "start ${STARTED[$name]}"
      fi
    done
    { wait -n "${KEEPERS[@]}"; } 2> /dev/null
  done
}

# What a keeper that was killed left running.
end_orphan() {
  local pid arguments
  pid=$(recorded "$1.pid") || return 0
  eval "arguments=(${STARTED[$1]})"
  end_process "$pid" "${arguments[1]}" "${arguments[2]}" || say "$1 did not end within ${arguments[2]} s: killed"
  rm -f "$DATA/run/$1.pid" "$DATA/run/$1.keeper"
}

# The last line of a part's log that says something: of a stack trace the last cause.
last_words() { grep -a -E -v '^[[:space:]]*($|at |\.\.\. [0-9]+ (more|common frames omitted)$)' "$DATA/logs/$1.log" | tail -n 1; }

# stop NAME…: the parts of that name end; parts that were never started are passed over.
stop() {
  local name
  for name in "$@"; do
    [[ -n ${KEEPERS[$name]:-} ]] || continue
    # again and again: a keeper that has started its part, but does not wait for it yet, only takes note
    while kill -s TERM "${KEEPERS[$name]}" 2> /dev/null; do sleep 0.2; done
    end_orphan "$name"
    unset "KEEPERS[$name]"
  done
}

# In the order in which nothing is lost: no new requests, open uploads end, jobs are given back, then what they all need.
stop_all() {
  [[ -n ${KEEPERS[nginx]:-} ]] && kill -s TERM "${KEEPERS[nginx]}" 2> /dev/null
  stop gateway worker metadata nginx store callback
}

# Ends what an earlier ./run on this folder left behind, keepers first so that nothing is started again.
end_leftovers() {
  local file name pid
  for file in "$DATA"/run/*.keeper; do
    pid=$(recorded "${file##*/}") && kill -s KILL "$pid"
  done
  for name in nginx gateway worker metadata store callback; do
    pid=$(recorded "$name.pid") || continue
    say "An earlier run left $name behind (process $pid): ending it"
    end_process "$pid" TERM 10
  done
  rm -f "$DATA"/run/*.pid "$DATA"/run/*.keeper "$DATA"/run/*.ended
}

# wait_for NAME SECONDS COMMAND…: until the command succeeds; ends ./run when the part ended or takes too long.
wait_for() {
  local name=$1 limit=$((SECONDS + $2))
  shift 2
  until "$@" > /dev/null 2>&1; do
    [[ ! -e $DATA/run/$name.ended ]] || give_up "$name did not start: $(last_words "$name")"
    ((SECONDS < limit)) || give_up "$name is not healthy in time: see $DATA/logs/$name.log"
    sleep 0.1
  done
}

give_up() {
  stop_all
  fail "$*"
}
