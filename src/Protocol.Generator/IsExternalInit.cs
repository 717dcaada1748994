namespace System.Runtime.CompilerServices;

/// <summary>netstandard2.0 lacks the type the compiler wants for init accessors.</summary>
internal static class IsExternalInit
{
}
