using System.Collections;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Tests.Model;

/// <summary>Fills messages with seeded nonsense that is legal in a version; what the version lacks stays at its default.</summary>
public sealed class ModelFiller(Random random)
{
    private const string Letters = "abcXYZ019._-äß漢🦆";

    public IKafkaMessage Fill(WireMessage message, short version)
    {
        IKafkaMessage value = message.New();
        Fill(message.Fields, value, version);
        return value;
    }

    /// <summary>A value that differs from the default.</summary>
    public object NotDefault(WireField field, short version)
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            object? value = Value(field, version, mayBeNull: false);
            if (value is not null && !ModelComparer.Same(field, value, field.Default)) return value;
        }
        throw new InvalidOperationException($"No value of {field.Name} differs from its default.");
    }

    private void Fill(IReadOnlyList<WireField> fields, object value, short version)
    {
        foreach (WireField field in fields)
        {
            if (field.IsIn(version)) field.Property.SetValue(value, Value(field, version, field.MayBeNull(version)));
        }
    }

    private object? Value(WireField field, short version, bool mayBeNull)
    {
        if (mayBeNull && random.Next(4) == 0) return null;
        if (!field.IsList) return Single(field, version);
        var list = (IList)Activator.CreateInstance(field.Property.PropertyType)!;
        int count = random.Next(10) == 0 ? random.Next(200) : random.Next(4);
        if (field.Fields is not null) count = Math.Min(count, 4);
        for (int i = 0; i < count; i++) list.Add(Single(field, version));
        return list;
    }

    private object Single(WireField field, short version)
    {
        Type type = field.ElementType;
        if (type.IsEnum) return Enum.ToObject(type, (short)random.Next(-1, 130));
        switch (field.WireType)
        {
            case "bool": return random.Next(2) == 0;
            case "int8": return (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1);
            case "int16": return (short)random.Next(short.MinValue, short.MaxValue + 1);
            case "uint16": return (ushort)random.Next(ushort.MaxValue + 1);
            case "float64": return random.NextDouble() * 1e9 - 5e8;
            case "int32": return random.Next(3) == 0 ? random.Next(-2, 3) : unchecked((int)random.NextInt64());
            case "int64": return random.Next(3) == 0 ? random.Next(-2, 3) : unchecked(random.NextInt64() * 3);
            case "uuid": return new Guid(Blob(16));
            case "string": return Text();
            case "bytes": return Blob(Size());
            case "records": return RecordsLease.Copy(Blob(Size()));
        }
        object nested = Activator.CreateInstance(type)!;
        Fill(field.Fields!, nested, version);
        return nested;
    }

    /// <summary>Mostly short, sometimes around the sizes where a varint grows.</summary>
    private int Size() => random.Next(8) switch { 0 => 0, 1 => random.Next(120, 135), 2 => random.Next(300), _ => random.Next(12) };

    private string Text()
    {
        var runes = Letters.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, Size()).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }

    private byte[] Blob(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
