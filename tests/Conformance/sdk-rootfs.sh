#!/usr/bin/env bash
# The README's two commands as a stranger runs them: a bare Debian with only git and the .NET SDK (and the libraries the SDK itself
# asks for), a fresh clone of this repository, nothing else. Needs root and debootstrap; takes several minutes, so CI does not run it.
#
#   tests/Conformance/sdk-rootfs.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
# The SDK says where it lies; the command may be a wrapper somewhere else.
sdk=$(dirname "$(dotnet --list-sdks | tail -n 1 | sed -E 's/.*\[(.*)\]/\1/')")
root=$(mktemp -d /tmp/gateway-sdk-XXXXXX)
# Never deletes through a mount: what cannot be unmounted stays, and so does the folder.
cleanup() {
  set +e
  [ -n "${pid:-}" ] && kill -KILL "$pid" 2>/dev/null
  for mount in "$root/usr/lib/dotnet" "$root/proc"; do mountpoint -q "$mount" && umount -l "$mount"; done
  if ! grep -q " $root/" /proc/mounts; then rm -rf --one-file-system "$root" "$root.log"; fi
}
trap cleanup EXIT
fail() { echo "sdk-rootfs: $*" >&2; exit 1; }

debootstrap --variant=minbase --include=git,ca-certificates,libicu72,libssl3,libstdc++6,zlib1g bookworm "$root" >"$root.log" 2>&1 || fail "debootstrap: $(tail -n 5 "$root.log")"
rm -f "$root.log"
mkdir -p "$root/usr/lib/dotnet" "$root/root/.nuget/NuGet"
mount -t proc proc "$root/proc"
mount --bind "$sdk" "$root/usr/lib/dotnet"
ln -s /usr/lib/dotnet/dotnet "$root/usr/bin/dotnet"
# Where packages come from is the machine's business, not the project's.
[ -f "$HOME/.nuget/NuGet/NuGet.Config" ] && cp "$HOME/.nuget/NuGet/NuGet.Config" "$root/root/.nuget/NuGet/"
[ -f /etc/resolv.conf ] && cp /etc/resolv.conf "$root/etc/resolv.conf"
[ -f /etc/hosts ] && cp /etc/hosts "$root/etc/hosts"
cp -r /etc/ssl/certs/. "$root/etc/ssl/certs/"
git clone -q --no-local . "$root/gateway"

inside() { chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 bash -c "cd /gateway && $1"; }
echo "== the first command"
inside 'exec dotnet run --project src/Gateway -c Release -- start --kafka-addr 127.0.0.1:19092 --schema-registry-addr 127.0.0.1:18081 --http-proxy-addr 127.0.0.1:18082 --admin-addr 127.0.0.1:19644' >"$root/out" 2>"$root/err" &
pid=$!
for _ in $(seq 600); do
  grep -q '^READY ' "$root/out" && break
  kill -0 "$pid" 2>/dev/null || { tail -n 30 "$root/out" "$root/err"; fail "dotnet run ended"; }
  sleep 0.5
done
grep '^READY ' "$root/out" || fail "no READY line"
for url in http://127.0.0.1:18081/subjects http://127.0.0.1:18082/topics http://127.0.0.1:19644/readyz; do
  curl -sS --fail-with-body "$url" >/dev/null || fail "$url does not answer"
done
# The Kafka door, by the one Kafka client there is in that root: the executable's own.
client='dotnet src/Gateway/bin/Release/net10.0/gateway.dll topic'
inside "echo 'through the Kafka door' | $client produce sdk-rootfs --allow-auto-topic-creation -X brokers=127.0.0.1:19092" || fail "the Kafka door takes no record"
seen=$(inside "$client consume sdk-rootfs -o :end -f '%v' -X brokers=127.0.0.1:19092") || fail "the Kafka door gives no record"
[ "$seen" = 'through the Kafka door' ] || fail "the Kafka door gave '$seen'"
# The node itself, not the "dotnet run" that waits for it: the path is the one inside the root.
node=$(pgrep -f '^/gateway/src/Gateway/bin/Release/net10.0/gateway start') || fail "no node runs"
kill -TERM "$node"
wait "$pid" || fail "the node ended with $?"
pid=""
echo "== the second command"
inside 'dotnet test Gateway.sln -c Release' || fail "the tests failed"
inside 'dotnet build-server shutdown' >/dev/null
echo "sdk-rootfs: passed"
