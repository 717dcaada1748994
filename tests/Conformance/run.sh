#!/usr/bin/env bash
# Real clients against the published executable. Installs what is missing from Debian's and npm's registries (as root), publishes
# once, picks free ports, and ends with "N passed, N failed".
#
#   tests/Conformance/run.sh [part of a check's name]
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need kcat kcat
need node nodejs
need npm npm
need strace strace
need curl curl
need chromium chromium
need debootstrap debootstrap
# The system's Python: the packages below are Debian's and belong to it.
python=/usr/bin/python3
[ -x "$python" ] || missing+=(python3)
for module in kafka:python3-kafka snappy:python3-snappy lz4:python3-lz4 zstandard:python3-zstandard confluent_kafka:python3-confluent-kafka avro:python3-avro; do
  "$python" -c "import ${module%%:*}" 2>/dev/null || missing+=("${module##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
# The public JSON Schema test cases, all drafts: Debian has them as data of a Perl module. Unpacked, not installed.
suite=artifacts/json-schema-test-suite
if [ ! -d "$suite/usr" ]; then
  mkdir -p "$suite"
  fetch() { (cd "$suite" && apt-get download -qq -o APT::Sandbox::User=root libtest-json-schema-acceptance-perl >/dev/null); }
  fetch || { apt-get update -qq >/dev/null && fetch; }
  dpkg-deb -x "$suite"/libtest-json-schema-acceptance-perl_*.deb "$suite"
fi
# Installed anew whenever the list of packages has changed since.
[ tests/Conformance/js/node_modules/.package-lock.json -nt tests/Conformance/js/package-lock.json ] || npm ci --ignore-scripts --silent --prefix tests/Conformance/js

if [ -z "${CONFORMANCE_EXECUTABLE:-}" ]; then
  rm -rf artifacts/gateway
  dotnet publish src/Gateway -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true -o artifacts/gateway --nologo -v quiet
  export CONFORMANCE_EXECUTABLE=artifacts/gateway/gateway
fi
# The schema library as a program, for the checks that hold it against other implementations.
dotnet publish tests/SchemaProbe -c Release -o artifacts/schema-probe --nologo -v quiet
exec "$python" tests/Conformance/run.py "$@"
