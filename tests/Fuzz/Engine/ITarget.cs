namespace Gateway.Fuzz.Engine;

/// <summary>Something that reads bytes of strangers, and what must hold when it does.</summary>
public interface ITarget
{
    /// <summary>Its name on the command line, and its folder of the corpus.</summary>
    string Name { get; }

    /// <summary>Words that mean something to it.</summary>
    IReadOnlyList<string> Dictionary { get; }

    /// <summary>Whether the data behind the zero byte is binary; the text in front of it never is.</summary>
    bool IsBinary { get; }

    /// <summary>
    /// By how many bytes the process may grow while inputs follow each other; null where nothing is kept from one to the next. It is for a session to
    /// judge, which has the process for itself.
    /// </summary>
    long? MostGrowth => null;

    /// <summary>
    /// Tries one input. The answer names how it went, in words that are the same for inputs that went the same way. Anything thrown is a finding.
    /// </summary>
    string Try(ReadOnlySpan<byte> input);
}

/// <summary>Something that should hold for an input and does not.</summary>
public sealed class FindingException(string message) : Exception(message);
