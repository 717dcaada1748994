using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>One option as it is printed.</summary>
/// <param name="Name">As it stands before the equals sign, parentheses and dots included.</param>
/// <param name="Value">What stands behind it.</param>
internal sealed record ProtoOption(string Name, ProtoOptionValue Value)
{
    /// <summary>A custom option: its name is the full name of an extension.</summary>
    public bool IsCustom => Name.StartsWith('(');

    /// <summary>What sorting goes by: the name without its parentheses.</summary>
    public string SortKey => IsCustom ? Name[1..].Replace(")", "", StringComparison.Ordinal) : Name;
}

/// <summary>The value of an option, or of a field inside one.</summary>
internal abstract record ProtoOptionValue
{
    /// <summary>A number, a truth value or the name of an enum constant.</summary>
    public sealed record Word(string Text) : ProtoOptionValue;

    /// <summary>A string or bytes, printed in quotes.</summary>
    public sealed record Quoted(ByteString Bytes) : ProtoOptionValue;

    /// <summary>A message: names of fields, or of extensions in brackets, with their values.</summary>
    public sealed record Message(IReadOnlyList<KeyValuePair<string, ProtoOptionValue>> Fields) : ProtoOptionValue;

    /// <summary>The values of a repeated field.</summary>
    public sealed record Many(IReadOnlyList<ProtoOptionValue> Values) : ProtoOptionValue;

    public static ProtoOptionValue Of(string text) => new Quoted(ByteString.CopyFromUtf8(text));
}
