using System.Globalization;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

internal sealed partial class ProtoPrinter
{
    private void Message(DescriptorProto message)
    {
        _lines.Begin($"{_visibility.Of(message)}message {message.Name}");
        var block = new ProtoBlock(_lines);
        Body(message, block);
        block.Close();
    }

    private void Body(DescriptorProto message, ProtoBlock block)
    {
        if (message.ReservedRange.Count > 0 || message.ReservedName.Count > 0)
        {
            block.Section();
            var ranges = message.ReservedRange.Select(range => new NumberRange(range.Start, range.End - 1, MaxNumber));
            Reserved([.. ranges], message.ReservedName);
        }
        OptionSection(block, _options.Of(message.Options, message.Options?.UninterpretedOption, "MessageOptions"));

        var nested = new NestedOrder(message.NestedType, message.Field.Concat(message.Extension), hasGroups: !HasEdition);
        Statements(message, block, nested);
        if (_hasExtensions && message.ExtensionRange.Count > 0)
        {
            block.Section();
            ExtensionRanges(message);
        }
        var extensions = _hasExtensions ? ExtendBlocks(message.Extension, nested) : [];
        if (extensions.Count > 0)
        {
            block.Section();
            foreach (var extend in extensions)
            {
                if (extend.Exists(extension => nested.GroupOf(extension) is not null)) DueMessages(nested);
                Extend(extend, nested);
            }
        }
        if (nested.HasExplicit || message.EnumType.Count > 0)
        {
            block.Section();
            foreach (var type in nested.TakeRest()) Message(type);
            foreach (var type in message.EnumType) Enum(type);
        }
    }

    /// <summary>Fields, oneofs and groups, each a section.</summary>
    private void Statements(DescriptorProto message, ProtoBlock block, NestedOrder nested)
    {
        var members = message.Field.Where(IsInOneOf).ToLookup(field => field.OneofIndex);
        var oneOfs = message.OneofDecl.Select((oneOf, index) => (OneOf: oneOf, Fields: members[index].ToList()))
            .Where(entry => entry.Fields.Count > 0)
            .ToList();
        var groups = message.Field.Where(field => !IsInOneOf(field) && nested.GroupOf(field) is not null).ToList();
        var fields = message.Field.Where(field => !IsInOneOf(field) && nested.GroupOf(field) is null).ToList();
        if (_isNormalized)
        {
            fields = [.. fields.OrderBy(field => field.Number)];
            groups = [.. groups.OrderBy(field => field.Number)];
            oneOfs = [.. oneOfs.Select(entry => entry with { Fields = [.. entry.Fields.OrderBy(field => field.Number)] })
                .OrderBy(entry => entry.Fields[0].Number)];
        }
        else if (!nested.IsAscending([.. fields, .. oneOfs.SelectMany(entry => entry.Fields), .. groups]))
        {
            // Types come into being with their fields: where sections would change the types' order, fields stay in theirs.
            block.Section();
            foreach (var field in message.Field)
            {
                if (!IsInOneOf(field)) Field(field, nested);
                else if (ReferenceEquals(members[field.OneofIndex].First(), field))
                    OneOf(message.OneofDecl[field.OneofIndex], [.. members[field.OneofIndex]], nested);
            }
            return;
        }
        if (fields.Count > 0) block.Section();
        foreach (var field in fields) Field(field, nested);
        if (oneOfs.Count > 0) block.Section();
        foreach (var entry in oneOfs) OneOf(entry.OneOf, entry.Fields, nested);
        if (groups.Count > 0) block.Section();
        foreach (var group in groups) Field(group, nested);
    }

    private void OneOf(OneofDescriptorProto oneOf, List<FieldDescriptorProto> members, NestedOrder nested)
    {
        var groups = members.FindAll(member => nested.GroupOf(member) is not null);
        if (groups.Count > 0) DueMessages(nested);
        _lines.Begin($"oneof {oneOf.Name}");
        var block = new ProtoBlock(_lines);
        OptionSection(block, _options.Of(oneOf.Options, oneOf.Options?.UninterpretedOption, "OneofOptions"));
        var fields = members.FindAll(member => nested.GroupOf(member) is null);
        if (fields.Count > 0) block.Section();
        foreach (var field in fields) Field(field, nested, isInOneOf: true);
        if (groups.Count > 0) block.Section();
        foreach (var group in groups) Field(group, nested, isInOneOf: true);
        block.Close();
    }

    private static bool IsInOneOf(FieldDescriptorProto field) => field.HasOneofIndex && !field.Proto3Optional;

    /// <summary>Messages that have to stand before the next type that a field brings into being.</summary>
    private void DueMessages(NestedOrder nested)
    {
        while (nested.TakeDue() is { } message) Message(message);
    }

    private void Reserved(List<NumberRange> ranges, IList<string> names)
    {
        var printedNames = names.Select(name => HasEdition ? name : ProtoQuotes.Quote(name));
        if (_isNormalized)
        {
            foreach (var range in ranges.OrderBy(range => range.First).ThenBy(range => range.Last)) _lines.Line($"reserved {range};");
            foreach (var name in printedNames.Order(StringComparer.Ordinal)) _lines.Line($"reserved {name};");
            return;
        }
        if (ranges.Count > 0) _lines.Line($"reserved {string.Join(", ", ranges)};");
        if (names.Count > 0) _lines.Line($"reserved {string.Join(", ", printedNames)};");
    }

    /// <summary>Ranges with the same options share a statement, as they were most likely written; normalised, each has its own.</summary>
    private void ExtensionRanges(DescriptorProto message)
    {
        var ranges = message.ExtensionRange.ToList();
        if (_isNormalized) ranges = [.. ranges.OrderBy(range => range.Start)];
        for (var i = 0; i < ranges.Count;)
        {
            var end = i + 1;
            while (!_isNormalized && end < ranges.Count && Equals(ranges[end].Options, ranges[i].Options)) end++;
            var numbers = ranges[i..end].Select(range => new NumberRange(range.Start, range.End - 1, MaxNumber));
            _lines.Begin($"extensions {string.Join(", ", numbers)}");
            OptionList(_options.Of(ranges[i].Options, ranges[i].Options?.UninterpretedOption, "ExtensionRangeOptions"));
            _lines.End(";");
            i = end;
        }
    }

    private const int MaxNumber = 536_870_911;

    /// <summary>Numbers from one to another, both included; <paramref name="Max"/> is what "max" stands for.</summary>
    private readonly record struct NumberRange(int First, int Last, int Max)
    {
        public override string ToString()
        {
            var first = First.ToString(CultureInfo.InvariantCulture);
            if (First == Last) return first;
            return $"{first} to {(Last == Max ? "max" : Last.ToString(CultureInfo.InvariantCulture))}";
        }
    }
}
