namespace Gateway.Hosting;

/// <summary>A start that cannot succeed until the operator changes something; the message says what.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Says what, where and what to do.</summary>
    public StartupException(string message) : base(message)
    {
    }

    /// <summary>The same, with what caused it.</summary>
    public StartupException(string message, Exception cause) : base(message, cause)
    {
    }
}
