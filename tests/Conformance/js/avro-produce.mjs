// Registers an Avro schema with @kafkajs/confluent-schema-registry, encodes records with it and produces them.
// Usage: node avro-produce.mjs BROKER REGISTRY TOPIC; prints the schema id.
import kafkajs from 'kafkajs';
import sr from '@kafkajs/confluent-schema-registry';

const [broker, host, topic] = process.argv.slice(2);
const schema = {
  type: 'record',
  name: 'Order',
  namespace: 'conformance',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'lines', type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }, { name: 'price', type: 'double' }] } } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
  ],
};
const registry = new sr.SchemaRegistry({ host });
const { id } = await registry.register({ type: sr.SchemaType.AVRO, schema: JSON.stringify(schema) }, { subject: `${topic}-value` });
const orders = [
  { id: 1, customer: 'Ada', note: null, lines: [{ sku: 'a', price: 1.5 }], state: 'NEW' },
  { id: 2, customer: 'Zoë', note: 'twice', lines: [], state: 'PAID' },
];
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
const messages = await Promise.all(orders.map(async (order) => ({ key: String(order.id), value: await registry.encode(id, order) })));
await producer.send({ topic, messages });
await producer.disconnect();
console.log(id);
