namespace Gateway.Cli;

/// <summary>A command that failed for a reason the user can act on. Prints as one line and ends the process with 1.</summary>
public class CommandException : Exception
{
    /// <summary>Says what failed, where, and what to do.</summary>
    public CommandException(string message) : base(message)
    {
    }

    /// <summary>The same, with what caused it.</summary>
    public CommandException(string message, Exception cause) : base(message, cause)
    {
    }
}
