namespace Gateway.Schemas.Json.Patterns;

/// <summary>A pattern in .NET's notation.</summary>
/// <param name="Text">The expression.</param>
/// <param name="NeedsBacktracking">Whether it has look-around or back references, which only a backtracking engine can do.</param>
/// <param name="States">About how many states it has with counted repetitions written out.</param>
/// <param name="Ranges">How many ranges of characters its classes have in all.</param>
/// <param name="Choices">
/// At how many points an engine that backtracks could have gone another way; <see cref="int.MaxValue"/> where such points are repeated.
/// </param>
internal sealed record EcmaTranslation(string Text, bool NeedsBacktracking, long States, int Ranges, int Choices);
