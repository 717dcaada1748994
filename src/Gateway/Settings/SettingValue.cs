namespace Gateway.Settings;

/// <summary>A setting's text and where it was written, so that a complaint about it can say where to look.</summary>
/// <param name="Text">The value as written.</param>
/// <param name="Origin">For example <c>flag --shards</c>, <c>environment variable GATEWAY_SHARDS</c> or <c>gateway.yaml, line 3</c>.</param>
public readonly record struct SettingValue(string Text, string Origin);
