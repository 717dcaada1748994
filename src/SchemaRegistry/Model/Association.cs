namespace Gateway.SchemaRegistry.Model;

/// <summary>How firmly a subject is tied to a topic (schema-registry 2.9).</summary>
internal enum AssociationLifecycle
{
    /// <summary>The subject stands by itself; several topics may use it.</summary>
    Weak,

    /// <summary>The topic owns the subject: nobody else uses it, and it goes when the topic goes.</summary>
    Strong,
}

/// <summary>What makes an association this one and no other; its records are kept under it.</summary>
/// <param name="ResourceName">Name of the topic.</param>
/// <param name="ResourceNamespace">Where the topic is: the Kafka cluster's id.</param>
/// <param name="ResourceType">Always <c>topic</c> so far.</param>
/// <param name="AssociationType"><c>key</c> or <c>value</c>: which part of the topic's records.</param>
/// <param name="Subject">The subject, qualified.</param>
internal sealed record AssociationKey(string ResourceName, string ResourceNamespace, string ResourceType, string AssociationType, string Subject)
    : IComparable<AssociationKey>
{
    public int CompareTo(AssociationKey? other)
    {
        if (other is null) return 1;
        var order = string.CompareOrdinal(ResourceName, other.ResourceName);
        if (order == 0) order = string.CompareOrdinal(ResourceNamespace, other.ResourceNamespace);
        if (order == 0) order = string.CompareOrdinal(ResourceType, other.ResourceType);
        if (order == 0) order = string.CompareOrdinal(AssociationType, other.AssociationType);
        return order == 0 ? string.CompareOrdinal(Subject, other.Subject) : order;
    }
}

/// <summary>A subject that belongs to a topic.</summary>
/// <param name="Key">What is tied to what.</param>
/// <param name="Guid">Its own id.</param>
/// <param name="ResourceId">The topic's id, as Kafka's tools write it.</param>
/// <param name="Lifecycle">How firmly.</param>
/// <param name="Frozen">Whether it stays as it is until it is deleted together with its subject; the strong ones do.</param>
/// <param name="CreatedMs">When it was made, milliseconds since 1970.</param>
/// <param name="UpdatedMs">When its record was written.</param>
internal sealed record Association(
    AssociationKey Key, string Guid, string ResourceId, AssociationLifecycle Lifecycle, bool Frozen, long CreatedMs, long UpdatedMs)
{
    /// <summary>The one type of resource there is.</summary>
    public const string Topic = "topic";

    /// <summary>Stands for any namespace, or any name, in what is asked for.</summary>
    public const string Any = "-";

    public bool IsStrong => Lifecycle == AssociationLifecycle.Strong;

    /// <summary>The subject a topic's strong association has.</summary>
    public static string OwnedSubject(string resourceNamespace, string resourceName, string associationType) =>
        new QualifiedSubject("." + resourceNamespace, $"{resourceName}-{associationType}").ToString();

    public static string NameOf(AssociationLifecycle lifecycle) => lifecycle == AssociationLifecycle.Strong ? "STRONG" : "WEAK";

    public static AssociationLifecycle? ParseLifecycle(string? name) => name switch
    {
        "STRONG" => AssociationLifecycle.Strong,
        "WEAK" => AssociationLifecycle.Weak,
        _ => null,
    };
}
