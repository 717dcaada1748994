using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Whether what was written by one JSON schema can be read by another.</summary>
internal static class JsonSchemaComparison
{
    /// <summary>What keeps the reader from taking the writer's data; empty when nothing does.</summary>
    /// <exception cref="SchemaBudgetException">The pair is too big to compare.</exception>
    public static IReadOnlyList<SchemaDifference> Compare(
        SchemaNode reader, SchemaNode writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        SchemaComparison.Run(writer, reader, policy, budget).Incompatible();

    /// <summary>All differences, harmless ones too.</summary>
    /// <exception cref="SchemaBudgetException">The pair is too big to compare.</exception>
    public static IReadOnlyList<SchemaDifference> CompareAll(
        SchemaNode reader, SchemaNode writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        SchemaComparison.Run(writer, reader, policy, budget).All();
}
