# The first upload of ./run: a sample file through nginx, followed until its jobs and its callback are done. Sourced.

SAMPLE_BYTES=67108864

# The key of the person at the terminal; none with --anonymous.
authorization() {
  [[ $ANONYMOUS == true ]] || printf 'Authorization: Bearer %s' "$(< "$KEY_FILE")"
}

api() { curl -sS --max-time 60 -H "$(authorization)" "$URL$1"; }

make_sample() {
  mkdir -p "$DATA/sample"
  [[ $(stat -c %s "$DATA/sample/sample.bin" 2> /dev/null) == "$SAMPLE_BYTES" ]] && return
  head -c "$SAMPLE_BYTES" /dev/urandom > "$DATA/sample/sample.bin" || fail "no space for the sample file in $DATA"
}

# Uploads the sample, shows what became of it; false when anything is not as it must be.
run_sample() {
  local answer status seconds receipt id upload
  make_sample
  say "" "Uploading a sample of $((SAMPLE_BYTES >> 20)) MiB to $URL/upload/sample.bin"
  local meter=(--progress-bar)
  [[ -t 2 ]] || meter=(--silent --show-error)
  answer=$(curl "${meter[@]}" -T "$DATA/sample/sample.bin" -H "$(authorization)" -H 'Content-Type: application/octet-stream' \
    -H "Idempotency-Key: sample-$(date +%s%N)" -w '\n%{http_code} %{time_total}' "$URL/upload/sample.bin") || return 1
  read -r status seconds <<< "${answer##*$'\n'}"
  receipt=${answer%$'\n'*}
  if [[ $status != 201 && $status != 202 ]]; then
    say_refusal "$status" "$receipt"
    return 1
  fi
  id=$(jq -r .upload_id <<< "$receipt")
  upload=$(follow "$id")
  show "$upload" "$seconds"
  check_sample "$id" "$upload"
}

say_refusal() {
  if [[ $(jq -r '.code?' <<< "$2" 2> /dev/null) == refused-by-application ]]; then
    say "Your application refused the sample ($1), which has no session: that is all right, or start with --no-sample. It said: $2"
  elif (($1 >= 500)); then
    say "The upload was not confirmed ($1): $2"
  else
    say "The upload was refused ($1): $2"
  fi
}

# Prints the upload once its jobs and its callbacks are done, at the latest after a minute; an application that does not answer is not waited for.
follow() {
  local upload='{}' limit=$((SECONDS + 60)) job delivered='all(.deliveries[]; .state != "pending")'
  [[ $OWN_RECEIVER == true ]] || delivered='all(.deliveries[]; .state != "pending" or .attempts > 0)'
  while ((SECONDS < limit)); do
    upload=$(api "/uploads/$1")
    jq -e '(.state | IN("completed", "failed", "expired")) and (.processing | IN("none", "succeeded", "failed"))
      and (.deliveries | length > 0) and '"$delivered" <<< "$upload" > /dev/null && break
    job=$(jq -r 'first(.jobs[]? | select(.state == "ready" or .state == "running") | .job_id) // empty' <<< "$upload")
    if [[ -n $job ]]; then api "/jobs/$job?wait=5s" > /dev/null; else sleep 0.2; fi
  done
  printf '%s\n' "$upload"
}

show() {
  jq -r --arg seconds "$2" '
    def at: if . == null then null else (.[0:19] + "Z" | fromdateiso8601) + (.[19:23] | tonumber) end;
    def line($from; $name; $time; $text): if $time == null then empty else
      [($time | at), "  \($name + "            " | .[0:12]) +\((($time | at) - $from) * 1000 | round) ms   \($text)"] end;
    (.created_at | at) as $from
    | [line($from; "received"; .received_at; "\(.size) bytes; by curl, from its start to the answer: \($seconds) s, \(.size / 1e6 / ($seconds | tonumber) | round) MB/s"),
      line($from; "stored"; .stored_at; "\(.bucket)/\(.key)"),
      line($from; "announced"; .completed_at; "state \(.state), \(.jobs | length) job(s)"),
      (.jobs[] as $job | line($from; $job.kind; $job.finished_at; "\($job.state) after \($job.attempts) attempt(s)")),
      (.deliveries[] as $delivery | line($from; "callback"; $delivery.delivered_at; "\($delivery.event) \($delivery.state)"))]
    | sort_by(.[0])[] | .[1]
  ' <<< "$1"
}

check_sample() {
  local id=$1 upload=$2 sent verified job
  if ! jq -e '.state == "completed" and .processing != "failed"' <<< "$upload" > /dev/null; then
    say "The upload is not done: $(jq -c '{state, processing, reason, detail}' <<< "$upload")"
    return 1
  fi
  sent=$(sha256sum < "$DATA/sample/sample.bin")
  job=$(jq -r 'first(.jobs[] | select(.kind == "verify") | .job_id) // empty' <<< "$upload")
  if [[ -n $job ]]; then
    verified=$(api "/jobs/$job" | jq -r .result.sha256)
    [[ $verified == "${sent%% *}" ]] || { say "The stored object differs: sha256 $verified, sent ${sent%% *}"; return 1; }
    say "  sha256       $verified: what is stored is what was sent"
  fi
  check_callback "$id" "$upload"
}

undelivered() { jq -r --arg event "$1" 'first(.deliveries[] | select(.event == $event) | "\(.attempts) tries, \(.last_error // "no answer yet")") // "none"' <<< "$2"; }

check_callback() {
  local id=$1 upload=$2 event
  for event in upload.completed $(jq -r 'if .jobs == [] then empty else "job.succeeded" end' <<< "$upload"); do
    jq -e --arg event "$event" 'any(.deliveries[]; .event == $event) and all(.deliveries[]; .event != $event or .state == "delivered")' \
      <<< "$upload" > /dev/null || { say "The callback $event was not delivered to $CALLBACK_URL yet ($(undelivered "$event" "$upload")); it is repeated until it is."; return 1; }
    [[ $OWN_RECEIVER == true ]] || continue
    jq -es --arg id "$id" --arg event "$event" \
      'any(.[]; .genuine and .message.type == $event and .message.data.upload_id == $id)' "$DATA/logs/callbacks.jsonl" > /dev/null \
      || { say "No genuine callback $event arrived: see $DATA/logs/callbacks.jsonl"; return 1; }
  done
  if [[ $OWN_RECEIVER == true ]]; then
    say "  callbacks    received and their signatures checked: $DATA/logs/callbacks.jsonl"
  fi
}
