using System.Globalization;
using System.Text;

namespace Gateway.Bench.Kafka;

/// <summary>What the values of records are made of, which is what decides how well they compress.</summary>
internal enum RecordShape
{
    /// <summary>Random bytes: does not compress.</summary>
    Random,

    /// <summary>JSON documents as services write them: compresses three- to fivefold.</summary>
    Json,

    /// <summary>Zeros: compresses to nothing.</summary>
    Zeros,
}

/// <summary>Makes values of a shape and size.</summary>
internal static class RecordValues
{
    private static readonly string[] Words = ["order", "customer", "shipped", "pending", "invoice", "berlin", "lagos", "osaka", "lima", "oslo"];

    /// <summary>A value of exactly <paramref name="size"/> bytes.</summary>
    public static byte[] Make(RecordShape shape, int size, Random random)
    {
        byte[] value = new byte[size];
        if (shape == RecordShape.Random) random.NextBytes(value);
        if (shape == RecordShape.Json) FillWithJson(value, random);
        return value;
    }

    private static void FillWithJson(byte[] value, Random random)
    {
        var text = new StringBuilder(value.Length + 64).Append("{\"id\":").Append(random.Next());
        while (text.Length < value.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $",\"{Words[random.Next(Words.Length)]}{random.Next(20)}\":\"{Words[random.Next(Words.Length)]}-{random.Next(100_000)}\"");
        }
        Encoding.ASCII.GetBytes(text.ToString(0, value.Length), value);
        if (value.Length > 0) value[^1] = (byte)'}';
    }
}
