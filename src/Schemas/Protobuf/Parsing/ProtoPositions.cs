using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Where the parts of a file's descriptors stand in its text.</summary>
internal sealed class ProtoPositions
{
    // Descriptors compare by value, positions belong to the object.
    private readonly Dictionary<(Reference Element, ProtoPart Part), int> _offsets = [];

    public void Set(object element, ProtoPart part, int offset) => _offsets[(new Reference(element), part)] = offset;

    /// <summary>Lets an element made up for another one stand where that one does.</summary>
    public void Share(object element, object with)
    {
        if (_offsets.TryGetValue((new Reference(with), ProtoPart.Name), out var offset)) Set(element, ProtoPart.Name, offset);
    }

    /// <summary>The offset of that part, or of the element's name; null when the element is not of this text.</summary>
    public int? Find(object? element, ProtoPart part)
    {
        if (element is null) return null;
        if (_offsets.TryGetValue((new Reference(element), part), out var offset)) return offset;
        return _offsets.TryGetValue((new Reference(element), ProtoPart.Name), out offset) ? offset : null;
    }

    /// <summary>An error at an offset of a text, with line and UTF-8 column.</summary>
    public static SchemaError At(string message, string text, int offset)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return new SchemaError(Clip(message), "", before.Count('\n') + 1, Encoding.UTF8.GetByteCount(before[lineStart..]) + 1);
    }

    /// <summary>Names can be as long as the text they stand in; messages need not be.</summary>
    public static string Clip(string message) => message.Length <= 400 ? message : message[..400] + "…";

    private readonly struct Reference(object target) : IEquatable<Reference>
    {
        private readonly object _target = target;

        public bool Equals(Reference other) => ReferenceEquals(_target, other._target);

        public override bool Equals(object? obj) => obj is Reference other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(_target);
    }
}
