// Reads COUNT records of TOPIC and decodes them with @kafkajs/confluent-schema-registry; prints a JSON array of the values.
// Usage: node avro-consume.mjs BROKER REGISTRY TOPIC COUNT
import kafkajs from 'kafkajs';
import sr from '@kafkajs/confluent-schema-registry';

const [broker, host, topic, count] = process.argv.slice(2);
const registry = new sr.SchemaRegistry({ host });
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `avro-${topic}-${process.pid}` });
const values = [];
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await new Promise((resolve, reject) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      values.push(await registry.decode(message.value));
      if (values.length >= Number(count)) resolve();
    },
  }).catch(reject);
});
await consumer.disconnect();
console.log(JSON.stringify(values));
