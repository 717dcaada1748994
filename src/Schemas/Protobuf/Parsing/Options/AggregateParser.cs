using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>
/// Parses an option's message value, which is written in Protobuf's text format, and encodes it. Fields come out in the order of their
/// numbers, whatever order they are written in.
/// </summary>
internal sealed class AggregateParser
{
    private const string AnyType = "google.protobuf.Any";

    private readonly UninterpretedOption _option;
    private readonly ProtoMessage _root;
    private readonly ProtoFile _file;
    private readonly ProtoScope _scope;
    private readonly OptionSet _set;
    private readonly AggregateScalars _scalars;
    private readonly BudgetMeter _meter;
    private readonly ProtoTokens _tokens;

    public AggregateParser(UninterpretedOption option, ProtoMessage type, ProtoFile file, ProtoScope scope, OptionSet set, BudgetMeter meter)
    {
        (_option, _root, _file, _scope, _set, _meter) = (option, type, file, scope, set, meter);
        try
        {
            _tokens = new ProtoTokens(new ProtoLexer(option.AggregateValue, meter, aggregate: true), meter);
        }
        catch (ProtoSyntaxException fault)
        {
            throw Fault(fault.Message);
        }
        _scalars = new AggregateScalars(_tokens);
    }

    public byte[] Parse()
    {
        try
        {
            var message = new AggregateMessage(_root);
            while (!_tokens.AtEnd) Field(message);
            return Finish(message);
        }
        catch (ProtoSyntaxException fault)
        {
            throw Fault(fault.Message);
        }
    }

    private byte[] Finish(AggregateMessage message)
    {
        var missing = string.Join(", ", message.Missing());
        return missing.Length == 0 ? message.Encode() : throw Fault($"\"{message.Type.FullName}\" needs {missing}");
    }

    private byte[] Message(ProtoMessage type)
    {
        _meter.Enter();
        var close = _tokens.TryConsume("<") ? ">" : "}";
        if (close == "}") _tokens.Consume("{");
        var message = new AggregateMessage(type);
        while (!_tokens.TryConsume(close)) Field(message);
        _meter.Leave();
        return Finish(message);
    }

    private void Field(AggregateMessage message)
    {
        if (_tokens.LookingAt("["))
        {
            if (!Bracketed(message)) return;
        }
        else
        {
            var name = _tokens.Identifier("a field's name");
            if (Find(message.Type, name) is { } field) Values(message, field);
            else if (message.Type.Proto.ReservedName.Contains(name)) Skip();
            else throw Fault($"\"{message.Type.FullName}\" has no field \"{name}\"");
        }
        if (!_tokens.TryConsume(";")) _tokens.TryConsume(",");
    }

    /// <summary>Groups go by the name of their type, fields by theirs.</summary>
    private static ProtoField? Find(ProtoMessage type, string name)
    {
        if (type.Find(name) is { } field) return field;
        return type.Fields.FirstOrDefault(group => group.IsDelimited && group.MessageType!.Name == name
            && group.Name == name.ToLowerInvariant() && ReferenceEquals(group.MessageType.Parent, type));
    }

    /// <summary>An extension by its full name, or the content of an Any by its type's URL.</summary>
    private bool Bracketed(AggregateMessage message)
    {
        _tokens.Consume("[");
        var name = _tokens.QualifiedName("the full name of an extension");
        if (_tokens.LookingAt("/"))
        {
            Any(message, name);
            return true;
        }
        _tokens.Consume("]");
        var extension = Extension(message.Type, name);
        if (extension is null || extension.ContainingType.FullName != message.Type.FullName)
            throw Fault($"\"{name}\" is no extension of \"{message.Type.FullName}\" that this file knows");
        Values(message, extension);
        return true;
    }

    private ProtoField? Extension(ProtoMessage type, string name)
    {
        try
        {
            return _scope.Resolve(name, _set.Scope, onlyTypes: false, _option, ProtoPart.Name).Symbol.Definition is ProtoField { IsExtension: true } found
                ? found
                : null;
        }
        catch (ProtoFault)
        {
            return type.File.FindExtension(name);
        }
    }

    private void Any(AggregateMessage message, string prefix)
    {
        _tokens.Consume("/");
        var name = _tokens.QualifiedName("the full name of a message");
        _tokens.Consume("]");
        if (message.Type.FullName != AnyType) throw Fault($"Only \"{AnyType}\" holds a message by its URL");
        if (prefix is not ("type.googleapis.com" or "type.googleprod.com") || !_scope.TryFind(name, out var symbol) || symbol.Definition is not ProtoMessage type)
            throw Fault($"The type \"{prefix}/{name}\" is not known");
        if (message.Has(message.Type.Find(1)!) || message.Has(message.Type.Find(2)!)) throw Fault("An Any is given twice");
        _tokens.TryConsume(":");
        var value = Message(type);
        message.Add(message.Type.Find(1)!, System.Text.Encoding.UTF8.GetBytes(prefix + "/" + name));
        message.Add(message.Type.Find(2)!, value);
    }

    private void Values(AggregateMessage message, ProtoField field)
    {
        OptionTargets.Check(field, _set.Target, _option, _file.Edition);
        if (!field.IsRepeated && message.Has(field)) throw Fault($"\"{field.Name}\" is given twice, and is not repeated");
        if (field.OneOf is { } oneOf && message.SetMemberOf(oneOf) is { } other)
            throw Fault($"\"{field.Name}\" is given along with \"{other.Name}\", and both are in the oneof \"{oneOf.Name}\"");
        if (field.Kind == ProtoKind.Message) _tokens.TryConsume(":");
        else _tokens.Consume(":");
        if (!field.IsRepeated || !_tokens.TryConsume("["))
        {
            message.Add(field, Value(field));
            return;
        }
        if (_tokens.TryConsume("]")) return;
        do message.Add(field, Value(field));
        while (_tokens.TryConsume(","));
        _tokens.Consume("]");
    }

    private byte[] Value(ProtoField field)
    {
        _meter.Step();
        return field.Kind == ProtoKind.Message
            ? Message(field.MessageType!)
            : _scalars.Value(field) ?? throw Fault($"The value of \"{field.Name}\" is not one of its type's, {field.Kind.ToString().ToLowerInvariant()}");
    }

    /// <summary>Passes over the value of a field whose name is reserved: it was one once.</summary>
    private void Skip()
    {
        _tokens.TryConsume(":");
        var depth = 0;
        do
        {
            if (_tokens.AtEnd) throw _tokens.Unexpected("a value");
            if (_tokens.LookingAt("{") || _tokens.LookingAt("<") || _tokens.LookingAt("[")) depth++;
            else if (_tokens.LookingAt("}") || _tokens.LookingAt(">") || _tokens.LookingAt("]")) depth--;
            else if (depth == 0 && _tokens.LookingAt("-")) _tokens.Next();
            _tokens.Next();
        }
        while (depth > 0 || (depth == 0 && _tokens.Current.Kind == ProtoTokenKind.String));
    }

    private ProtoFault Fault(string message) =>
        new($"In the value of option \"{OptionInterpreter.NameOf(_option)}\": {message}", _option);
}
