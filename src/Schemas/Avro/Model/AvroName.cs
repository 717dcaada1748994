namespace Gateway.Schemas.Avro.Model;

/// <summary>Name and namespace of a named type. The null namespace is null, never empty.</summary>
internal sealed record AvroName
{
    private AvroName(string name, string? space) => (Name, Space, Full) = (name, space, space is null ? name : space + "." + name);

    public string Name { get; }

    public string? Space { get; }

    public string Full { get; }

    /// <summary>A name that carries dots brings its own namespace; otherwise the given one holds.</summary>
    public static AvroName Of(string written, string? space)
    {
        var dot = written.LastIndexOf('.');
        if (dot >= 0)
        {
            space = written[..dot];
            written = written[(dot + 1)..];
        }
        return new AvroName(written, space is { Length: > 0 } ? space : null);
    }

    /// <summary>How to refer to this name from within a namespace: short where that is unmistakable.</summary>
    public string From(string? enclosingSpace) => Space == enclosingSpace && !AvroTypes.IsBuiltIn(Name) ? Name : Full;

    /// <summary>Whether the short name and each part of the namespace are letters, digits and underscores, no digit first.</summary>
    public bool IsValid => IsIdentifier(Name) && (Space is null || Space.Split('.').All(part => IsIdentifier(part)));

    public static bool IsIdentifier(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0])) return false;
        foreach (var character in name)
            if (!char.IsAsciiLetterOrDigit(character) && character != '_') return false;
        return true;
    }
}
