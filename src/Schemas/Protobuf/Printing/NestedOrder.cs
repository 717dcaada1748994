using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// The order of the messages in a scope. Some are declared, others come into being with a map field or a group; a message's index among
/// all of them is on the wire in front of its data, so a declared one must have as many made-up ones before it as it had.
/// </summary>
internal sealed class NestedOrder
{
    private readonly Queue<(DescriptorProto Message, int MadeBefore)> _explicit = [];
    private readonly Dictionary<string, int> _madeIndexes = new(StringComparer.Ordinal);
    private int _made;

    public NestedOrder(IList<DescriptorProto> messages, HashSet<string> groups)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Options is { MapEntry: true } || groups.Contains(messages[i].Name)) _madeIndexes.TryAdd(messages[i].Name, i);
            else _explicit.Enqueue((messages[i], _madeIndexes.Count));
        }
    }

    /// <summary>Whether declared messages are left to be printed.</summary>
    public bool HasExplicit => _explicit.Count > 0;

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
            var name = field.TypeName[(field.TypeName.LastIndexOf('.') + 1)..];
            if (name.Length == 0 || !_madeIndexes.TryGetValue(name, out var index)) continue;
            if (index < last) return false;
            last = index;
        }
        return true;
    }
}
