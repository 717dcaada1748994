// Teaches kafkajs the codecs it leaves to plug-ins: Snappy by its usual plug-in, LZ4 and Zstandard by portable JavaScript, because their
// plug-ins are native code that would have to be compiled.
import kafkajs from 'kafkajs';
import snappy from 'kafkajs-snappy';
import lz4 from 'lz4js';
import zstd from 'zstd-codec';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const LZ4_BLOCK = 64 * 1024;

export async function installCodecs() {
  const codec = await new Promise((resolve) => zstd.ZstdCodec.run(resolve));
  const simple = new codec.Simple();
  const streaming = new codec.Streaming();
  CompressionCodecs[CompressionTypes.Snappy] = snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async (encoder) => lz4Frame(encoder.buffer),
    decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder) => Buffer.from(simple.compress(encoder.buffer)),
    // Streaming, because a frame need not say how much it holds.
    decompress: async (buffer) => Buffer.from(streaming.decompress(buffer)),
  });
}

export const codecByName = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

// Kafka wants blocks that do not depend on each other, which the library's own frames do: so the frame is written here.
function lz4Frame(data) {
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]); // magic, independent blocks, 64 KiB, header checksum
  const parts = [header];
  for (let start = 0; start < data.length; start += LZ4_BLOCK) {
    const block = data.subarray(start, start + LZ4_BLOCK);
    const packed = Buffer.alloc(lz4.compressBound(block.length));
    const size = lz4.compressBlock(block, packed, 0, block.length, new Uint32Array(1 << 16));
    const stored = size === 0 || size >= block.length;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(stored ? (block.length | 0x80000000) >>> 0 : size);
    parts.push(length, stored ? block : packed.subarray(0, size));
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}
