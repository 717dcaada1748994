using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gateway.Common.Errors;

/// <summary>Checks that stay on in Release: a broken invariant is a bug of ours, and going on would spread it to disk.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantBrokenException"/> unless <paramref name="holds"/>.</summary>
    public static void Check(
        [DoesNotReturnIf(false)] bool holds,
        [CallerArgumentExpression(nameof(holds))] string? expression = null,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        if (!holds) Fail(expression, file, line);
    }

    [DoesNotReturn]
    private static void Fail(string? expression, string? file, int line) =>
        throw new InvariantBrokenException($"Broken invariant: {expression} at {Path.GetFileName(file)}:{line}");
}

/// <summary>A bug of ours. Nothing catches it to go on: the process stops and recovers from its log.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);
