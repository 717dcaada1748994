namespace Gateway.SchemaRegistry.Model;

/// <summary>
/// A subject and the context it lives in, written <c>:.context:subject</c>; in the default context plainly <c>subject</c>.
/// An empty name with a context stands for the context itself, which can have a config and a mode.
/// </summary>
internal readonly record struct QualifiedSubject(string Context, string Name)
{
    public const string DefaultContext = ".";

    /// <summary>Above all contexts; has a config and a mode, never schemas.</summary>
    public const string GlobalContext = ".__GLOBAL";

    /// <summary>Longest name of a context, in characters: each is written into the key of everything in it.</summary>
    public const int MaxContextLength = 255;

    /// <summary>Longest name of a subject within its context: a topic's name and a record's full name go in many times over.</summary>
    public const int MaxNameLength = 4096;

    public static QualifiedSubject Parse(string written)
    {
        if (!written.StartsWith(":.", StringComparison.Ordinal)) return new QualifiedSubject(DefaultContext, written);
        var end = written.IndexOf(':', 1);
        return end < 0 ? new QualifiedSubject(DefaultContext, written) : new QualifiedSubject(written[1..end], written[(end + 1)..]);
    }

    /// <summary>A context as people write it, with or without its dot and with colons around it or not; null when it has a colon within.</summary>
    public static string? ContextOf(string written)
    {
        var name = written.Trim(':');
        if (name.Contains(':', StringComparison.Ordinal)) return null;
        return name.StartsWith('.') ? name : "." + name;
    }

    /// <summary>Whether a context could have this name, dot and all.</summary>
    public static bool IsContextName(string name) =>
        name.StartsWith('.') && name.Length <= MaxContextLength && !name.Contains(':', StringComparison.Ordinal) && !name.Any(char.IsControl);

    /// <summary>A subject named by something in a context: without a context of its own it is meant to be in the same one.</summary>
    public static QualifiedSubject Within(string context, string written) =>
        written.StartsWith(":.", StringComparison.Ordinal) ? Parse(written) : new QualifiedSubject(context, written);

    /// <summary>The form it is stored and answered in.</summary>
    public override string ToString() => Context == DefaultContext ? Name : $":{Context}:{Name}";

    /// <summary>Whether this names a whole context.</summary>
    public bool IsContext => Name.Length == 0 && Context != DefaultContext;

    /// <summary>Whether schemas can be registered here. A name may be empty: such a subject has its context's config and mode, none of its own.</summary>
    public bool CanHoldSchemas => Context != GlobalContext && CanBeConfigured;

    /// <summary>Whether a config or a mode can be set here.</summary>
    public bool CanBeConfigured => Name is not ("__GLOBAL" or "__EMPTY") && !IsAllContexts && !IsTooLong && !HasControlCharacters;

    // The prefix that stands for all contexts where subjects are listed; nothing could be asked of a subject of that name.
    private bool IsAllContexts => Context == DefaultContext && Name.StartsWith(":*:", StringComparison.Ordinal);

    private bool IsTooLong => Context.Length > MaxContextLength || Name.Length > MaxNameLength;

    private bool HasControlCharacters
    {
        get
        {
            foreach (var character in Context.AsSpan())
                if (char.IsControl(character)) return true;
            foreach (var character in Name.AsSpan())
                if (char.IsControl(character)) return true;
            return false;
        }
    }
}
