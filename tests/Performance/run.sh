#!/usr/bin/env bash
# Measures every target of docs/performance.md beside its limit. Needs Linux, Python 3 and the .NET SDK; as root on Debian it also
# builds librdkafka's performance client from Debian's source (without it those comparisons are left out).
#
#   tests/Performance/run.sh --help
#   tests/Performance/run.sh --only single          one row
#   tests/Performance/run.sh --full --write         everything, into docs/performance.md
set -euo pipefail
cd "$(dirname "$0")/../.."

client=$PWD/artifacts/rdkafka_performance
if [ ! -x "$client" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  sources=artifacts/librdkafka
  mkdir -p "$sources"
  export DEBIAN_FRONTEND=noninteractive
  (
    apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc g++ libc6-dev make librdkafka-dev dpkg-dev
    # Debian's own source lists, asked for sources: for this one call.
    lists=$PWD/$sources/lists
    mkdir -p "$lists/parts" "$lists/state"
    sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$lists/parts/sources.sources"
    options=(-o Dir::Etc::sourceparts="$lists/parts" -o Dir::Etc::sourcelist=/dev/null -o Dir::State::lists="$lists/state" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update -qq
    cd "$sources" && apt-get "${options[@]}" source -qq librdkafka
    cd librdkafka-*/ && ./configure --disable-ssl --disable-gssapi && cd examples
    gcc -O2 -I../src -o "$client" rdkafka_performance.c -lrdkafka -lpthread -lrt -lm
  ) >"$sources/build.log" 2>&1 || echo "librdkafka's client could not be built (artifacts/librdkafka/build.log): its comparisons are left out" >&2
fi
[ -x "$client" ] && export RDKAFKA_PERFORMANCE=$client

if [ -z "${PERFORMANCE_EXECUTABLE:-}" ]; then
  dotnet publish src/Gateway -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -o artifacts/performance-gateway --nologo -v quiet
  export PERFORMANCE_EXECUTABLE=$PWD/artifacts/performance-gateway/gateway
fi
exec python3 tests/Performance/report.py "$@"
