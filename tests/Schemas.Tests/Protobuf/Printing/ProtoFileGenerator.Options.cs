namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>Options, and the values that they and defaults have.</summary>
internal sealed partial class ProtoFileGenerator
{
    private List<Statement> OptionStatements(string kind) =>
        [.. Options(kind).Select(option => new Statement(_ => $"option {option.Name} = {option.Value()}", IsFixed: option.Name.EndsWith("_list)", StringComparison.Ordinal)))];

    private List<(string Name, Func<string> Value)> Options(string kind)
    {
        var options = new List<(string Name, Func<string> Value)>();
        if (!Chance(5)) return options;
        var prefix = "shared." + kind.ToLowerInvariant();
        if (Chance(2)) { var n = _random.Next(1000); options.Add(($"({prefix}_number)", () => Number(n))); }
        if (Chance(3)) { var text = SomeText(); options.Add(($"({prefix}_text)", () => Quoted(text))); }
        if (Chance(4)) options.Add(($"({prefix}_color)", () => "DARK_BLUE"));
        if (Chance(3)) { var config = Config(0); options.Add(($"({prefix}_config)", () => "{" + Space() + config() + "}")); }
        if (Chance(4)) { options.Add(($"({prefix}_list)", () => "-1")); options.Add(($"({prefix}_list)", () => "2")); }
        return options;
    }

    private Func<string> Config(int depth)
    {
        var parts = new List<Func<string>>();
        if (Chance(2)) { var n = _random.Next(1000); parts.Add(() => $"number: {Number(n)}"); }
        if (Chance(2)) { var text = SomeText(); parts.Add(() => $"text: {Quoted(text)}"); }
        if (Chance(3)) parts.Add(() => _layout.Next(2) == 0 ? "list: [\"a\", \"b\"]" : "list: \"a\" list: \"b\"");
        if (Chance(3)) parts.Add(() => "color: GREEN");
        if (Chance(3)) parts.Add(() => _layout.Next(2) == 0 ? "map { key: \"k\" value: 3 }" : "map: [{ key: \"k\", value: 3 }]");
        if (Chance(3)) parts.Add(() => "raw: \"\\000\\377x\"");
        if (Chance(3)) parts.Add(() => "real: -2.5e-3");
        if (Chance(4)) parts.Add(() => "single: inf");
        if (Chance(3)) parts.Add(() => "flag: true");
        if (Chance(3)) parts.Add(() => "signed: - 7");
        if (depth < 3 && Chance(3)) { var inner = Config(depth + 1); parts.Add(() => _layout.Next(2) == 0 ? $"inner < {inner()} >" : $"inner: {{ {inner()} }}"); }
        if (depth < 2 && Chance(3)) { var (a, b) = (Config(depth + 1), Config(depth + 1)); parts.Add(() => $"many: [{{ {a()} }}, {{ {b()} }}]"); }
        return () =>
        {
            var shuffled = parts.ToList();
            Shuffle(shuffled, _layout);
            return string.Concat(shuffled.Select(part => part() + (_layout.Next(3) switch { 0 => ", ", 1 => "; ", _ => " " })));
        };
    }

    private string SomeText() => Pick("", "plain", "it's \"quoted\"\n\ttab \\ back", "déjà vu ☃ 𝄞", "\u0001\u007f7", "a // b /* c */");

    private string? Default(string type) => type switch
    {
        "int32" or "int64" or "sint32" or "sint64" or "sfixed64" => Pick("-5", "0", "77"),
        "uint32" or "fixed64" => "4000000000",
        "double" or "float" => Pick("1.5", "-inf", "nan", "1e30", "0.1"),
        "bool" => "true",
        "string" => Pick("\"it's\"", "\"a\\nb\\\"\"", "'☃'"),
        "bytes" => "\"\\000\\xffab'\"",
        _ => _enums.Find(entry => entry.Name == type) is { Constants: [.., var last] } ? last : null,
    };
}
