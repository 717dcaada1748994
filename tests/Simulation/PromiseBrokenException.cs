namespace Gateway.Simulation;

/// <summary>The log broke what it had promised.</summary>
internal sealed class PromiseBrokenException(string message) : Exception(message);
