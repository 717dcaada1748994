// Serialises the orders of LANGUAGE with @confluentinc/schemaregistry and produces them with kafkajs; prints them as a JSON array.
// Usage: node languages-produce.mjs BROKER REGISTRY TOPIC LANGUAGE
import kafkajs from 'kafkajs';
import { connect, languages } from './languages.mjs';

const [broker, host, topic, name] = process.argv.slice(2);
const language = languages[name];
const client = connect(host);
await language.register(client, `${topic}-value`);
const serializer = language.serializer(client);
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
const messages = [];
for (const order of language.orders) messages.push({ value: await serializer.serialize(topic, language.toMessage(order)) });
await producer.send({ topic, messages });
await producer.disconnect();
serializer.close?.();
console.log(JSON.stringify(language.orders));
process.exit(0);
