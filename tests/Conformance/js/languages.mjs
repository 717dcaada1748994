// Orders in three schema languages, each resting on a schema of its own for the lines: what the programs beside this one send and expect.
import { create, createFileRegistry, createMutableRegistry, toJson, fromJson } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, FieldDescriptorProto_Label as Label, FieldDescriptorProto_Type as Type, file_google_protobuf_timestamp } from '@bufbuild/protobuf/wkt';
import sr from '@confluentinc/schemaregistry';

const avroLine = { type: 'record', name: 'Line', namespace: 'shop', fields: [{ name: 'sku', type: 'string' }, { name: 'price', type: 'double' }] };
const avroOrder = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'lines', type: { type: 'array', items: 'shop.Line' } },
  ],
};

const jsonLine = {
  $id: 'https://shop.test/line.json', type: 'object', required: ['sku'],
  properties: { sku: { type: 'string' }, price: { type: 'number', minimum: 0 } },
};
const jsonOrder = {
  $schema: 'http://json-schema.org/draft-07/schema#', $id: 'https://shop.test/order.json', title: 'Order', type: 'object', required: ['id'],
  properties: {
    id: { type: 'integer' }, customer: { type: 'string' }, note: { type: ['string', 'null'] },
    lines: { type: 'array', items: { $ref: 'https://shop.test/line.json' } },
  },
};

const field = (name, number, type, more = {}) => ({ name, number, type, label: Label.OPTIONAL, jsonName: name, ...more });
const files = createFileRegistry(create(FileDescriptorSetSchema, {
  file: [
    file_google_protobuf_timestamp.proto,
    create(FileDescriptorProtoSchema, {
      name: 'shop/line.proto', package: 'shop', syntax: 'proto3',
      messageType: [{ name: 'Line', field: [field('sku', 1, Type.STRING), field('price', 2, Type.DOUBLE)] }],
    }),
    create(FileDescriptorProtoSchema, {
      name: 'shop/order.proto', package: 'shop', syntax: 'proto3', dependency: ['shop/line.proto', 'google/protobuf/timestamp.proto'],
      messageType: [
        { name: 'Unused', field: [field('x', 1, Type.INT32)] },
        {
          name: 'Order',
          field: [
            field('id', 1, Type.INT64), field('customer', 2, Type.STRING), field('note', 3, Type.STRING),
            field('lines', 4, Type.MESSAGE, { label: Label.REPEATED, typeName: '.shop.Line' }),
            field('placed', 5, Type.MESSAGE, { typeName: '.google.protobuf.Timestamp' }),
          ],
        },
      ],
    }),
  ],
}));
const protobufOrder = files.getMessage('shop.Order');

const lines = [{ sku: 'a', price: 1.5 }, { sku: 'ß', price: 2 }];
const plainOrders = [
  { id: 1, customer: 'Ada', note: null, lines },
  { id: 2, customer: 'Zoë', note: 'twice', lines: [] },
];
const protobufOrders = [
  { id: '1', customer: 'Ada', lines, placed: '2024-02-29T12:00:00Z' },
  { id: '9007199254740993', customer: 'Zoë', note: 'twice' },
];

async function register(client, subject, schemaType, line, order, name) {
  await client.register(`${subject}-line`, { schemaType, schema: JSON.stringify(line) });
  await client.register(subject, { schemaType, schema: JSON.stringify(order), references: [{ name, subject: `${subject}-line`, version: 1 }] });
}

const latest = { autoRegisterSchemas: false, useLatestVersion: true };
// The GUID of the schema goes into a header of the record, and the data stays bare.
export const inHeader = { schemaIdSerializer: sr.HeaderSchemaIdSerializer };

// Each language: its orders, how its schemas come to the registry, its serialiser, its deserialiser, and values as plain JSON.
export const languages = {
  avro: {
    orders: plainOrders,
    register: (client, subject) => register(client, subject, 'AVRO', avroLine, avroOrder, 'shop.Line'),
    serializer: (client, more = {}) => new sr.AvroSerializer(client, sr.SerdeType.VALUE, { ...latest, ...more }),
    deserializer: (client) => new sr.AvroDeserializer(client, sr.SerdeType.VALUE, {}),
    toMessage: (order) => order,
    toPlain: (order) => order,
  },
  jsonschema: {
    orders: plainOrders,
    register: (client, subject) => register(client, subject, 'JSON', jsonLine, jsonOrder, 'https://shop.test/line.json'),
    serializer: (client, more = {}) => new sr.JsonSerializer(client, sr.SerdeType.VALUE, { ...latest, validate: true, ...more }),
    deserializer: (client) => new sr.JsonDeserializer(client, sr.SerdeType.VALUE, { validate: true }),
    toMessage: (order) => order,
    toPlain: (order) => order,
  },
  protobuf: {
    orders: protobufOrders,
    // The serialiser registers the file and what it imports, as descriptors in base64.
    register: async () => {},
    serializer: (client, more = {}) =>
      new sr.ProtobufSerializer(client, sr.SerdeType.VALUE, { autoRegisterSchemas: true, registry: createMutableRegistry(protobufOrder), ...more }),
    deserializer: (client) => new sr.ProtobufDeserializer(client, sr.SerdeType.VALUE, {}),
    toMessage: (order) => fromJson(protobufOrder, order),
    toPlain: (message) => toJson(files.getMessage(message.$typeName), message),
  },
};

export const connect = (host) => new sr.SchemaRegistryClient({ baseURLs: [host] });
