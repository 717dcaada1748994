using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Protocol.Tests.Model;

namespace Gateway.Protocol.Tests.Golden;

/// <summary>
/// Reads a table of Kafka's message definitions, if there is one beside the checkout, into the same lines as <see cref="Shape"/>.
/// </summary>
internal static partial class MessageTable
{
    /// <summary>The table's path: GATEWAY_MESSAGE_TABLE, or shared/reference/kafka-messages.txt in some folder above; null when absent.</summary>
    public static string? Find(string from)
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_MESSAGE_TABLE") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(from); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "reference", "kafka-messages.txt");
            if (File.Exists(candidate)) return candidate;
        }
        return null;
    }

    /// <summary>Lines by message and version. Where the table lists old versions apart, whether a value may be dropped is not compared.</summary>
    public static Dictionary<(string Message, int Version), List<TableLine>> Lines(string path)
    {
        var found = new Dictionary<(string, int), List<TableLine>>();
        bool legacy = false;
        Section? section = null;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("## LEGACY", StringComparison.Ordinal)) legacy = true;
            else if (line.StartsWith("## ", StringComparison.Ordinal)) legacy = false;
            if (HeadLine().Match(line) is { Success: true } head)
            {
                section = new Section(head, legacy);
                for (int v = section.Low; v <= section.High; v++) found.TryAdd((section.Name, v), []);
            }
            else if (section is not null && FieldLine().Match(line) is { Success: true } field)
            {
                foreach ((int version, string text) in section.Field(field)) found[(section.Name, version)].Add(new TableLine(text, legacy));
            }
            else
            {
                section = null;
            }
        }
        return found;
    }

    /// <summary>A line, and whether it comes from the part that lists old versions.</summary>
    public sealed record TableLine(string Text, bool IsLegacy)
    {
        public bool Is(string ours) => Text == (IsLegacy ? ours.Replace(" ig", "", StringComparison.Ordinal) : ours);
    }

    [GeneratedRegex(@"^(?:[<>] \d+|= [\w-]+(?: \d+)?) (?<name>\w+) (?<low>\d+)-(?<high>\d+) flex:(?<flex>\S+)")]
    private static partial Regex HeadLine();

    [GeneratedRegex(@"^(?<dots>\.+)(?<name>\w+) (?<type>\S+)(?<rest>[^#]*)")]
    private static partial Regex FieldLine();

    private sealed class Section(Match head, bool legacy)
    {
        private readonly List<(string Path, int Low, int High)> _parents = [];
        private readonly int _flexibleFrom = head.Groups["flex"].Value is var flex && flex == "none" ? int.MaxValue : Range(flex, 0, int.MaxValue).Low;

        public string Name { get; } = head.Groups["name"].Value;

        public int Low { get; } = int.Parse(head.Groups["low"].Value, CultureInfo.InvariantCulture);

        public int High { get; } = int.Parse(head.Groups["high"].Value, CultureInfo.InvariantCulture);

        public IEnumerable<(int Version, string Text)> Field(Match line)
        {
            int depth = line.Groups["dots"].Length;
            _parents.RemoveRange(depth - 1, _parents.Count - depth + 1);
            (string path, int low, int high) = _parents.Count > 0 ? _parents[^1] : ("", Low, High);
            string name = char.ToUpperInvariant(line.Groups["name"].Value[0]) + line.Groups["name"].Value[1..];
            string type = line.Groups["type"].Value;
            (int Low, int High)? nullable = null;
            string byDefault = type == "records" ? "null" : "";
            int tag = -1;
            (int Low, int High) tagged = default;
            bool ignorable = false, key = false, oldEncoding = false;
            foreach (string mark in line.Groups["rest"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (mark[0] == 'v') (low, high) = Range(mark[1..], low, high);
                else if (mark.StartsWith("null", StringComparison.Ordinal)) nullable = Range(mark[4..], 0, int.MaxValue);
                else if (mark.StartsWith("tag", StringComparison.Ordinal)) (tag, tagged) = Tag(mark[3..]);
                else if (mark[0] == '=') byDefault = Default(mark[1..]);
                else if (mark == "ig") ignorable = !legacy;
                else if (mark == "key") key = true;
                else if (mark == "noflex") oldEncoding = true;
                else throw new FormatException($"{Name}.{name}: {mark}");
            }
            // A field that is only ever tagged is there from its first tagged version on.
            if (tag >= 0) low = Math.Max(low, tagged.Low);
            _parents.Add((path + name + (type[0] == '[' ? "[]." : "."), low, high));
            for (int v = low; v <= high; v++)
            {
                bool mayBeNull = nullable is { } range && v >= range.Low && v <= range.High;
                bool compact = v >= _flexibleFrom && !oldEncoding;
                yield return (v, Shape.Line(Name, v, path + name, type, mayBeNull, compact, v >= tagged.Low && v <= tagged.High ? tag : -1, byDefault, ignorable, key));
            }
        }

        private static (int Tag, (int Low, int High) Versions) Tag(string text)
        {
            string[] parts = text.Split('@');
            return (int.Parse(parts[0], CultureInfo.InvariantCulture), Range(parts.Length > 1 ? parts[1] : "", 0, int.MaxValue));
        }

        private static string Default(string text) => text switch
        {
            "0" or "false" or "\"\"" => "",
            _ when text.StartsWith("0x", StringComparison.Ordinal) => Convert.ToInt64(text, 16).ToString(CultureInfo.InvariantCulture),
            _ => text,
        };

        private static (int Low, int High) Range(string text, int low, int high)
        {
            if (text.Length == 0) return (low, high);
            if (text.EndsWith('+')) return (int.Parse(text[..^1], CultureInfo.InvariantCulture), high);
            string[] ends = text.Split('-');
            return (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
        }
    }
}
