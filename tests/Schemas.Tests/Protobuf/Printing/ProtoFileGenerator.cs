using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>
/// Makes a random file of a seed. A second seed chooses how it is written (order, spacing, comments, spelling of names, numbers and options)
/// without changing what it says.
/// </summary>
internal sealed partial class ProtoFileGenerator(int seed)
{
    /// <summary>What generated files import: messages, an enum and custom options of every kind.</summary>
    public const string SharedPath = "shared/shared.proto";

    public static readonly string Shared = """
        syntax = "proto3";
        package shared;
        import "google/protobuf/descriptor.proto";
        enum Color { RED = 0; GREEN = 1; DARK_BLUE = 7; }
        message Config {
          int32 number = 1; string text = 2; repeated string list = 3; Config inner = 4; Color color = 5; map<string, int32> map = 6;
          bytes raw = 7; double real = 8; bool flag = 9; repeated Config many = 10; sint64 signed = 11; fixed32 fixed = 12; float single = 13;
        }

        """ + string.Concat(Kinds.Select((kind, i) => $$"""
        extend google.protobuf.{{kind}}Options {
          int32 {{kind.ToLowerInvariant()}}_number = {{50_000 + i * 10}};
          string {{kind.ToLowerInvariant()}}_text = {{50_001 + i * 10}};
          Color {{kind.ToLowerInvariant()}}_color = {{50_002 + i * 10}};
          Config {{kind.ToLowerInvariant()}}_config = {{50_003 + i * 10}};
          repeated int32 {{kind.ToLowerInvariant()}}_list = {{50_004 + i * 10}};
        }

        """));

    private static string[] Kinds => ["File", "Message", "Field", "Oneof", "ExtensionRange", "Enum", "EnumValue", "Service", "Method"];

    private readonly Random _random = new(seed);
    private readonly List<string> _messages = [];
    private readonly List<(string Name, List<string> Constants)> _enums = [("shared.Color", ["RED", "GREEN", "DARK_BLUE"])];
    private Random _layout = new(0);
    private int _names;
    private int _syntax;
    private string _package = "";
    private readonly List<string> _extendable = [];

    public string Path => $"generated/f{seed.ToString(CultureInfo.InvariantCulture)}.proto";

    public string Text(int layoutSeed)
    {
        var statements = Build();
        _layout = new Random(layoutSeed);
        var text = new StringBuilder();
        text.Append(_syntax switch { 0 => "syntax = \"proto2\";\n", 1 => "syntax = 'proto3' ;\n", _ => "edition = \"2023\";\n" });
        if (_layout.Next(3) == 0) text.Append("// about this file\n");
        if (_package.Length > 0) text.Append($"package {_package};\n");
        Render(statements, text, _package);
        return text.ToString();
    }

    private List<Statement>? _built;

    private List<Statement> Build()
    {
        if (_built is not null) return _built;
        _syntax = _random.Next(3);
        _package = Pick("", "p" + seed.ToString(CultureInfo.InvariantCulture), $"p{seed.ToString(CultureInfo.InvariantCulture)}.sub.q");
        var statements = new List<Statement>
        {
            new(_ => "import \"google/protobuf/timestamp.proto\""),
            new(_ => $"import \"{SharedPath}\""),
        };
        var kind = Pick("", "public ");
        statements.Add(new(_ => $"import {kind}\"google/protobuf/any.proto\""));
        if (Chance(3)) statements.Add(new(_ => "option java_package = \"com.example\""));
        if (Chance(3)) statements.Add(new(_ => "option optimize_for = CODE_SIZE"));
        if (_syntax == 2 && Chance(3)) statements.Add(new(_ => "option features.enum_type = CLOSED"));
        if (_syntax == 2 && Chance(3)) statements.Add(new(_ => "option features.field_presence = IMPLICIT"));
        statements.AddRange(OptionStatements("File"));
        for (var i = _random.Next(3); i > 0; i--) statements.Add(Enum(_package));
        for (var i = _random.Next(1, 4); i > 0; i--) statements.Add(Message(_package, 0));
        if (_syntax != 1 && _extendable.Count > 0 && Chance(2)) statements.Add(Extend(_package));
        if (Chance(3)) statements.Add(Service());
        return _built = statements;
    }

