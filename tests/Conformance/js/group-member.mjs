// One member of a group: prints "ASSIGNED 0,1" whenever it is given partitions and "RECORD partition offset" for each record.
// Usage: node group-member.mjs BROKER TOPIC GROUP
import kafkajs from 'kafkajs';

const [broker, topic, groupId] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 10000 });
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  console.log(`ASSIGNED ${(payload.memberAssignment[topic] ?? []).sort((a, b) => a - b).join(',')}`);
});
process.on('SIGTERM', async () => {
  await consumer.disconnect();
  process.exit(0);
});
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommitThreshold: 1,
  eachMessage: async ({ partition, message }) => console.log(`RECORD ${partition} ${message.offset}`),
});
