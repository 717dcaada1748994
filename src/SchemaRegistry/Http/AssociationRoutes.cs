using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>
/// Which subjects belong to which topics. None are kept here, but new clients ask before they produce, and only an empty list sends them on to
/// the subject named after the topic.
/// </summary>
internal static class AssociationRoutes
{
    public static IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/associations/subjects/{subject}", "listAssociationsOfSubject", _ => new(None())),
        new("GET", "/associations/resources/{resourceNamespace}/{resourceName}", "listAssociationsOfResource", _ => new(None())),
        new("GET", "/associations/resources/{resourceId}", "listAssociationsOfResourceId", _ => new(None())),
    ];

    private static Outcome<Reply> None() => Reply.Texts([]);
}
