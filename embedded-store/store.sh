# Prepares the embedded store; sourced by ./run.

# render_store TEMPLATE NAME=VALUE… > s3proxy.properties
render_store() {
  local text line
  text=$(<"$1")
  shift
  for line in "$@"; do
    text=${text//"\${${line%%=*}}"/"${line#*=}"}
  done
  printf '%s\n' "$text"
}

# Removes what a killed S3Proxy left half-written; only while no store and no gateway runs (README.md says why so little).
clear_store_leftovers() {
  local objects=$1 uuid='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
  find "$objects" -type f -regextype posix-extended -regex ".*/$uuid-$uuid" -delete
  find "$objects" -mindepth 2 -depth \( -path '*/.mpus-*' -o -name '.s3proxy-mpu-stub-*' \) -delete
}
