using System.Globalization;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Compatibility;

/// <summary>Finds everything that keeps a reader from reading a writer's data, by the rules the JVM registries apply.</summary>
internal sealed class AvroComparison
{
    // A pair met again while it is being compared counts as compatible: whatever is wrong with it is found by the comparison under way.
    private readonly Dictionary<(AvroSchema Reader, AvroSchema Writer), IReadOnlyList<SchemaDifference>> _seen = [];
    private readonly List<string> _path = [];
    private readonly BudgetMeter _meter;

    private AvroComparison(SchemaBudget budget) => _meter = budget.Start();

    public static IReadOnlyList<SchemaDifference> Compare(AvroSchema reader, AvroSchema writer, SchemaBudget budget) =>
        new AvroComparison(budget).At(null, reader, writer);

    // What remembering a pair and its differences costs, in steps.
    private const int PairSteps = 10;

    private IReadOnlyList<SchemaDifference> At(string? step, AvroSchema reader, AvroSchema writer)
    {
        if (_seen.TryGetValue((reader, writer), out var known)) return known;
        _seen[(reader, writer)] = [];
        _meter.Step(PairSteps);
        _meter.Enter();
        if (step is not null) _path.Add(step);
        var found = new List<SchemaDifference>();
        if (reader.Type == writer.Type) SameType(reader, writer, found);
        else if (writer is AvroUnion writerUnion) EveryBranch(reader, writerUnion, found);
        else if (reader is AvroUnion readerUnion) AnyBranch(readerUnion, writer, found);
        else if (!IsPromotion(writer.Type, reader.Type)) found.Add(TypeMismatch(reader, writer));
        if (step is not null) _path.RemoveAt(_path.Count - 1);
        _meter.Leave();
        _seen[(reader, writer)] = found;
        return found;
    }

