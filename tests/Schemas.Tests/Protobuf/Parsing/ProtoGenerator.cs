using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Makes .proto files that use everything the language has, from a seed. Most are valid, some are not.</summary>
internal sealed class ProtoGenerator
{
    private static readonly string[] Scalars =
    [
        "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32", "sfixed32", "sfixed64", "sint32", "sint64",
    ];

    private static readonly string[] KeyTypes = ["int32", "int64", "uint32", "string", "bool", "sint64", "fixed32", "sfixed64"];

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly List<string> _messages = [];
    private readonly List<(string Name, bool IsClosed, string FirstValue)> _enums = [];
    private readonly string _package;
    private readonly string _syntax;
    private readonly List<string> _extendable = [];
    private int _names;

    private ProtoGenerator(int seed, string package, string syntax)
    {
        _random = new Random(seed);
        _package = package;
        _syntax = syntax;
    }

    private bool IsProto2 => _syntax == "proto2";

    private bool IsProto3 => _syntax == "proto3";

    private bool IsEdition => !IsProto2 && !IsProto3;

    /// <summary>One to three files that import each other, each in a package of its own.</summary>
    public static ProtoCase Case(int seed)
    {
        var random = new Random(seed);
        var files = new List<(string Path, string Text)>();
        var earlier = new List<ProtoGenerator>();
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            var syntax = random.Next(4) switch { 0 => "proto2", 1 or 2 => "proto3", _ => "2023" };
            var generator = new ProtoGenerator(random.Next(), $"c{seed}.f{i}", syntax);
            files.Add(($"c{seed}/f{i}.proto", generator.File($"c{seed}", earlier)));
            earlier.Add(generator);
            // Only files that are right are worth importing.
            if (ProtocOracle.Parse(new ProtoCase("", files)).Schema is null) break;
        }
        return new ProtoCase($"seed {seed}", files);
    }

    private string File(string folder, IReadOnlyList<ProtoGenerator> earlier)
    {
        _text.AppendLine(IsEdition ? $"edition = \"{_syntax}\";" : $"syntax = \"{_syntax}\";").AppendLine($"package {_package};");
        for (var i = 0; i < earlier.Count; i++)
        {
            _text.AppendLine($"import {Maybe("public ")}\"{folder}/f{i}.proto\";");
            _messages.AddRange(earlier[i]._messages.Where(name => name.StartsWith('.')));
            _enums.AddRange(earlier[i]._enums.Where(one => one.Name.StartsWith('.')));
            if (!IsProto3) _extendable.AddRange(earlier[i]._extendable.Where(name => name.StartsWith('.')));
        }
        _text.AppendLine("import \"google/protobuf/timestamp.proto\";").AppendLine("import \"google/protobuf/descriptor.proto\";");
        _messages.Add("google.protobuf.Timestamp");
        if (IsEdition && Chance(2)) _text.AppendLine($"option features.{Pick("field_presence = IMPLICIT", "repeated_field_encoding = EXPANDED", "utf8_validation = NONE", "json_format = LEGACY_BEST_EFFORT")};");
        if (Chance(2)) _text.AppendLine($"option java_package = {Quoted()};");
        if (Chance(3)) _text.AppendLine($"option optimize_for = {Pick("SPEED", "CODE_SIZE", "CODE_SIZE", "SPEED", "LITE_RUNTIME")};");
        CustomOptions();
        Enum("", 0);
        for (var i = _random.Next(1, 5); i > 0; i--) Message("", 0);
        for (var i = _random.Next(0, 3); i > 0; i--) Extend("");
        if (Chance(2)) Service();
        return _text.ToString();
    }

    /// <summary>Options whose names hold the package, so that files of one run do not meet.</summary>
    private void CustomOptions()
    {
        var number = 60_000 + (int)(uint.Parse(_package[1.._package.IndexOf('.', StringComparison.Ordinal)], CultureInfo.InvariantCulture) * 10) + (_package[^1] - '0');
        var label = IsProto2 ? "optional " : "";
        _text.AppendLine($"message Info {{ {label}int32 n = 1; {label}string s = 2; repeated sint32 list = 3; {label}Info next = 4; map<string, int32> map = 5; }}");
        _text.AppendLine($"extend google.protobuf.FieldOptions {{ {label}Info field_info = {number}; }}");
        _text.AppendLine($"extend google.protobuf.MessageOptions {{ repeated Info message_info = {number}; {label}double message_double = {number + 200_000}; }}");
        _messages.Add("Info");
    }

    private void Message(string scope, int depth)
    {
        var name = Name("Msg");
        var full = scope + name;
        _text.AppendLine($"message {name} {{");
        _messages.Add(scope.Length == 0 ? $".{_package}.{full}" : full);
        if (Chance(4)) _text.AppendLine($"option (message_double) = {Number()};");
        if (Chance(4)) _text.AppendLine($"option (message_info) = {Aggregate(2)}; option (.{_package}.message_info) = {Aggregate(1)};");
        if (depth < 3)
        {
            for (var i = Chance(3) ? _random.Next(1, 3) : 0; i > 0; i--) Message(full + ".", depth + 1);
            if (Chance(3)) Enum(full + ".", depth + 1);
        }
        var number = 1;
        for (var i = _random.Next(0, 7); i > 0; i--) Field(ref number, Label());
        if (Chance(3))
        {
            _text.AppendLine($"oneof {Name("one_of")} {{");
            for (var i = _random.Next(1, 4); i > 0; i--) Field(ref number, "");
            _text.AppendLine("}");
        }
        if (Chance(3)) _text.AppendLine($"map<{Pick(KeyTypes)}, {(Chance(2) ? Pick(Scalars) : _messages[_random.Next(_messages.Count)])}> {Name("map_field")} = {number++}{Options(null)};");
        if (IsProto2 && Chance(4)) _text.AppendLine($"{Pick("optional", "repeated", "required")} group {Name("Grp")} = {number++} {{ optional int32 a = 1; }}");
        if (Chance(3)) _text.AppendLine($"reserved {number + 5}, {number + 10} to {number + 19}, 1000{Maybe(" to max")};");
        if (Chance(4)) _text.AppendLine(IsEdition ? $"reserved {Name("gone")};" : $"reserved \"{Name("gone")}\", '{Name("gone")}';");
        if (!IsProto3 && Chance(3))
        {
            _text.AppendLine($"extensions {number + 20} to {number + 60}, {number + 70};");
            _extendable.Add($".{_package}.{full}|{number + 20}");
        }
        if (depth < 2 && Chance(5)) Extend(full + ".");
        _text.AppendLine("}");
    }

    private string Label() => IsProto2 ? Pick("optional ", "optional ", "repeated ", "required ") : IsProto3 ? Pick("", "", "repeated ", "optional ") : Pick("", "", "repeated ");

    private void Field(ref int number, string label)
    {
        number += Chance(6) ? _random.Next(1, 30) : 0;
        var kind = _random.Next(10);
        var name = Name(Pick("field", "someField", "some_long_name", "_x", "UPPER"));
        if (kind < 6)
        {
            var type = Pick(Scalars);
            _text.AppendLine($"{label}{type} {name} = {Literal(number++)}{Options(IsProto2 && label != "repeated " ? Default(type) : null, label == "repeated ")};");
        }
        else if (kind < 8)
        {
            var open = _enums.Where(one => !IsProto3 || !one.IsClosed).ToList();
            if (open.Count == 0) return;
            var (type, _, first) = open[_random.Next(open.Count)];
            _text.AppendLine($"{label}{type} {name} = {number++}{Options(IsProto2 && label != "repeated " && Chance(2) ? first : null)};");
        }
        else
        {
            _text.AppendLine($"{label}{_messages[_random.Next(_messages.Count)]} {name} = {number++}{Options(null)};");
        }
    }

    private string Options(string? standard, bool canPack = false)
    {
        var options = new List<string>();
        if (standard is not null && Chance(2)) options.Add("default = " + standard);
        if (Chance(6)) options.Add($"json_name = \"{Name("json")}\"");
        if (Chance(6)) options.Add("deprecated = " + Pick("true", "false"));
        if (Chance(8)) options.Add($"(field_info) = {Aggregate(2)}");
        else if (Chance(8)) options.Add($"(field_info).next.next.n = {_random.Next(-5, 500)}, (.{_package}.field_info).list = 5, (field_info).list = -0x10, (field_info).s = {Quoted()}");
        if (canPack && !IsEdition && Chance(12)) options.Add("packed = " + Pick("true", "false"));
        if (IsEdition && Chance(40)) options.Add("features." + Pick("field_presence = EXPLICIT", "repeated_field_encoding = EXPANDED", "message_encoding = DELIMITED", "utf8_validation = NONE"));
        return options.Count == 0 ? "" : $" [{string.Join(", ", options)}]";
    }

    private string Aggregate(int depth)
    {
        var parts = new List<string>();
        if (Chance(2)) parts.Add($"n: {_random.Next(-9, 9)}");
        if (Chance(2)) parts.Add($"s: {Quoted()}");
        if (Chance(3)) parts.Add("list: [1, -2, 0x3]");
        if (Chance(3)) parts.Add($"list: {_random.Next(9)}");
        if (Chance(4)) parts.Add($"map {{ key: \"k\" value: {_random.Next(3)} }}");
        if (depth > 0 && Chance(2)) parts.Add($"next{Pick(" ", ": ")}{Aggregate(depth - 1)}");
        return $"{{ {string.Join(Pick(" ", ", ", "; "), parts)} }}";
    }

    private string? Default(string type) => type switch
    {
        "bool" => Pick("true", "false"),
        "string" or "bytes" => Quoted(),
        "float" or "double" => Number(),
        _ when type.StartsWith('u') || type.StartsWith("fixed", StringComparison.Ordinal) => Literal(_random.Next()),
        _ => Maybe("-") + Literal(_random.Next()),
    };

    private void Enum(string scope, int depth)
    {
        var name = Name("Enum");
        var isClosed = IsProto2 || (IsEdition && Chance(4));
        var hasAlias = Chance(5);
        _text.AppendLine($"enum {name} {{");
        if (IsEdition && isClosed) _text.AppendLine("option features.enum_type = CLOSED;");
        if (hasAlias) _text.AppendLine("option allow_alias = true;");
        var first = Name("VALUE");
        _text.AppendLine($"{first} = 0;");
        if (hasAlias) _text.AppendLine($"{Name("VALUE")} = 0;");
        for (var i = _random.Next(0, 4); i > 0; i--) _text.AppendLine($"{Name("VALUE")} = {Maybe("-")}{Literal(_random.Next(1, 1 << _random.Next(4, 30)))}{(Chance(5) ? " [deprecated = true]" : "")};");
        if (Chance(4)) _text.AppendLine("reserved -2000000000 to -1900000000, 2100000000 to max;");
        _text.AppendLine("}");
        _ = depth;
        _enums.Add((scope.Length == 0 ? $".{_package}.{name}" : scope + name, isClosed, first));
    }

    private void Extend(string scope)
    {
        if (_extendable.Count == 0) return;
        var at = _random.Next(_extendable.Count);
        var (type, start) = (_extendable[at].Split('|')[0], int.Parse(_extendable[at].Split('|')[1], CultureInfo.InvariantCulture));
        _extendable.RemoveAt(at);
        _ = scope;
        _text.AppendLine($"extend {type} {{");
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var label = IsProto2 ? Pick("optional ", "repeated ") : Pick("", "repeated ");
            _text.AppendLine($"{label}{(Chance(2) ? Pick(Scalars) : _messages[_random.Next(_messages.Count)])} {Name("ext")} = {start++};");
        }
        _text.AppendLine("}");
    }

    private void Service()
    {
        _text.AppendLine($"service {Name("Svc")} {{");
        for (var i = _random.Next(0, 4); i > 0; i--)
        {
            _text.Append($"rpc {Name("Do")}({Maybe("stream ")}{_messages[_random.Next(_messages.Count)]}) returns ({Maybe("stream ")}{_messages[_random.Next(_messages.Count)]})");
            _text.AppendLine(Pick(";", "{}", "{ option deprecated = true; }", "{ option idempotency_level = IDEMPOTENT; ; }"));
        }
        _text.AppendLine("}");
    }

    private string Number() => Pick("1.5", "-2e10", "inf", "-inf", "nan", "0", "-0.0", "123456789.123456789", "1e-5", "7", ".25", "0.1", "3.4028235e38");

    private string Literal(int value) => _random.Next(6) switch
    {
        0 => "0x" + value.ToString("x", CultureInfo.InvariantCulture),
        1 => "0" + Convert.ToString(value, 8),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private string Quoted() => Pick("\"plain\"", "'single'", "\"esc \\n\\t\\x41\\101\\\"\"", "\"two \" 'parts'", "\"ünï ✓\"", "\"\"", "\"\\u00e9\\U0001F600\"");

    private string Name(string stem) => $"{stem}{(stem.EndsWith('x') ? "" : "_")}{Letters(_names++)}";

    /// <summary>No two alike, even without underscores and case.</summary>
    private static string Letters(int number)
    {
        var text = new StringBuilder();
        do text.Insert(0, (char)('a' + (number % 26)));
        while ((number /= 26) > 0);
        return text.ToString() + "q";
    }

    private string Maybe(string text) => Chance(3) ? text : "";

    private string Pick(params string[] among) => among[_random.Next(among.Length)];

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
