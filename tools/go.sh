# Sourced by the builds of Go programs.

# Print what is missing when Go is not here or older than $1; nothing when it will do.
missing_go() {
  if ! command -v go >/dev/null; then
    echo "Go $1 or newer (go is not on PATH)"
    return
  fi
  local go_here
  go_here=$(cd / && GOTOOLCHAIN=local go env GOVERSION)
  go_here=${go_here#go}
  [ "$(printf '%s\n' "$1" "${go_here%% *}" | sort -V | head -n 1)" = "$1" ] ||
    echo "Go $1 or newer (this is $go_here)"
}
