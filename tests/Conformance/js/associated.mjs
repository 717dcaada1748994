// Ties TOPIC to a subject of another name, which @confluentinc/schemaregistry then serialises with because it asks for associations by default;
// unties it, and serialises with the subject named after the topic. Prints the subjects' ids, the ids written, and the association as answered.
// Usage: node associated.mjs REGISTRY TOPIC
import sr from '@confluentinc/schemaregistry';
import { connect } from './languages.mjs';

const [host, topic] = process.argv.slice(2);
const client = connect(host);
const ids = [
  await client.register(`${topic}-of-another-name`, { schemaType: 'AVRO', schema: '{"type":"string","doc":"tied"}' }),
  await client.register(`${topic}-value`, { schemaType: 'AVRO', schema: '{"type":"string","doc":"named after the topic"}' }),
];

async function idWritten() {
  const own = connect(host);
  const serializer = new sr.AvroSerializer(own, sr.SerdeType.VALUE, { autoRegisterSchemas: false, useLatestVersion: true });
  return (await serializer.serialize(topic, 'x')).readInt32BE(1);
}

const made = await client.createAssociation({
  resourceName: topic,
  associations: [{ subject: `${topic}-of-another-name`, associationType: 'value', lifecycle: 'WEAK' }],
});
const tied = await idWritten();
await client.deleteAssociations(made.resourceId, 'topic', ['value'], true);
console.log(JSON.stringify({ ids, written: [tied, await idWritten()], made }));
process.exit(0);
