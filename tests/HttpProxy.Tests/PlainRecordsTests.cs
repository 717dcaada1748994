using System.Text;
using System.Text.Json;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Tests;

/// <summary>What the short way reads, the JSON reader reads too, and as the same; whatever else there is, it leaves to that one.</summary>
public sealed class PlainRecordsTests
{
    // Whole requests come of them now and then, and nearly whole ones often.
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "\r", "\v", "\"records\"", "\"value\"", "\"key\"", "\"partition\"", "\"\"", "\"aGk=\"", "\"ä€😀\"", "\"a\\n\"", "\"\\u0041\"",
        "\"\u0001\"", "\"\u007f\"", "null", "1", "\"", "{\"value\":\"x\"}", "{\"key\":\"k\",\"value\":\"v\"}", "{\"records\":[", "]}",
    ];

    [Theory]
    [InlineData("""{"records":[{"value":"aGk="}]}""", 1)]
    [InlineData("""{"records":[{"key":"a","value":"b"},{"value":"","key":"d"},{"key":"e"}]}""", 3)]
    [InlineData(" {\"records\" :\r\n[\t{ \"value\" : \"aGk=\" } , {\"value\":\"ä\"} ] }\n", 2)]
    public void Records_of_plain_strings_are_read(string body, int records)
    {
        (string? Key, string? Value)[] read = Read(Encoding.UTF8.GetBytes(body)) ?? throw new Xunit.Sdk.XunitException("left to the other");
        Assert.Equal(records, read.Length);
        Assert.Equal(Oracle(body), read);
    }

    [Theory]
    [InlineData("""{"records":[{"value":"a\n"}]}""")]
    [InlineData("""{"records":[{"value":null}]}""")]
    [InlineData("""{"records":[{"value":"a","value":"b"}]}""")]
    [InlineData("""{"records":[{"value":"a","partition":1}]}""")]
    [InlineData("""{"records":[{"value":"a"}],"value_schema_id":1}""")]
    [InlineData("""{"records":[{"value":"a"},]}""")]
    [InlineData("""{"records":[{"value":"a",}]}""")]
    [InlineData("""{"records":[{"value":"a"}]} x""")]
    [InlineData("""{"records":[{"value":"a"}""")]
    [InlineData("""{"records":[{}]}""")]
    [InlineData("""{"records":[]}""")]
    [InlineData("""{"record":[{"value":"a"}]}""")]
    [InlineData("\u00a0{\"records\":[{\"value\":\"a\"}]}")]
    [InlineData("{\"records\":[{\"value\":\"a\tb\"}]}")]
    [InlineData("")]
    public void All_else_is_left_to_the_JSON_reader(string body) => Assert.Null(Read(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_is_read_that_is_no_JSON_or_says_something_else(int seed)
    {
        var random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 100_000; i++)
        {
            string body = Body(random);
            if (Read(Encoding.UTF8.GetBytes(body)) is not { } read) continue;
            taken++;
            Assert.Equal(Oracle(body), read);
        }
        Assert.InRange(taken, 1_000, 99_000);
    }

    /// <summary>A request that is right, with some pieces put in, taken out or in the place of others.</summary>
    private static string Body(Random random)
    {
        List<string> pieces = ["{\"records\":[", "{", "\"key\"", ":", "\"a\"", ",", "\"value\"", ":", "\"b\"", "}", ",", "{", "\"value\"", ":", "\"c\"", "}", "]}"];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(pieces.Count);
            if (random.Next(3) > 0) pieces.RemoveAt(at);
            if (random.Next(3) > 0) pieces.Insert(at, Pieces[random.Next(Pieces.Length)]);
        }
        return string.Concat(pieces);
    }

    private static (string? Key, string? Value)[]? Read(byte[] body)
    {
        var plain = new PlainRecords(body);
        List<(string?, string?)> records = [];
        while (plain.TryNext(out RawRecord record)) records.Add((Text(body, record.Key), Text(body, record.Value)));
        return plain.TryEnd() ? [.. records] : null;
    }

    private static string? Text(byte[] body, JsonSlice slice)
    {
        if (slice.IsNull) return null;
        Assert.False(slice.IsEscaped);
        return JsonSerializer.Deserialize<string>(body.AsSpan(slice.Start, slice.Length));
    }

    private static (string? Key, string? Value)[] Oracle(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        Assert.Equal(["records"], document.RootElement.EnumerateObject().Select(static member => member.Name));
        return [.. document.RootElement.GetProperty("records").EnumerateArray().Select(static record =>
        {
            string[] names = [.. record.EnumerateObject().Select(static member => member.Name)];
            Assert.Equal(names.Distinct(), names);
            Assert.NotEmpty(names);
            Assert.Empty(names.Except(["key", "value"]));
            return (Member(record, "key"), Member(record, "value"));
        })];
    }

    private static string? Member(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
