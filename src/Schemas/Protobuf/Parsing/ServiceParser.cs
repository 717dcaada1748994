using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses services and their methods.</summary>
internal sealed class ServiceParser(ProtoTokens tokens, ProtoPositions positions, OptionParser options, FieldParser fields)
{
    public ServiceDescriptorProto Service()
    {
        tokens.Consume("service");
        var service = new ServiceDescriptorProto();
        positions.Set(service, ProtoPart.Name, tokens.Current.Start);
        service.Name = tokens.Identifier("a service's name");
        tokens.Consume("{");
        while (!tokens.TryConsume("}"))
        {
            if (tokens.TryConsume(";")) continue;
            if (tokens.LookingAt("option")) (service.Options ??= new ServiceOptions()).UninterpretedOption.Add(options.Statement());
            else service.Method.Add(Method());
        }
        return service;
    }

    private MethodDescriptorProto Method()
    {
        tokens.Consume("rpc");
        var method = new MethodDescriptorProto();
        positions.Set(method, ProtoPart.Name, tokens.Current.Start);
        method.Name = tokens.Identifier("a method's name");
        tokens.Consume("(");
        if (tokens.TryConsume("stream")) method.ClientStreaming = true;
        positions.Set(method, ProtoPart.Type, tokens.Current.Start);
        method.InputType = fields.MessageName();
        tokens.Consume(")");
        tokens.Consume("returns");
        tokens.Consume("(");
        if (tokens.TryConsume("stream")) method.ServerStreaming = true;
        positions.Set(method, ProtoPart.Output, tokens.Current.Start);
        method.OutputType = fields.MessageName();
        tokens.Consume(")");
        if (tokens.TryConsume(";")) return method;
        tokens.Consume("{");
        // A body without options is written into the descriptor all the same.
        method.Options = new MethodOptions();
        while (!tokens.TryConsume("}"))
        {
            if (!tokens.TryConsume(";")) method.Options.UninterpretedOption.Add(options.Statement());
        }
        return method;
    }
}
