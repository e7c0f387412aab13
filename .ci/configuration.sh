# Ports, secrets and configuration files of ./run, all under $DATA. Sourced; expects the options of ./run as variables.

listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Ports of the internal parts: those of the last start while they are free, so that the store's address stays the same.
choose_ports() {
  local name port
  declare -gA PORTS=()
  [[ -r $DATA/run/ports ]] && while IFS='=' read -r name port; do PORTS[$name]=$port; done < "$DATA/run/ports"
  for name in store metadata internal gateway health callback; do
    port=${PORTS[$name]:-}
    while [[ -z $port ]] || listens "$port" || taken_by_another "$name" "$port"; do
      port=$((20000 + RANDOM % 12000))
    done
    PORTS[$name]=$port
  done
  for name in "${!PORTS[@]}"; do printf '%s=%s\n' "$name" "${PORTS[$name]}"; done > "$DATA/run/ports"
}

taken_by_another() {
  local other
  for other in "${!PORTS[@]}"; do
    [[ $other != "$1" && ${PORTS[$other]} == "$2" ]] && return 0
  done
  return 1
}

# secret NAME PREFIX: made once, mode 0600.
secret() {
  local file=$DATA/secrets/$1
  [[ -s $file ]] || (umask 077 && printf '%s%s' "$2" "$(openssl rand -base64 32)" > "$file")
}

make_secrets() {
  mkdir -p -m 0700 "$DATA/secrets"
  secret gateway.token sgt_
  secret worker.token swt_
  secret completion.secret whsec_
  secret callback.secret whsec_
  secret minio.token smt_
  secret store.secret ''
}

# With --authorize uploads belong to the owner "application": with this key it reads their statuses and objects. Made once
# the metadata service is there, which makes default.key only where there is no key.
make_application_key() {
  local file=$DATA/metadata/keys/application.key
  [[ -s $file ]] || (umask 077 && printf 'sk_%s\n' "$(openssl rand -hex 32)" > "$file.new" && mv "$file.new" "$file")
}

# The user's own file comes first on the command lines: what it says wins.
write_user_configuration() {
  [[ -e $DATA/sluice.yaml ]] || cat > "$DATA/sluice.yaml" << 'YAML'
# Yours: made once, never overwritten, and stronger than what ./run writes to config/. All keys: docs/configuration.md.
# metadata:
#   rules:
#     - name: all
#       jobs: [{kind: verify}]
#     - name: pictures
#       match: {content-type: "image/*", max-size: 52428800}
#       jobs: [{kind: count-bytes}]
# worker:
#   commands:
#     count-bytes:
#       argv: ["/bin/sh", "-c", "curl -sf \"$(jq -r .url)\" | wc -c | jq -c '{bytes: .}'"]
#       soft: PT1M
YAML
}

write_configuration() {
  local secrets=$DATA/secrets authorities=''
  [[ -z $STORE_CA_FILE ]] || authorities=$'\n'"  ca-file: \"$STORE_CA_FILE\""
  cat > "$DATA/config/run.yaml" << YAML
# Written by ./run at every start: put your own settings into ../sluice.yaml.
storage:
  url: "$STORE_URL"
  bucket: "$STORE_BUCKET"
  access-key: "$STORE_ACCESS_KEY"
  secret-key-file: "$STORE_SECRET_KEY_FILE"
  integrity: "$STORE_INTEGRITY"
  reader-access-key: "$STORE_ACCESS_KEY"
  reader-secret-key-file: "$STORE_SECRET_KEY_FILE"$authorities
gateway:
  name: "gateway-1"
  listen: "127.0.0.1:${PORTS[gateway]}"
  health-listen: "127.0.0.1:${PORTS[health]}"
  metadata-url: "http://127.0.0.1:${PORTS[internal]}"
  token-file: "$secrets/gateway.token"
  signing-secret-file: "$secrets/completion.secret"
metadata:
  listen: "127.0.0.1:${PORTS[metadata]}"
  internal-listen: "127.0.0.1:${PORTS[internal]}"
  data: "$DATA/metadata"
  anonymous: $ANONYMOUS
  public-url: "$URL"
  max-upload-bytes: $MAX_UPLOAD
  gateway-token-file: "$secrets/gateway.token"
  worker-token-file: "$secrets/worker.token"
  signing-secret-file: "$secrets/completion.secret"
  bucket: "$STORE_BUCKET"
  stores:
    - url: "$STORE_URL"
      buckets: ["$STORE_BUCKET"]
  webhooks:
    minio:
      token-files: ["$secrets/minio.token"]
  authorize:
    url: "$AUTHORIZE_URL"
  callback:
    url: "$CALLBACK_URL"
    secret-file: "$secrets/callback.secret"
worker:
  name: "worker-1"
  metadata-url: "http://127.0.0.1:${PORTS[internal]}"
  token-file: "$secrets/worker.token"
  state: "$DATA/worker"
YAML
}

# The limit of nginx leaves room: a body of unknown length that ends up a little over it is refused by the gateway, and its row says why.
write_nginx_configuration() {
  mkdir -p "$DATA/nginx/logs" "$DATA/nginx/tmp"
  render_nginx "$ROOT/nginx" "LISTEN=127.0.0.1:$PORT" "GATEWAY=127.0.0.1:${PORTS[gateway]}" \
    "METADATA=127.0.0.1:${PORTS[metadata]}" "MAX_BODY=$((MAX_UPLOAD + 1048576))" "UPLOAD_LIMIT=$MAX_UPLOAD" "RUN_DIR=$DATA/nginx" \
    "MAX_UPLOADS_PER_ADDRESS=500" ${TRUSTED_PROXY:+"TRUSTED_PROXY=$TRUSTED_PROXY"} > "$DATA/nginx/nginx.conf"
}

# A .properties file is Latin-1 with the escapes of JSON.
write_store_configuration() {
  local objects
  objects=$(jq -Ra . <<< "$DATA/objects")
  mkdir -p "$DATA/objects/$STORE_BUCKET"
  (umask 077 && render_store "$ROOT/embedded-store/s3proxy.properties.template" "LISTEN=127.0.0.1:${PORTS[store]}" \
    "ACCESS_KEY=$STORE_ACCESS_KEY" "SECRET_KEY=$(< "$STORE_SECRET_KEY_FILE")" "OBJECTS=${objects:1:-1}" > "$DATA/config/s3proxy.properties")
}
