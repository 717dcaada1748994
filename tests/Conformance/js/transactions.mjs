// One committed and one aborted transaction, each with an offset of a group.
// Usage: node transactions.mjs BROKER TOPIC
import kafkajs from 'kafkajs';

const [broker, topic] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ clientId: 'conformance', brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
await admin.disconnect();
const producer = kafka.producer({ transactionalId: `${topic}-id`, maxInFlightRequests: 1, idempotent: true });
await producer.connect();
const offsets = (offset) => ({ consumerGroupId: `${topic}-group`, topics: [{ topic, partitions: [{ partition: 0, offset }] }] });

const committed = await producer.transaction();
await committed.send({ topic, messages: [{ value: 'committed', partition: 0 }] });
await committed.sendOffsets(offsets('7'));
await committed.commit();

const aborted = await producer.transaction();
await aborted.send({ topic, messages: [{ value: 'aborted', partition: 0 }] });
await aborted.sendOffsets(offsets('9'));
await aborted.abort();
await producer.disconnect();
