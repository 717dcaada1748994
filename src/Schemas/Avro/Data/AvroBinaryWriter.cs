using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Writes Avro's binary primitives.</summary>
internal sealed class AvroBinaryWriter(IBufferWriter<byte> output)
{
    public void WriteLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var span = output.GetSpan(10);
        var length = 0;
        for (; zigzag > 0x7f; zigzag >>= 7) span[length++] = (byte)(zigzag | 0x80);
        span[length++] = (byte)zigzag;
        output.Advance(length);
    }

    public void WriteBoolean(bool value)
    {
        output.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        output.Advance(1);
    }

    public void WriteFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteLong(bytes.Length);
        output.Write(bytes);
    }

    public void WriteFixed(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void WriteString(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteLong(length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }
}