    private Statement Message(string scope, int depth)
    {
        var name = Name("M");
        var full = Join(scope, name);
        _messages.Add(full);
        var body = new List<Statement>();
        var numbers = Numbers();
        if (depth < 3)
        {
            for (var i = _random.Next(3 - depth); i > 0; i--) body.Add(Message(full, depth + 1));
            if (Chance(4)) body.Add(Enum(full));
        }
        for (var i = _random.Next(5); i > 0; i--) body.Add(Field(numbers, Label()));
        if (Chance(4)) body.Add(Map(numbers));
        if (_syntax == 0 && Chance(5)) body.Add(Group(full, numbers, Pick("optional ", "repeated ", "required ")));
        if (Chance(3)) body.Add(OneOf(full, numbers));
        if (Chance(4))
        {
            var (one, two, three) = (numbers(), _random.Next(20_000, 30_000), Name("old"));
            body.Add(new(_ => $"reserved {one}"));
            body.Add(new(_ => $"reserved {two} to {two + 5}, {two + 10}"));
            body.Add(new(_ => _syntax == 2 ? $"reserved {three}" : $"reserved \"{three}\""));
        }
        if (_syntax != 1 && Chance(4))
        {
            _extendable.Add(full);
            var options = Options("ExtensionRange");
            body.Add(new(at => $"extensions 1000 to 1999{InBrackets(options)}"));
            if (Chance(2)) body.Add(new(_ => "extensions 40000 to max"));
            if (Chance(2)) body.Add(Extend(full));
        }
        if (Chance(4)) body.Add(new(_ => "option deprecated = true"));
        body.AddRange(OptionStatements("Message"));
        Shuffle(body, _random);
        return new(_ => $"message {name}", body, IsFixed: true, Scope: full);
    }

    private Statement Field(Func<int> numbers, string label, bool isExtension = false)
    {
        var (name, number, type) = (Name("f"), numbers(), Type());
        var options = Options("Field");
        var isSingular = label is "" or "optional ";
        if (_syntax == 0 && isSingular && Chance(4) && Default(type) is { } value) options.Add(("default", () => value));
        if (!isExtension && Chance(6)) options.Add(("json_name", () => $"\"{name}X\""));
        if (Chance(6)) options.Add(("deprecated", () => "true"));
        return new(at => $"{label}{TypeIn(at, type)} {name} = {Number(number)}{InBrackets(options)}");
    }

    private Statement Map(Func<int> numbers)
    {
        var (name, number, type) = (Name("map"), numbers(), Type());
        var key = Pick("string", "int32", "bool", "fixed64");
        var options = Options("Field");
        return new(at => $"map<{key}{Space()},{Space()}{TypeIn(at, type)}> {name} = {Number(number)}{InBrackets(options)}", IsFixed: true);
    }

    private Statement Group(string scope, Func<int> numbers, string label)
    {
        var (name, number) = (Name("Group"), numbers());
        var full = Join(scope, name);
        var inner = Numbers();
        var body = new List<Statement>();
        for (var i = _random.Next(3); i > 0; i--) body.Add(Field(inner, Label()));
        var options = Options("Field");
        return new(_ => $"{label}group {name} = {Number(number)}{InBrackets(options)}", body, IsFixed: true, Scope: full);
    }

    private Statement OneOf(string scope, Func<int> numbers)
    {
        var name = Name("one");
        var body = new List<Statement>();
        for (var i = _random.Next(1, 4); i > 0; i--) body.Add(Field(numbers, ""));
        if (_syntax == 0 && Chance(4)) body.Add(Group(scope, numbers, ""));
        body.AddRange(OptionStatements("Oneof"));
        return new(_ => $"oneof {name}", body, IsFixed: true, Scope: scope);
    }

