using System.Collections.Immutable;
using Gateway.Schemas;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>
/// The few schemas that a topic's keys, or values, were last found to name rightly, by one state of the registry. Any other state begins anew,
/// so it is never wrong; it only spares looking. Any thread.
/// </summary>
internal sealed class KnownSchemas
{
    /// <summary>Looking through them must take no time; a topic hardly has more schemas in use at once.</summary>
    private const int Most = 16;

    private volatile Found? _found;

    /// <summary>Whether a schema was found right by this very state.</summary>
    public bool Contains(RegistryImage image, SchemaIdentity identity) =>
        _found is { } found && ReferenceEquals(found.Image, image) && found.Schemas.Contains(identity);

    /// <summary>Notes a schema. Of two threads that note at once one may be forgotten, which costs a look more.</summary>
    public void Add(RegistryImage image, SchemaIdentity identity)
    {
        if (Contains(image, identity)) return;
        ImmutableArray<SchemaIdentity> before = _found is { } found && ReferenceEquals(found.Image, image) ? found.Schemas : [];
        if (before.Length == Most) before = before.RemoveAt(0);
        _found = new Found(image, before.Add(identity));
    }

    private sealed record Found(RegistryImage Image, ImmutableArray<SchemaIdentity> Schemas);
}

/// <summary>What is known of the keys and the values of a topic that asks for no more than the right ids.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Keys">Schemas of keys.</param>
/// <param name="Values">Schemas of values.</param>
internal sealed record KnownTopic(string Topic, KnownSchemas Keys, KnownSchemas Values);
