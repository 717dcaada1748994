using System.Reflection;
using System.Runtime.InteropServices;

namespace Gateway.Common.Records.Codecs;

/// <summary>
/// Finds the system's codec libraries. The plain names only resolve where development packages are installed, so the versioned
/// names every Debian has are tried by name.
/// </summary>
internal static class NativeCodecs
{
    internal const string Lz4 = "gateway-lz4";
    internal const string Zstd = "gateway-zstd";

    private static readonly Lazy<nint> Lz4Handle = new(() => LoadFirst(["liblz4.so.1", "liblz4.1.dylib", "liblz4.dll"]));
    private static readonly Lazy<nint> ZstdHandle = new(() => LoadFirst(["libzstd.so.1", "libzstd.1.dylib", "libzstd.dll"]));

    static NativeCodecs() => NativeLibrary.SetDllImportResolver(typeof(NativeCodecs).Assembly, Resolve);

    internal static bool HasLz4 => Lz4Handle.Value != 0;

    internal static bool HasZstd => ZstdHandle.Value != 0;

    /// <summary>The first library of that name that loads, or 0.</summary>
    internal static nint LoadFirst(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle)) return handle;
        }

        return 0;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Lz4 => Lz4Handle.Value,
        Zstd => ZstdHandle.Value,
        _ => 0,
    };
}