    /// <summary>Whether what was written as one primitive can be read as another.</summary>
    public static bool IsPromotion(AvroType from, AvroType to) => (from, to) switch
    {
        (AvroType.Int, AvroType.Long or AvroType.Float or AvroType.Double) => true,
        (AvroType.Long, AvroType.Float or AvroType.Double) => true,
        (AvroType.Float, AvroType.Double) => true,
        (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => true,
        _ => false,
    };

    /// <summary>
    /// Whether two named types may stand for each other: short names count, or an alias of the reader names the writer in full.
    /// </summary>
    public static bool NamesAgree(AvroNamed reader, AvroNamed writer)
    {
        if (reader.Name.Name == writer.Name.Name) return true;
        foreach (var alias in reader.Aliases)
            if (alias.Full == writer.Name.Full) return true;
        return false;
    }

    private void SameType(AvroSchema reader, AvroSchema writer, List<SchemaDifference> found)
    {
        switch (reader, writer)
        {
            case (AvroArray a, AvroArray b):
                Append(found, At("items", a.Items, b.Items));
                break;
            case (AvroMap a, AvroMap b):
                Append(found, At("values", a.Values, b.Values));
                break;
            case (AvroFixed a, AvroFixed b):
                Names(a, b, found);
                if (a.Size != b.Size)
                    found.Add(Difference("FIXED_SIZE_MISMATCH", "size", $"expected: {b.Size}, found: {a.Size}",
                        path => $"The size of {a.Name.Full} at path '{path}' in the reader schema is not that in the writer schema"));
                break;
            case (AvroEnum a, AvroEnum b):
                Names(a, b, found);
                Symbols(a, b, found);
                break;
            case (AvroRecord a, AvroRecord b):
                Names(a, b, found);
                Fields(a, b, found);
                break;
            case (AvroUnion a, AvroUnion b):
                for (var i = 0; i < b.Branches.Count; i++)
                {
                    if (At(Index(i), a, b.Branches[i]).Count == 0) continue;
                    found.Add(MissingBranch(Index(i), b.Branches[i]));
                }
                break;
        }
    }

    private void EveryBranch(AvroSchema reader, AvroUnion writer, List<SchemaDifference> found)
    {
        for (var i = 0; i < writer.Branches.Count; i++) Append(found, At(Index(i), reader, writer.Branches[i]));
    }

    private void AnyBranch(AvroUnion reader, AvroSchema writer, List<SchemaDifference> found)
    {
        for (var i = 0; i < reader.Branches.Count; i++)
        {
            _meter.Step();
            if (!AreStrangers(reader.Branches[i], writer) && At(Index(i), reader.Branches[i], writer).Count == 0) return;
        }
        found.Add(MissingBranch(null, writer));
    }

    /// <summary>Whether two schemas that are no unions differ in kind or name already, so that nothing within them needs looking at.</summary>
    private static bool AreStrangers(AvroSchema reader, AvroSchema writer) =>
        reader.Type == writer.Type ? reader is AvroNamed named && !NamesAgree(named, (AvroNamed)writer) : !IsPromotion(writer.Type, reader.Type);

    /// <summary>
    /// Shared types repeat their differences wherever they are used, which can multiply; a thousand are enough for anybody.
    /// </summary>
    private static void Append(List<SchemaDifference> found, IReadOnlyList<SchemaDifference> more) =>
        found.AddRange(more.Take(1000 - Math.Min(1000, found.Count)));

    private void Names(AvroNamed reader, AvroNamed writer, List<SchemaDifference> found)
    {
        if (NamesAgree(reader, writer)) return;
        found.Add(Difference("NAME_MISMATCH", "name", $"expected: {writer.Name.Full}",
            path => $"The type at path '{path}' in the reader schema has another name in the writer schema"));
    }

    private void Symbols(AvroEnum reader, AvroEnum writer, List<SchemaDifference> found)
    {
        if (reader.DefaultSymbol is not null) return;
        var missing = writer.Symbols.Where(symbol => reader.OrdinalOf(symbol) < 0).Order(StringComparer.Ordinal).ToList();
        if (missing.Count == 0) return;
        found.Add(Difference("MISSING_ENUM_SYMBOLS", "symbols", $"[{string.Join(", ", missing)}]",
            path => $"The enum at path '{path}' in the reader schema lacks symbols of the writer schema"));
    }

    private void Fields(AvroRecord reader, AvroRecord writer, List<SchemaDifference> found)
    {
        _path.Add("fields");
        foreach (var field in reader.Fields)
        {
            _path.Add(Index(field.Position));
            var matches = WriterFields(field, writer);
            if (matches.Count > 1)
                found.Add(Difference("TYPE_MISMATCH", null, field.Name, path => $"The field at path '{path}' in the reader schema stands by its name and aliases for several fields of the writer schema"));
            else if (matches.Count == 1)
                Append(found, At("type", field.Schema, matches[0].Schema));
            else if (field.Default is null && field.Schema is AvroEnum { DefaultSymbol: not null })
                // An enum's own default stands in for unknown symbols, not for a missing field.
                Append(found, At("type", field.Schema, writer));
            else if (field.Default is null)
                found.Add(Difference("READER_FIELD_MISSING_DEFAULT_VALUE", null, field.Name,
                    path => $"The field '{field.Name}' at path '{path}' in the reader schema has no default value and is missing in the writer schema"));
            _path.RemoveAt(_path.Count - 1);
        }
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>The writer's fields a reader's field stands for: the one of its name, and those its aliases name.</summary>
    public static List<AvroField> WriterFields(AvroField readerField, AvroRecord writer)
    {
        var matches = new List<AvroField>();
        if (writer.Find(readerField.Name) is { } direct) matches.Add(direct);
        foreach (var alias in readerField.Aliases)
            if (writer.Find(alias) is { } aliased && !matches.Contains(aliased)) matches.Add(aliased);
        return matches;
    }

    private SchemaDifference TypeMismatch(AvroSchema reader, AvroSchema writer)
    {
        var (r, w) = (TypeName(reader), TypeName(writer));
        return Difference("TYPE_MISMATCH", null, $"reader type: {r} not compatible with writer type: {w}",
            path => $"The type at path '{path}' in the reader schema cannot be read from that in the writer schema");
    }

    private SchemaDifference MissingBranch(string? step, AvroSchema writer) =>
        Difference("MISSING_UNION_BRANCH", step, $"reader union lacking writer type: {TypeName(writer)}",
            path => $"The union at path '{path}' in the reader schema has no branch for a type in the writer schema");

    private static string TypeName(AvroSchema schema) => schema.Type.WireName().ToUpperInvariant();

    private SchemaDifference Difference(string type, string? lastStep, string info, Func<string, string> describe)
    {
        var steps = lastStep is null ? _path : [.. _path, lastStep];
        var path = steps.Count == 0 ? "/" : Text.JsonLocation.Pointer(steps);
        return new SchemaDifference(type, path, describe(path), info, SchemaTypes.Avro);
    }

    private static string Index(int index) => index.ToString(CultureInfo.InvariantCulture);
}
