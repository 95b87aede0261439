#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, in secrets/ of the checkout or the folder given; keeps what is there.
set -eu
folder=${1:-$(dirname "$0")/../../secrets}

random() {  # 32 bytes, written as hexadecimal digits
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# Only the owner may enter the folder. The files in it are open to all: programs in containers have users of their own,
# and are given single files.
mkdir -p "$folder"
chmod 700 "$folder"
for name in pager_secret grafana_admin_password; do
    [ -s "$folder/$name" ] || random > "$folder/$name"
done
[ -s "$folder/api_tokens" ] || printf 'viewer %s\nagent %s\nwriter %s\n' "$(random)" "$(random)" "$(random)" > "$folder/api_tokens"
chmod 444 "$folder/pager_secret" "$folder/grafana_admin_password" "$folder/api_tokens"
[ -e "$folder/channels.env" ] || cat > "$folder/channels.env" <<'TEXT'
# A line for each channel of deploy/roster.yaml: an apprise URL, see https://appriseit.com/services/
# STREAMS_CHANNEL_NOC_1_CHAT=wecombot://KEY
TEXT
chmod 600 "$folder/channels.env"
echo "The secrets are in $folder; write the channels' addresses to channels.env there."
