// Reads COUNT records of TOPIC with kafkajs, deserialises them with @confluentinc/schemaregistry; prints a JSON array of the values.
// Usage: node languages-consume.mjs BROKER REGISTRY TOPIC LANGUAGE COUNT
import kafkajs from 'kafkajs';
import { connect, languages } from './languages.mjs';

const [broker, host, topic, name, count] = process.argv.slice(2);
const language = languages[name];
const deserializer = language.deserializer(connect(host));
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `languages-${topic}-${process.pid}` });
const values = [];
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await new Promise((resolve, reject) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      try {
        values.push(language.toPlain(await deserializer.deserialize(topic, message.value, message.headers)));
      } catch (failure) {
        reject(failure);
      }
      if (values.length >= Number(count)) resolve();
    },
  }).catch(reject);
});
await consumer.disconnect();
console.log(JSON.stringify(values));
process.exit(0);
