// Serialises the orders of LANGUAGE with @confluentinc/schemaregistry and produces them with kafkajs; prints them as a JSON array.
// With "headers" the schemas are named in headers of the records, by GUID.
// Usage: node languages-produce.mjs BROKER REGISTRY TOPIC LANGUAGE [headers]
import kafkajs from 'kafkajs';
import { connect, inHeader, languages } from './languages.mjs';

const [broker, host, topic, name, where] = process.argv.slice(2);
const language = languages[name];
const client = connect(host);
await language.register(client, `${topic}-value`);
const serializer = language.serializer(client, where === 'headers' ? inHeader : {});
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
const messages = [];
for (const order of language.orders) {
  const headers = {};
  messages.push({ value: await serializer.serialize(topic, language.toMessage(order), headers), headers });
}
await producer.send({ topic, messages });
await producer.disconnect();
serializer.close?.();
console.log(JSON.stringify(language.orders));
process.exit(0);
