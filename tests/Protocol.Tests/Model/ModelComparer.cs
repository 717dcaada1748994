using System.Collections;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Tests.Model;

/// <summary>Compares messages field by field.</summary>
public static class ModelComparer
{
    /// <summary>Paths of the fields in which the two differ.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<WireField> fields, object left, object right) =>
        fields.Where(field => !Same(field, field.Property.GetValue(left), field.Property.GetValue(right)))
            .Select(field => $"{left.GetType().Name}.{field.Name}");

    public static bool Same(WireField field, object? left, object? right)
    {
        if (left is null || right is null) return left is null && right is null;
        if (!field.IsList) return SameValue(field, left, right);
        var (a, b) = ((IList)left, (IList)right);
        return a.Count == b.Count && Enumerable.Range(0, a.Count).All(i => SameValue(field, a[i]!, b[i]!));
    }

    private static bool SameValue(WireField field, object left, object right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (RecordsLease a, RecordsLease b) => a.Span.SequenceEqual(b.Span),
        _ when field.Fields is not null => !Differences(field.Fields, left, right).Any(),
        _ => left.Equals(right),
    };
}
