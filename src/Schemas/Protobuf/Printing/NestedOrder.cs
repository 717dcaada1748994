using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// The messages of a scope, in order. Some are declared, others come into being with a map field or a group; a message's index among all
/// of them is on the wire in front of its data, so a declared one must have as many made-up ones before it as it had.
/// </summary>
internal sealed class NestedOrder
{
    private readonly Queue<(DescriptorProto Message, int MadeBefore)> _explicit = [];
    private readonly Dictionary<string, (DescriptorProto Message, int Index)> _madeUp = new(StringComparer.Ordinal);
    private readonly bool _hasGroups;
    private int _made;

    public NestedOrder(IList<DescriptorProto> messages, IEnumerable<FieldDescriptorProto> fields, bool hasGroups)
    {
        _hasGroups = hasGroups;
        var groups = hasGroups
            ? fields.Where(field => field.Type == Type.Group).Select(field => LastPart(field.TypeName)).ToHashSet(StringComparer.Ordinal)
            : [];
        for (var i = 0; i < messages.Count; i++)
        {
            if (IsMapEntry(messages[i]) || groups.Contains(messages[i].Name)) _madeUp.TryAdd(messages[i].Name, (messages[i], i));
            else _explicit.Enqueue((messages[i], _madeUp.Count));
        }
    }

    /// <summary>Whether declared messages are left to be printed.</summary>
    public bool HasExplicit => _explicit.Count > 0;

    /// <summary>The message a group declares, where the field is a group.</summary>
    public DescriptorProto? GroupOf(FieldDescriptorProto field) =>
        _hasGroups && field.Type == Type.Group && _madeUp.TryGetValue(LastPart(field.TypeName), out var made) ? made.Message : null;

    /// <summary>The message made up for a map, where the field is one: it is called after the field.</summary>
    public DescriptorProto? MapEntryOf(FieldDescriptorProto field)
    {
        if (field.Label != Label.Repeated || !field.TypeName.EndsWith("Entry", StringComparison.Ordinal)) return null;
        var name = LastPart(field.TypeName);
        return _madeUp.TryGetValue(name, out var made) && IsMapEntry(made.Message) && name == EntryName(field.Name) ? made.Message : null;
    }

    /// <summary>A type has come into being.</summary>
    public void CountMade() => _made++;

    /// <summary>The next declared message, if it has to stand before whatever makes the next type.</summary>
    public DescriptorProto? TakeDue() => _explicit.TryPeek(out var next) && next.MadeBefore <= _made ? _explicit.Dequeue().Message : null;

    public IEnumerable<DescriptorProto> TakeRest()
    {
        while (_explicit.TryDequeue(out var next)) yield return next.Message;
    }

    /// <summary>Whether fields printed in that order make their types in the order the types have.</summary>
    public bool IsAscending(IEnumerable<FieldDescriptorProto> fields)
    {
        var last = -1;
        foreach (var field in fields)
        {
            if ((GroupOf(field) ?? MapEntryOf(field)) is not { } made) continue;
            var index = _madeUp[made.Name].Index;
            if (index < last) return false;
            last = index;
        }
        return true;
    }

    private static bool IsMapEntry(DescriptorProto message) => message.Options is { MapEntry: true } && message.Field.Count == 2;

    private static string EntryName(string field)
    {
        var letters = new char[field.Length];
        var (count, isUpper) = (0, true);
        foreach (var c in field)
        {
            if (c != '_') letters[count++] = isUpper && char.IsAsciiLetterLower(c) ? (char)(c - 32) : c;
            isUpper = c == '_';
        }
        return string.Concat(letters.AsSpan(0, count), "Entry");
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
