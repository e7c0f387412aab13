# Renders nginx.conf.template; sourced by ./run. Tests do the same in Java: plain replacement of ${NAME}.

# render_nginx TEMPLATE_FOLDER [NAME=VALUE]… > nginx.conf
render_nginx() {
  local folder=$1 text line name value
  shift
  text=$(<"$folder/nginx.conf.template")
  # Arguments first: a placeholder that they replaced is gone when the defaults come.
  for line in "$@" $(grep -v '^#' "$folder/nginx.properties"); do
    name=${line%%=*} value=${line#*=}
    text=${text//"\${$name}"/"$value"}
  done
  printf '%s\n' "$text"
}
