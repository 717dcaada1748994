#!/usr/bin/env bash
# The published file in a bare Debian root file system: no .NET, no libicu, no libssl. It must reach READY, register a schema, take a
# record over HTTP, and serve kcat from outside with LZ4, Snappy and Zstandard data. Needs root (chroot, mount) and debootstrap.
#
#   tests/Conformance/bare-rootfs.sh [EXECUTABLE]
set -euo pipefail
executable=$(realpath "${1:-artifacts/gateway/gateway}")
root=$(mktemp -d /tmp/gateway-bare-XXXXXX)
pid=""
# Never deletes through a mount: what cannot be unmounted stays, and so does the folder.
cleanup() {
  set +e
  [ -n "${pid:-}" ] && kill -KILL "$pid" 2>/dev/null
  for mount in "$root/proc"; do mountpoint -q "$mount" && umount -l "$mount"; done
  if ! grep -q " $root/" /proc/mounts; then rm -rf --one-file-system "$root" "$root.log"; fi
}
trap cleanup EXIT
fail() { echo "bare-rootfs: $*" >&2; [ -f "$root/err" ] && tail -n 20 "$root/err" >&2; exit 1; }

[ "$(find "$(dirname "$executable")" -mindepth 1 | wc -l)" -eq 1 ] || fail "the publish folder holds more than one file: $(ls "$(dirname "$executable")")"
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || fail "debootstrap failed: $(tail -n 5 "$root.log")"
rm -f "$root.log"
found=$(find "$root" \( -name 'libicu*' -o -name 'libssl*' -o -name 'dotnet*' \) -not -path '*/doc/*' | head -n 3)
[ -z "$found" ] || fail "the root file system is not bare: $found"
mount -t proc proc "$root/proc"
install -m 755 "$executable" "$root/gateway"

chroot "$root" /gateway start --data-dir /data --kafka-addr 127.0.0.1:0 --schema-registry-addr 127.0.0.1:0 --http-proxy-addr 127.0.0.1:0 \
  --admin-addr 127.0.0.1:0 >"$root/out" 2>"$root/err" &
pid=$!
for _ in $(seq 100); do
  grep -q '^READY ' "$root/out" && break
  kill -0 "$pid" 2>/dev/null || fail "the process ended"
  sleep 0.1
done
ready=$(grep '^READY ' "$root/out") || fail "no READY line"
address() { sed -E "s/.* $1=(http:\/\/)?([^ ]+).*/\2/" <<<"$ready"; }
kafka=$(address kafka) registry=$(address schema-registry) proxy=$(address http-proxy)

answer=$(curl -sS --fail-with-body -X POST -H 'Content-Type: application/vnd.schemaregistry.v1+json' \
  -d '{"schema":"{\"type\":\"string\"}"}' "http://$registry/subjects/bare-value/versions") || fail "registering: $answer"
[[ $answer == *'"id":1'* ]] || fail "registering answered $answer"
answer=$(curl -sS --fail-with-body -X POST -H 'Content-Type: application/vnd.kafka.json.v2+json' \
  -d '{"records":[{"value":"over http"}]}' "http://$proxy/topics/bare") || fail "producing: $answer"
[[ $answer == *'"offset":0'* ]] || fail "producing answered $answer"
[ "$(kcat -C -b "$kafka" -t bare -o beginning -e -q)" = '"over http"' ] || fail "kcat does not read what HTTP produced"

# Readable and long enough that every codec makes it smaller, so the batches really are compressed.
text=$(seq -s ' ' 1 500)
for codec in lz4 snappy zstd gzip; do
  printf '%s' "$text" | kcat -P -b "$kafka" -t "bare-$codec" -z "$codec" -X acks=all || fail "kcat could not produce with $codec"
  [ "$(kcat -C -b "$kafka" -t "bare-$codec" -o beginning -e -q)" = "$text" ] || fail "kcat does not read what it wrote with $codec"
  # Through the proxy the server itself has to decompress.
  answer=$(curl -sS --fail-with-body -H 'Accept: application/vnd.kafka.binary.v2+json' \
    "http://$proxy/topics/bare-$codec/partitions/0/records?offset=0&timeout=2000&max_bytes=1000000") || fail "fetching $codec over HTTP: $answer"
  [[ $answer == *"$(printf '%s' "$text" | base64 -w0)"* ]] || fail "the proxy does not decompress $codec: $answer"
done

kill -TERM "$pid"
wait "$pid" || fail "the process ended with $? after SIGTERM"
pid=""
echo "bare-rootfs: passed"
