// Produces the records of standard input (one JSON object per line, bytes as base64) in one batch with kafkajs.
// Usage: node produce.mjs BROKER TOPIC CODEC
import fs from 'node:fs';
import kafkajs from 'kafkajs';
import { codecByName, installCodecs } from './codecs.mjs';

const [broker, topic, codec] = process.argv.slice(2);
await installCodecs();
const bytes = (text) => (text === null ? null : Buffer.from(text, 'base64'));
// A name that is there several times has a list of values.
const grouped = (headers) => {
  const values = {};
  for (const [name, value] of headers) (values[name] ??= []).push(bytes(value));
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.length === 1 ? list[0] : list]));
};
const messages = fs.readFileSync(0, 'utf8').trim().split('\n').map((line) => {
  const record = JSON.parse(line);
  return {
    partition: 0,
    key: bytes(record.key),
    value: bytes(record.value),
    headers: grouped(record.headers),
    ...(record.timestamp === null ? {} : { timestamp: String(record.timestamp) }),
  };
});
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: codec === 'none' });
await producer.connect();
await producer.send({ topic, acks: -1, compression: codecByName[codec], messages });
await producer.disconnect();