    private Statement Extend(string scope)
    {
        var target = _extendable[_random.Next(_extendable.Count)];
        var body = new List<Statement>();
        var start = 1000 + (_messages.Count * 37 + _names) % 900;
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var number = start++;
            body.Add(Field(() => number, _syntax == 0 ? Pick("optional ", "repeated ") : Pick("", "repeated "), isExtension: true));
        }
        return new(at => $"extend {NameIn(at, target)}", body, IsFixed: true, Scope: scope);
    }

    private Statement Enum(string scope)
    {
        var name = Name("E");
        var constants = new List<string>();
        var body = new List<Statement>();
        var numbers = new HashSet<int> { 0 };
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            var constant = Name("C");
            var number = constants.Count == 0 ? 0 : _random.Next(-5, 100);
            if (constants.Count > 0 && !numbers.Add(number)) continue;
            constants.Add(constant);
            var options = Options("EnumValue");
            body.Add(new(_ => $"{constant} = {number}{InBrackets(options)}", IsFirst: constants.Count == 1));
        }
        if (Chance(4))
        {
            var alias = Name("ZZ");
            body.Add(new(_ => $"{alias} = 0", IsFixed: true));
            body.Add(new(_ => "option allow_alias = true"));
        }
        if (Chance(4))
        {
            var old = Name("OLD");
            body.Add(new(_ => "reserved 200 to 300, 500"));
            body.Add(new(_ => "reserved -10 to -8, 1000 to max"));
            body.Add(new(_ => _syntax == 2 ? $"reserved {old}" : $"reserved \"{old}\""));
        }
        body.AddRange(OptionStatements("Enum"));
        _enums.Add((Join(scope, name), constants));
        return new(_ => $"enum {name}", body, IsFixed: true, Scope: scope);
    }

    private Statement Service()
    {
        var body = new List<Statement>();
        for (var i = _random.Next(3); i > 0; i--)
        {
            var (name, request, response) = (Name("Call"), _messages[_random.Next(_messages.Count)], "google.protobuf.Any");
            var (one, two) = (Pick("", "stream "), Pick("", "stream "));
            body.Add(new(at => $"rpc {name} ({one}{NameIn(at, request)}) returns ({two}{NameIn(at, response)})", OptionStatements("Method"), IsFixed: true, Scope: _package));
        }
        body.AddRange(OptionStatements("Service"));
        var service = Name("S");
        return new(_ => $"service {service}", body, IsFixed: true, Scope: _package);
    }

    private string Label() => _syntax switch
    {
        0 => Pick("optional ", "required ", "repeated "),
        1 => Pick("", "optional ", "repeated "),
        _ => Pick("", "repeated "),
    };

    private string Type()
    {
        string[] scalars = ["int32", "int64", "uint32", "sint32", "sint64", "fixed64", "sfixed64", "double", "float", "bool", "string", "bytes"];
        return _random.Next(4) switch
        {
            0 when _messages.Count > 0 => _messages[_random.Next(_messages.Count)],
            // A closed enum of another file cannot stand where presence is implied.
            1 when _syntax != 2 => _enums[_random.Next(_enums.Count)].Name,
            2 => Pick("google.protobuf.Timestamp", "google.protobuf.Any", "shared.Config"),
            _ => scalars[_random.Next(scalars.Length)],
        };
    }

    private Func<int> Numbers()
    {
        var taken = new HashSet<int>();
        return () =>
        {
            int number;
            do number = _random.Next(1, 900);
            while (!taken.Add(number));
            return number;
        };
    }

    /// <summary>Different within the file, and where there is no package, from the names of all other files.</summary>
    private string Name(string prefix)
    {
        var name = prefix + (++_names).ToString(CultureInfo.InvariantCulture) + (_random.Next(2) == 0 ? "" : "_x");
        return _package.Length > 0 ? name : $"{name}f{seed.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Join(string scope, string name) => scope.Length == 0 ? name : scope + "." + name;

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
