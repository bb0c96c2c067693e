#!/bin/sh
# Puts the broker's password file together in memory and becomes the broker.
#
# Service accounts come as plain secrets and are hashed here, so that making the secrets needs no tool of the broker.
# Devices come hashed, in a file that `mosquitto_passwd` keeps. The result belongs to the broker's user alone.
set -eu
umask 077

secrets=${SECRETS_DIR:-/run/secrets}
runtime=${RUNTIME_DIR:-/run/mosquitto}
config=${MOSQUITTO_CONF:-/mosquitto/config/mosquitto.conf}
passwd="$runtime/passwd"

account() { # name, secret: one line of the password file, still in clear
    printf '%s:%s\n' "$1" "$(cat "$secrets/$2")"
}

{
    account quanyan mqtt_quanyan_password
    account health mqtt_health_password
    # The fleet may write as any device: it gets in only when the profile was asked for by COMPOSE_PROFILES=fleet.
    case ",${COMPOSE_PROFILES:-}," in
        *,fleet,*) account fleet mqtt_fleet_password ;;
    esac
} > "$passwd"
mosquitto_passwd -U "$passwd"
cat "$secrets/mqtt_devices" >> "$passwd"

# `mosquitto_sub` of the health check reads its options here, so that the password is on no command line.
mkdir -p "$runtime/client"
printf -- '-u health\n-P %s\n' "$(cat "$secrets/mqtt_health_password")" > "$runtime/client/mosquitto_sub"

exec mosquitto -c "$config"
