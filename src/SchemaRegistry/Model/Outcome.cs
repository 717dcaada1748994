namespace Gateway.SchemaRegistry.Model;

/// <summary>What a request came to: a value, or a fault the caller is told. Faults are expected, so they are not thrown.</summary>
internal readonly struct Outcome<T>
{
    private readonly T? _value;

    internal Outcome(T? value, RegistryFault? fault) => (_value, Fault) = (value, fault);

    public RegistryFault? Fault { get; }

    public T Value =>
        Fault is null ? _value! : throw new InvalidOperationException($"There is no value, there is a fault: {Fault.Message}");

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(RegistryFault fault) => new(default, fault);
}

internal static class Outcome
{
    /// <summary>A value whose type is an interface, for which the language allows no implicit conversion.</summary>
    public static Outcome<T> Of<T>(T value) => new(value, null);
}
