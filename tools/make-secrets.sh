#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, each random, in ./secrets (or the folder given). What exists is kept.
#
# The folder is 0700 and the files are 0444: compose mounts them into containers whose users differ from yours, as they
# are; on this machine the folder is what keeps others out.
set -eu
umask 077

directory=${1:-"$(dirname "$0")/../secrets"}
mkdir -p "$directory"
chmod 0700 "$directory"

secret() { # name: 32 random bytes in hexadecimal, without a newline
    file="$directory/$1"
    if [ -e "$file" ]; then
        echo "kept     $1"
        return
    fi
    head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "$file.new"
    chmod 0444 "$file.new"
    mv "$file.new" "$file" # all or nothing: an interrupted run leaves no short secret behind
    echo "created  $1"
}

for name in mqtt_quanyan_password mqtt_health_password mqtt_fleet_password \
    influxdb_admin_password influxdb_token postgres_password; do
    secret "$name"
done

# The accounts of real devices, kept by `mosquitto_passwd` (docs/operations.md). Empty to begin with.
if [ ! -e "$directory/mqtt_devices" ]; then
    : > "$directory/mqtt_devices"
    chmod 0644 "$directory/mqtt_devices"
    echo "created  mqtt_devices"
fi
