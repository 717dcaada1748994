namespace Gateway.HttpProxy;

/// <summary>One option of the proxy as operators write it.</summary>
/// <param name="Name">As written in the settings file; Confluent's name behind <c>http.proxy.</c> where there is one.</param>
/// <param name="Default">The value in effect when nobody sets one; empty when there is none.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Problem">What is wrong with a value, in words; null when nothing is.</param>
/// <param name="Apply">Sets a value without a problem.</param>
public sealed record ProxySetting(
    string Name, string Default, string Description, Func<string, string?> Problem, Func<ProxyOptions, string, ProxyOptions> Apply);
