using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Printing;

internal sealed partial class ProtoPrinter
{
    private void Field(FieldDescriptorProto field, NestedOrder nested, bool isInOneOf = false)
    {
        var group = nested.GroupOf(field);
        var entry = nested.MapEntryOf(field);
        if (group is not null || entry is not null)
        {
            // Braces of a oneof cannot hold messages; they were printed before it.
            if (!isInOneOf) DueMessages(nested);
            nested.CountMade();
        }
        var type = group is not null ? "group" : entry is not null ? $"map<{MapTypes(entry)}>" : TypeName(field);
        var label = entry is not null || isInOneOf ? "" : LabelOf(field);
        _lines.Begin($"{label}{type} {(group is null ? field.Name : group.Name)} = {field.Number}");
        OptionList(FieldOptions(field));
        if (group is null)
        {
            _lines.End(";");
            return;
        }
        var block = new ProtoBlock(_lines);
        Body(group, block);
        block.Close();
    }

    private string LabelOf(FieldDescriptorProto field) => field.Label switch
    {
        Label.Repeated => "repeated ",
        Label.Required when !IsProto3 && !HasEdition => "required ",
        _ when field.Proto3Optional || (!IsProto3 && !HasEdition) => "optional ",
        _ => "",
    };

    private static string TypeName(FieldDescriptorProto field) =>
        field.TypeName.Length > 0 ? field.TypeName : field.Type.ToString().ToLowerInvariant();

    private static string MapTypes(DescriptorProto entry) => $"{TypeName(entry.Field[0])}, {TypeName(entry.Field[1])}";

    /// <summary>Default and JSON name come last, normalised or not: they are no options, and registries print what they normalised again.</summary>
    private List<ProtoOption> FieldOptions(FieldDescriptorProto field)
    {
        var options = _options.Of(field.Options, field.Options?.UninterpretedOption, "FieldOptions");
        if (field.HasDefaultValue) options.Add(new ProtoOption("default", DefaultOf(field)));
        // An extension's JSON name is its own; nobody may choose it.
        if (field.HasJsonName && !field.HasExtendee && (!_hasImpliedJsonNames || field.JsonName != ImpliedJsonName(field.Name)))
            options.Add(new ProtoOption("json_name", ProtoOptionValue.Of(field.JsonName)));
        return options;
    }

    private static ProtoOptionValue DefaultOf(FieldDescriptorProto field) => field.Type switch
    {
        Type.String when field.TypeName.Length == 0 => ProtoOptionValue.Of(field.DefaultValue),
        // Descriptors hold defaults of bytes escaped already.
        Type.Bytes when field.TypeName.Length == 0 => new ProtoOptionValue.Word($"\"{field.DefaultValue}\""),
        _ => new ProtoOptionValue.Word(field.DefaultValue),
    };

    /// <summary>The name without underscores, each letter behind one in upper case.</summary>
    private static string ImpliedJsonName(string name)
    {
        var letters = new char[name.Length];
        var (count, isUpper) = (0, false);
        foreach (var c in name)
        {
            if (c != '_') letters[count++] = isUpper && char.IsAsciiLetterLower(c) ? (char)(c - 32) : c;
            isUpper = c == '_';
        }
        return new string(letters, 0, count);
    }

    /// <summary>
    /// Extensions in blocks by what they extend: runs of the same when canonical; all of the same, in the order the first of them stand,
    /// when normalised. Where messages have to stand between them, each has its own.
    /// </summary>
    private List<List<FieldDescriptorProto>> ExtendBlocks(IList<FieldDescriptorProto> extensions, NestedOrder nested)
    {
        if (_isNormalized)
            return [.. extensions.GroupBy(field => field.Extendee).Select(block => block.OrderBy(field => field.Number).ToList())];
        var blocks = new List<List<FieldDescriptorProto>>();
        var isSplit = nested.HasExplicit && extensions.Any(field => nested.GroupOf(field) is not null);
        foreach (var extension in extensions)
        {
            if (!isSplit && blocks.Count > 0 && blocks[^1][0].Extendee == extension.Extendee) blocks[^1].Add(extension);
            else blocks.Add([extension]);
        }
        return blocks;
    }

    private void Extend(List<FieldDescriptorProto> extensions, NestedOrder nested)
    {
        _lines.Begin($"extend {extensions[0].Extendee}");
        var block = new ProtoBlock(_lines);
        block.Section();
        foreach (var extension in extensions) ExtensionField(extension, nested);
        block.Close();
    }

    private void ExtensionField(FieldDescriptorProto extension, NestedOrder nested)
    {
        // As inside a oneof, nothing but fields can stand here, yet extensions have labels.
        var group = nested.GroupOf(extension);
        if (group is not null) nested.CountMade();
        _lines.Begin($"{LabelOf(extension)}{(group is null ? TypeName(extension) : "group")} ");
        _lines.Append($"{(group is null ? extension.Name : group.Name)} = {extension.Number}");
        OptionList(FieldOptions(extension));
        if (group is null)
        {
            _lines.End(";");
            return;
        }
        var block = new ProtoBlock(_lines);
        Body(group, block);
        block.Close();
    }

    private void OptionSection(ProtoBlock block, List<ProtoOption> options)
    {
        if (options.Count > 0) block.Section();
        foreach (var option in options) OptionStatement(option);
    }

    private void OptionStatement(ProtoOption option)
    {
        _lines.Begin($"option {option.Name} = ");
        Value(option.Value);
        _lines.End(";");
    }

    /// <summary>Options behind a field, constant or range: one on the same line, several on a line each.</summary>
    private void OptionList(List<ProtoOption> options)
    {
        if (options.Count == 0) return;
        if (options.Count == 1)
        {
            _lines.Append($" [{options[0].Name} = ");
            Value(options[0].Value);
            _lines.Append("]");
            return;
        }
        _lines.End(" [");
        _lines.Deeper();
        for (var i = 0; i < options.Count; i++)
        {
            _lines.Begin($"{options[i].Name} = ");
            Value(options[i].Value);
            _lines.End(i < options.Count - 1 ? "," : "");
        }
        _lines.Back();
        _lines.Begin("]");
    }

    private void Value(ProtoOptionValue value)
    {
        switch (value)
        {
            case ProtoOptionValue.Word word:
                _lines.Append(word.Text);
                break;
            case ProtoOptionValue.Quoted quoted:
                _lines.Append(ProtoQuotes.Quote(quoted.Bytes));
                break;
            case ProtoOptionValue.Message message:
                Entries("{", "}", message.Fields.Count, i =>
                {
                    _lines.Begin($"{message.Fields[i].Key}: ");
                    Value(message.Fields[i].Value);
                });
                break;
            case ProtoOptionValue.Many many:
                Entries("[", "]", many.Values.Count, i =>
                {
                    _lines.Begin("");
                    Value(many.Values[i]);
                });
                break;
        }
    }

    private void Entries(string open, string close, int count, Action<int> print)
    {
        _lines.End(open);
        _lines.Deeper();
        for (var i = 0; i < count; i++)
        {
            print(i);
            _lines.End(i < count - 1 ? "," : "");
        }
        _lines.Back();
        _lines.Begin(close);
    }
}
