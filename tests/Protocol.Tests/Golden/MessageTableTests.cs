using System.Runtime.CompilerServices;
using Gateway.Protocol.Tests.Model;

namespace Gateway.Protocol.Tests.Golden;

public class MessageTableTests
{
    /// <summary>Produce 0–2 and Fetch 0–3 carry older record formats, which we do not speak.</summary>
    private static readonly Dictionary<string, int> LeftOutBelow = new()
    {
        ["ProduceRequest"] = 3,
        ["ProduceResponse"] = 3,
        ["FetchRequest"] = 4,
        ["FetchResponse"] = 4,
    };

    /// <summary>What is between the rooms of our own process.</summary>
    private static readonly HashSet<string> s_ours = ["AppendIfRequest", "AppendIfResponse", "FindKeyRequest", "FindKeyResponse"];

    [Fact]
    public void Every_field_in_every_version_is_what_the_table_beside_the_checkout_says()
    {
        if (MessageTable.Find(Here()) is not { } path) return;
        Dictionary<(string Message, int Version), List<MessageTable.TableLine>> table = MessageTable.Lines(path);
        var differences = new List<string>();
        foreach (WireMessage message in WireMessage.OfKafka)
        {
            if (s_ours.Contains(message.Name)) continue;
            int lowest = LeftOutBelow.GetValueOrDefault(message.Name);
            int[] expected = [.. table.Keys.Where(key => key.Message == message.Name && key.Version >= lowest).Select(key => key.Version).Order()];
            int[] actual = [.. message.Versions.Select(v => (int)v)];
            if (!expected.SequenceEqual(actual))
                differences.Add($"{message.Name}: versions {string.Join(',', actual)}, the table has {string.Join(',', expected)}");
            foreach (short version in message.Versions)
            {
                if (!table.TryGetValue((message.Name, version), out List<MessageTable.TableLine>? lines)) continue;
                string[] ours = [.. Shape.Lines(message, version)];
                differences.AddRange(Compare(lines, ours));
            }
        }
        Assert.Empty(differences);
    }

    private static IEnumerable<string> Compare(List<MessageTable.TableLine> table, string[] ours)
    {
        if (table.Count != ours.Length)
            yield return $"{table.FirstOrDefault()?.Text ?? ours.FirstOrDefault()}: {ours.Length} fields, the table has {table.Count}";
        foreach ((MessageTable.TableLine theirs, string mine) in table.Zip(ours))
        {
            if (!theirs.Is(mine)) yield return $"ours: {mine} | table: {theirs.Text}";
        }
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
