namespace Gateway.Common.Settings;

/// <summary>One option of a room as operators write it.</summary>
/// <typeparam name="TOptions">The room's options.</typeparam>
/// <param name="Name">As written in the settings file; the name operators know from elsewhere, behind the room's prefix, where there is one.</param>
/// <param name="Default">The value in effect when nobody sets one; empty when there is none.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Problem">What is wrong with a value, in words; null when nothing is.</param>
/// <param name="Apply">Sets a value without a problem.</param>
public sealed record OptionSetting<TOptions>(
    string Name, string Default, string Description, Func<string, string?> Problem, Func<TOptions, string, TOptions> Apply);
