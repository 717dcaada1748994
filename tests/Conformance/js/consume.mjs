// Reads COUNT records of TOPIC from the start with a kafkajs group and prints them as JSON lines, bytes as base64.
// Usage: node consume.mjs BROKER TOPIC COUNT
import kafkajs from 'kafkajs';
import { installCodecs } from './codecs.mjs';

const [broker, topic, count] = process.argv.slice(2);
await installCodecs();
const text = (value) => (value === null || value === undefined ? null : Buffer.from(value).toString('base64'));
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `kafkajs-${topic}-${process.pid}`, maxBytesPerPartition: 4 << 20 });
const records = [];
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await new Promise((resolve, reject) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      const headers = Object.entries(message.headers ?? {}).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, text(one)]));
      records.push({
        offset: Number(message.offset), key: text(message.key), value: text(message.value), headers, timestamp: Number(message.timestamp) });
      if (records.length >= Number(count)) resolve();
    },
  }).catch(reject);
});
await consumer.disconnect();
for (const record of records) console.log(JSON.stringify(record));
