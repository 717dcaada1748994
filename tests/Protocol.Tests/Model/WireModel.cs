using System.Reflection;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Tests.Model;

/// <summary>A message as its attributes describe it, read back by reflection: what the tests hold the generated code against.</summary>
public sealed record WireMessage(Type Type, short Lowest, short Highest, short FlexibleFrom, IReadOnlyList<WireField> Fields)
{
    public string Name => Type.Name;

    public IEnumerable<short> Versions => Enumerable.Range(Lowest, Highest - Lowest + 1).Select(v => (short)v);

    public bool IsFlexible(short version) => version >= FlexibleFrom;

    public IKafkaMessage New() => (IKafkaMessage)Activator.CreateInstance(Type)!;

    /// <summary>Kafka's messages.</summary>
    public static IReadOnlyList<WireMessage> OfKafka { get; } = In(typeof(IKafkaMessage).Assembly);

    /// <summary>Kafka's messages and the tests' own.</summary>
    public static IReadOnlyList<WireMessage> All { get; } = [.. OfKafka, .. In(typeof(WireMessage).Assembly)];

    /// <summary>Every version of every message.</summary>
    public static IEnumerable<(WireMessage Message, short Version)> AllVersions =>
        All.SelectMany(message => message.Versions.Select(version => (message, version)));

    private static IReadOnlyList<WireMessage> In(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<KafkaMessageAttribute>() is not null)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(Of),
    ];

    private static WireMessage Of(Type type)
    {
        var attribute = type.GetCustomAttribute<KafkaMessageAttribute>()!;
        var fields = WireField.Of(type, attribute.LowestVersion, attribute.HighestVersion);
        return new WireMessage(type, attribute.LowestVersion, attribute.HighestVersion, attribute.FlexibleFrom, fields);
    }
}

/// <summary>A field as its attribute describes it.</summary>
public sealed record WireField(PropertyInfo Property, FieldAttribute Attribute, short From, short To, bool NullableType, object? Default)
{
    public string Name => Property.Name;

    public bool IsList => Property.PropertyType.IsGenericType;

    public Type ElementType => IsList ? Property.PropertyType.GetGenericArguments()[0] : Property.PropertyType;

    public IReadOnlyList<WireField>? Fields { get; private init; }

    public bool IsTagged => Attribute.Tag >= 0;

    public string WireType => ElementType switch
    {
        _ when ElementType == typeof(bool) => "bool",
        _ when ElementType == typeof(sbyte) => "int8",
        _ when ElementType == typeof(short) || ElementType == typeof(ErrorCode) => "int16",
        _ when ElementType == typeof(ushort) => "uint16",
        _ when ElementType == typeof(double) => "float64",
        _ when ElementType == typeof(int) => "int32",
        _ when ElementType == typeof(long) => "int64",
        _ when ElementType == typeof(Guid) => "uuid",
        _ when ElementType == typeof(string) => "string",
        _ when ElementType == typeof(byte[]) => "bytes",
        _ when ElementType == typeof(RecordsLease) => "records",
        _ => ElementType.GetCustomAttribute<StructNameAttribute>()?.Name ?? ElementType.Name,
    };

    public bool IsIn(short version) => version >= From && version <= To;

    public bool MayBeNull(short version) => NullableType && version >= Attribute.NullableFrom;

    public static IReadOnlyList<WireField> Of(Type type, short lowest, short highest)
    {
        object fresh = Activator.CreateInstance(type)!;
        var nullability = new NullabilityInfoContext();
        var fields = new List<WireField>();
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is not { } attribute) continue;
            bool nullable = nullability.Create(property).ReadState == NullabilityState.Nullable;
            short from = Math.Max(attribute.From, lowest);
            short to = Math.Min(attribute.To, highest);
            var field = new WireField(property, attribute, from, to, nullable, property.GetValue(fresh));
            bool isStruct = field.ElementType.IsNested;
            fields.Add(isStruct ? field with { Fields = Of(field.ElementType, from, to) } : field);
        }
        return fields;
    }
}
