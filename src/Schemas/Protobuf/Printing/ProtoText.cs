using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>The texts a registry keeps of a .proto file.</summary>
internal static class ProtoText
{
    /// <summary>
    /// What was written, printed again: comments and layout are gone, names, options and order stay. Byte for byte what the JVM registries
    /// store, wherever a descriptor still tells what was written.
    /// </summary>
    public static string Canonical(ProtoFile file) => new ProtoPrinter(file, file.Written, ProtoTextForm.Canonical).Print();

    /// <summary>Sorted and with full names, so that equal schemas give equal bytes.</summary>
    public static string Normalized(ProtoFile file) => new ProtoPrinter(file, file.Proto, ProtoTextForm.Normalized).Print();

    /// <summary>The canonical text without extensions, extension ranges and custom options.</summary>
    public static string WithoutExtensions(ProtoFile file) => new ProtoPrinter(file, file.Written, ProtoTextForm.WithoutExtensions).Print();
}

/// <summary>Which text is wanted.</summary>
internal enum ProtoTextForm
{
    Canonical,
    Normalized,
    WithoutExtensions,
}
