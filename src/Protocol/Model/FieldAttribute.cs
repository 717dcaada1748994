namespace Gateway.Protocol.Model;

/// <summary>
/// Puts a property on the wire. Declaration order is wire order, the property's type is the wire type, a nullable type is a nullable
/// field, and the initialiser is the value a version without the field stands for.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute : Attribute
{
    /// <summary>The first version that has the field.</summary>
    public short From { get; set; }

    /// <summary>The last version that has the field.</summary>
    public short To { get; set; } = short.MaxValue;

    /// <summary>The first version in which null may be sent. Only for properties of a nullable type.</summary>
    public short NullableFrom { get; set; }

    /// <summary>The tag under which flexible versions carry the field; -1 when it sits in the fixed part.</summary>
    public int Tag { get; set; } = -1;

    /// <summary>Whether a version without the field may silently drop a value that is not the default.</summary>
    public bool Ignorable { get; set; }

    /// <summary>Whether the field is (part of) the key of the list its struct sits in.</summary>
    public bool MapKey { get; set; }

    /// <summary>Keeps the old encoding even in flexible versions.</summary>
    public bool NeverFlexible { get; set; }
}

/// <summary>Names a nested struct on paper where C# cannot use Kafka's name because a property has it.</summary>
/// <param name="name">Kafka's name of the struct.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StructNameAttribute(string name) : Attribute
{
    /// <summary>Kafka's name of the struct.</summary>
    public string Name { get; } = name;
}
