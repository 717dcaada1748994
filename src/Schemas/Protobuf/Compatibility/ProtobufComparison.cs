using System.Globalization;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf.Model;
using static Gateway.Schemas.Protobuf.Compatibility.ProtobufDifferences;

namespace Gateway.Schemas.Protobuf.Compatibility;

/// <summary>
/// Finds what keeps a reader's file from reading a writer's data, by the rules the JVM registries apply: messages and enums by name within
/// their level, fields and constants by number. Messages of imported files are compared where a field refers to them.
/// </summary>
internal sealed partial class ProtobufComparison
{
    // Whether a pair is readable. Met again while it is being compared it counts as such: what is wrong with it is found all the same.
    private readonly Dictionary<(ProtoMessage Reader, ProtoMessage Writer), bool> _seen = [];
    private readonly List<ProtobufDifference> _found = [];
    private readonly List<string> _path = [];
    private readonly ProtoFile _reader;
    private readonly ProtoFile _writer;
    private readonly BudgetMeter _meter;
    private readonly bool _isExhaustive;
    private readonly bool _keepsCompatible;

    /// <summary>Differences that break found so far.</summary>
    private int _breaking;

    private ProtobufComparison(ProtoFile reader, ProtoFile writer, CompatibilityPolicy policy, SchemaBudget budget, bool keepsCompatible)
    {
        _reader = reader;
        _writer = writer;
        _meter = budget.Start();
        _isExhaustive = policy == CompatibilityPolicy.Exhaustive;
        _keepsCompatible = keepsCompatible;
    }

    /// <summary>What breaks, by the rules every registry has.</summary>
    public static IReadOnlyList<SchemaDifference> Compare(ProtoFile reader, ProtoFile writer, SchemaBudget budget) =>
        Compare(reader, writer, CompatibilityPolicy.Strict, budget);

    /// <summary>What breaks, by a policy's rules.</summary>
    public static IReadOnlyList<SchemaDifference> Compare(
        ProtoFile reader, ProtoFile writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        [.. new ProtobufComparison(reader, writer, policy, budget, keepsCompatible: false).Files()
            .Select(found => found.ToSchemaDifference())];

    /// <summary>Every difference, those that break nothing included.</summary>
    public static IReadOnlyList<ProtobufDifference> All(
        ProtoFile reader, ProtoFile writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        new ProtobufComparison(reader, writer, policy, budget, keepsCompatible: true).Files();

    private List<ProtobufDifference> Files()
    {
        if (_reader.Package != _writer.Package) Add(PackageChanged);
        Messages(_reader.Messages, _writer.Messages, [], []);
        Enums(_reader.Enums, _writer.Enums);
        if (_isExhaustive)
        {
            Extensions();
            Services();
        }
        return _found;
    }

    private void Messages(
        IReadOnlyList<ProtoMessage> reader, IReadOnlyList<ProtoMessage> writer, IReadOnlyList<ProtoField> readerFields,
        IReadOnlyList<ProtoField> writerFields)
    {
        var (readers, writers) = (ByName(reader, readerFields), ByName(writer, writerFields));
        foreach (var (name, (written, writtenIndex)) in writers)
        {
            _meter.Step();
            using var step = At(name);
            if (!readers.TryGetValue(name, out var read))
            {
                Add(MessageRemoved);
                continue;
            }
            IsReadable(read.Message, written);
            if (read.Index != writtenIndex) Add(MessageMoved);
        }
        foreach (var name in readers.Keys)
        {
            if (writers.ContainsKey(name)) continue;
            using var step = At(name);
            Add(MessageAdded);
        }
    }

    /// <summary>Declared messages with their place among each other. What maps and groups bring is compared with their fields.</summary>
    private static Dictionary<string, (ProtoMessage Message, int Index)> ByName(
        IReadOnlyList<ProtoMessage> messages, IReadOnlyList<ProtoField> fields)
    {
        var byName = new Dictionary<string, (ProtoMessage, int)>(messages.Count, StringComparer.Ordinal);
        var groups = fields.Where(IsGroup).Select(field => field.MessageType).ToHashSet();
        foreach (var message in messages)
            if (!message.IsMapEntry && !groups.Contains(message)) byName.TryAdd(message.Name, (message, byName.Count));
        return byName;
    }

    private static bool IsGroup(ProtoField field) =>
        field.Proto.Type == Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Group;

    private void Enums(IReadOnlyList<ProtoEnum> reader, IReadOnlyList<ProtoEnum> writer)
    {
        var readers = reader.ToDictionary(type => type.Name, StringComparer.Ordinal);
        var writers = writer.ToDictionary(type => type.Name, StringComparer.Ordinal);
        foreach (var (name, written) in writers)
        {
            using var step = At(name);
            if (readers.TryGetValue(name, out var read)) Constants(read, written);
            else Add(EnumRemoved);
        }
        foreach (var name in readers.Keys)
        {
            if (writers.ContainsKey(name)) continue;
            using var step = At(name);
            Add(EnumAdded);
        }
    }

    private void Constants(ProtoEnum reader, ProtoEnum writer)
    {
        foreach (var number in Numbers(reader.Values.Select(value => value.Number), writer.Values.Select(value => value.Number)))
        {
            using var step = At(number);
            var (read, written) = (reader.Find(number), writer.Find(number));
            if (read is null) Add(EnumConstRemoved);
            else if (written is null) Add(EnumConstAdded);
            else if (read.Name != written.Name) Add(EnumConstChanged);
        }
    }

    /// <summary>Numbers of both sides, ascending, each once.</summary>
    private SortedSet<int> Numbers(IEnumerable<int> reader, IEnumerable<int> writer)
    {
        var numbers = new SortedSet<int>();
        foreach (var number in reader.Concat(writer))
        {
            _meter.Step();
            numbers.Add(number);
        }
        return numbers;
    }

    private void Add(ProtobufDifferenceKind kind)
    {
        if (!kind.IsCompatible) _breaking++;
        else if (!_keepsCompatible) return;
        // Paths are of names, and names can be long; messages repeat them.
        _meter.Step(ProtoNames.Steps(_path.Sum(part => part.Length + 1)));
        _found.Add(new ProtobufDifference(kind, "#/" + string.Join('/', _path)));
    }

    private Step At(int number) => At(number.ToString(CultureInfo.InvariantCulture));

    private Step At(string name)
    {
        _path.Add(name);
        return new Step(_path, _path.Count - 1);
    }

    /// <summary>Leaves the path's last part when disposed; under an exception the path may be another one.</summary>
    private readonly struct Step(List<string> path, int length) : IDisposable
    {
        public void Dispose() => path.RemoveRange(Math.Min(length, path.Count), path.Count - Math.Min(length, path.Count));
    }
}
