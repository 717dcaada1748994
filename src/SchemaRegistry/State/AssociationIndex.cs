using System.Collections.Immutable;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.State;

/// <summary>All associations, found by topic name, by topic id and by subject. Immutable.</summary>
internal sealed class AssociationIndex
{
    private static readonly ImmutableSortedSet<AssociationKey> None = ImmutableSortedSet<AssociationKey>.Empty;

    private readonly ImmutableSortedDictionary<AssociationKey, Association> _all;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> _byName;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> _byResourceId;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> _bySubject;

    private AssociationIndex(
        ImmutableSortedDictionary<AssociationKey, Association> all,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> byName,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> byResourceId,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> bySubject) =>
        (_all, _byName, _byResourceId, _bySubject) = (all, byName, byResourceId, bySubject);

    public static AssociationIndex Empty { get; } = new(
        ImmutableSortedDictionary<AssociationKey, Association>.Empty,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>>.Empty,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>>.Empty,
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>>.Empty);

    public int Count => _all.Count;

    /// <summary>Every one, by topic name, namespace, type of association and subject.</summary>
    public IEnumerable<Association> All => _all.Values;

    public Association? Find(AssociationKey key) => _all.GetValueOrDefault(key);

    public IEnumerable<Association> OfSubject(string subject) => Of(_bySubject, subject);

    public IEnumerable<Association> OfResourceId(string resourceId) => Of(_byResourceId, resourceId);

    /// <summary>Those of a topic by its name; <c>-</c> stands for any namespace and for any name.</summary>
    public IEnumerable<Association> OfResource(string resourceNamespace, string resourceName)
    {
        var named = resourceName == Association.Any ? All : Of(_byName, resourceName);
        return resourceNamespace == Association.Any ? named : named.Where(association => association.Key.ResourceNamespace == resourceNamespace);
    }

    public AssociationIndex With(Association association)
    {
        var key = association.Key;
        var rest = Without(key);
        return new AssociationIndex(
            rest._all.SetItem(key, association), Add(rest._byName, key.ResourceName, key), Add(rest._byResourceId, association.ResourceId, key),
            Add(rest._bySubject, key.Subject, key));
    }

    public AssociationIndex Without(AssociationKey key) => Find(key) is not { } association
        ? this
        : new AssociationIndex(
            _all.Remove(key), Remove(_byName, key.ResourceName, key), Remove(_byResourceId, association.ResourceId, key),
            Remove(_bySubject, key.Subject, key));

    private IEnumerable<Association> Of(ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> index, string name) =>
        index.GetValueOrDefault(name, None).Select(key => _all[key]);

    private static ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> Add(
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> index, string name, AssociationKey key) =>
        index.SetItem(name, index.GetValueOrDefault(name, None).Add(key));

    private static ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> Remove(
        ImmutableDictionary<string, ImmutableSortedSet<AssociationKey>> index, string name, AssociationKey key)
    {
        var keys = index.GetValueOrDefault(name, None).Remove(key);
        return keys.Count == 0 ? index.Remove(name) : index.SetItem(name, keys);
    }
}
