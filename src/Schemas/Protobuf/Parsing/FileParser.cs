using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses a whole .proto text. Names are left as written, options uninterpreted.</summary>
internal sealed class FileParser
{
    private readonly ProtoTokens _tokens;
    private readonly ProtoPositions _positions;
    private readonly FileDescriptorProto _file;
    private readonly OptionParser _options;

    private FileParser(string name, string text, ProtoPositions positions, BudgetMeter meter)
    {
        _tokens = new ProtoTokens(new ProtoLexer(text, meter), meter);
        _positions = positions;
        _options = new OptionParser(_tokens, positions);
        _file = new FileDescriptorProto { Name = name };
    }

    public static FileDescriptorProto Parse(string name, string text, ProtoPositions positions, BudgetMeter meter)
    {
        var parser = new FileParser(name, text, positions, meter);
        positions.Set(parser._file, ProtoPart.Name, 0);
        parser.File();
        return parser._file;
    }

    private void File()
    {
        Syntax();
        var edition = ProtoFeatures.EditionOf(_file);
        var messages = new MessageParser(_tokens, _positions, _options, edition);
        var services = new ServiceParser(_tokens, _positions, _options, messages.Fields);
        while (!_tokens.AtEnd)
        {
            if (_tokens.TryConsume(";")) continue;
            if (_tokens.LookingAt("message"))
            {
                _file.MessageType.Add(messages.Message());
            }
            else if (_tokens.LookingAt("enum"))
            {
                _file.EnumType.Add(messages.Enums.Enum());
            }
            else if (ProtoVisibility.IsAhead(_tokens, edition))
            {
                var visibility = ProtoVisibility.Parse(_tokens);
                if (_tokens.LookingAt("message")) _file.MessageType.Add(visibility.On(messages.Message()));
                else _file.EnumType.Add(visibility.On(messages.Enums.Enum()));
            }
            else if (_tokens.LookingAt("service"))
            {
                _file.Service.Add(services.Service());
            }
            else if (_tokens.LookingAt("extend"))
            {
                messages.Extend(_file.Extension, _file.MessageType);
            }
            else if (_tokens.LookingAt("import"))
            {
                Import(edition);
            }
            else if (_tokens.LookingAt("package"))
            {
                Package();
            }
            else if (_tokens.LookingAt("option"))
            {
                (_file.Options ??= new Google.Protobuf.Reflection.FileOptions()).UninterpretedOption.Add(_options.Statement());
            }
            else
            {
                throw _tokens.Unexpected("\"message\", \"enum\", \"import\" or another statement of a file's top level");
            }
        }
    }

    private void Syntax()
    {
        var isEdition = _tokens.LookingAt("edition");
        if (!isEdition && !_tokens.LookingAt("syntax")) return;
        _positions.Set(_file, ProtoPart.Type, _tokens.Current.Start);
        _tokens.Next();
        _tokens.Consume("=");
        var start = _tokens.Current.Start;
        var name = _tokens.String(isEdition ? "an edition such as \"2023\"" : "\"proto2\" or \"proto3\"");
        _tokens.Consume(";");
        if (!isEdition)
        {
            if (name is not ("proto2" or "proto3"))
                throw new ProtoSyntaxException($"The syntax \"{name}\" does not exist; write \"proto2\" or \"proto3\", or edition = \"2023\"", start);
            _file.Syntax = name;
            return;
        }
        _file.Syntax = "editions";
        _file.Edition = (Edition)(name switch
        {
            "2023" => ProtoFeatures.Edition2023,
            "2024" => ProtoFeatures.Edition2024,
            _ => throw new ProtoSyntaxException($"The edition \"{name}\" is not known; 2023 and 2024 are", start),
        });
    }

    private void Import(int edition)
    {
        _tokens.Consume("import");
        var start = _tokens.Current.Start;
        if (_tokens.TryConsume("option"))
        {
            if (edition < ProtoFeatures.Edition2024) throw new ProtoSyntaxException("\"import option\" exists from edition 2024 on", start);
            ProtoOptionImports.Add(_file, _tokens.String("the path of the file to import, in quotes"));
            _tokens.Consume(";");
            return;
        }
        if (_tokens.TryConsume("public"))
        {
            _file.PublicDependency.Add(_file.Dependency.Count);
        }
        else if (_tokens.TryConsume("weak"))
        {
            if (edition >= ProtoFeatures.Edition2024) throw new ProtoSyntaxException("Edition 2024 has no weak imports; remove \"weak\"", start);
            _file.WeakDependency.Add(_file.Dependency.Count);
        }
        var path = _tokens.Current.Start;
        _file.Dependency.Add(_tokens.String("the path of the file to import, in quotes"));
        _positions.Set(_file.Dependency, ProtoPart.Name, path);
        _tokens.Consume(";");
    }

    private void Package()
    {
        var start = _tokens.Current.Start;
        _tokens.Consume("package");
        if (_file.HasPackage) throw new ProtoSyntaxException("The package is given twice; a file has one", start);
        _file.Package = _tokens.QualifiedName("a package's name");
        _positions.Set(_file, ProtoPart.Extendee, start);
        _tokens.Consume(";");
    }
}
