#!/usr/bin/env bash
# The main job in one minute: register a schema, produce Avro and JSON over HTTP, read both back as JSON, and with kcat if it is here.
# Run it as often as you like, also after a crash: it reads back what earlier runs wrote.
#
#   KAFKA=host:port REGISTRY=http://host:port PROXY=http://host:port ADMIN=http://host:port http-samples/quickstart.sh
set -euo pipefail
KAFKA=${KAFKA:-127.0.0.1:9092} REGISTRY=${REGISTRY:-http://127.0.0.1:8081} PROXY=${PROXY:-http://127.0.0.1:8082} ADMIN=${ADMIN:-http://127.0.0.1:9644}
run="$(date +%s)-$$"
avro='application/vnd.kafka.avro.v2+json' json='application/vnd.kafka.json.v2+json' v2='application/vnd.kafka.v2+json'

say() { printf '\n== %s\n' "$*"; }
fail() { echo "quickstart: $*" >&2; exit 1; }
request() { curl -sS --fail-with-body --max-time 30 "$@" || fail "curl $* did not succeed"; }
expect() { [[ $1 == *"$2"* ]] || fail "expected '$2' in: $1"; }

say 'Is the node ready?'
request "$ADMIN/readyz"

say 'Register an Avro schema for the values of the topic quickstart'
schema='{"schema": "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"amount\",\"type\":\"double\"}]}"}'
registered=$(request -H 'Content-Type: application/vnd.schemaregistry.v1+json' -d "$schema" "$REGISTRY/subjects/quickstart-value/versions")
echo "$registered"
id=$(grep -oE '"id": ?[0-9]+' <<<"$registered" | grep -oE '[0-9]+') || fail "no schema id in: $registered"

say "Produce an Avro record over HTTP with schema $id"
produced=$(request -H "Content-Type: $avro" -H "Accept: $v2" -d "{\"value_schema_id\": $id, \"records\": [{\"value\": {\"id\": \"$run\", \"amount\": 9.5}}]}" \
  "$PROXY/topics/quickstart")
echo "$produced"
expect "$produced" '"offset":'

say 'Read it back over HTTP as JSON, through a consumer group'
instance=$(request -H "Content-Type: $v2" -d '{"format": "avro", "auto.offset.reset": "earliest"}' "$PROXY/consumers/quickstart-$run")
base=$(sed -E 's/.*"base_uri": ?"([^"]+)".*/\1/' <<<"$instance")
request -H "Content-Type: $v2" -d '{"topics": ["quickstart"]}' "$base/subscription"
found=""
for _ in 1 2 3 4 5 6 7 8 9 10; do
  records=$(request -H "Accept: $avro" "$base/records?timeout=3000")
  if [[ $records == *"$run"* ]]; then
    found=yes
    break
  fi
done
request -X DELETE -H "Content-Type: $v2" "$base"
[ -n "$found" ] || fail "the record of this run was not read back; last answer: $records"
echo "$records" | cut -c1-400
expect "$records" '"amount":9.5'

say 'Produce JSON over HTTP'
produced=$(request -H "Content-Type: $json" -H "Accept: $v2" -d "{\"records\": [{\"key\": \"k\", \"value\": {\"run\": \"$run\"}}]}" "$PROXY/topics/quickstart-json")
echo "$produced"

if command -v kcat >/dev/null; then
  say 'Read the JSON with kcat, a Kafka client'
  seen=$(kcat -C -b "$KAFKA" -t quickstart-json -o beginning -e -q | grep -F "$run") || fail 'kcat does not see the record'
  echo "$seen"
  say 'Produce with kcat, read over HTTP'
  echo "from kcat $run" | kcat -P -b "$KAFKA" -t quickstart-kcat -X acks=all
  seen=$(kcat -C -b "$KAFKA" -t quickstart-kcat -o -1 -e -q)
  expect "$seen" "from kcat $run"
  offset=$(kcat -C -b "$KAFKA" -t quickstart-kcat -o -1 -e -q -f '%o')
  records=$(request -H 'Accept: application/vnd.kafka.binary.v2+json' "$PROXY/topics/quickstart-kcat/partitions/0/records?offset=$offset&timeout=1000&max_bytes=100000")
  expect "$records" "$(printf '%s' "from kcat $run" | base64 -w0)"
  echo "$records"
fi
printf '\nquickstart: passed\n'
