namespace Gateway.Schemas.Protobuf.Model;

/// <summary>Which part of an element a fault is about.</summary>
internal enum ProtoPart
{
    Name,
    Number,
    Type,
    Extendee,
    Default,
    JsonName,
    Option,
    Output,
    Label,
}

/// <summary>A fault of a file; it becomes a <see cref="SchemaError"/> where the element's place in the text is known.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="element">The descriptor it is about.</param>
/// <param name="part">The part of it.</param>
internal sealed class ProtoFault(string message, object? element = null, ProtoPart part = ProtoPart.Name) : Exception(message)
{
    public object? Element { get; } = element;

    public ProtoPart Part { get; } = part;
}
