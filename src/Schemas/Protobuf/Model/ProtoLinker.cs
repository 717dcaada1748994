using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>
/// Builds the linked model of a file: declares its names, resolves the names it uses (and writes them back in full), then concludes
/// features and what follows from them. Faults are thrown as <see cref="ProtoFault"/>.
/// </summary>
internal sealed class ProtoLinker(ProtoPool pool, BudgetMeter meter)
{
    /// <summary>Links files that come in dependency order, as a descriptor set has them, and gives the last one.</summary>
    public static ProtoFile? Link(IEnumerable<FileDescriptorProto> files, SchemaBudget budget, out SchemaError? error)
    {
        error = null;
        var pool = new ProtoPool();
        var linker = new ProtoLinker(pool, budget.Start());
        ProtoFile? last = null;
        try
        {
            foreach (var file in files) last = linker.Link(file);
            return last;
        }
        catch (ProtoFault fault)
        {
            error = new SchemaError(fault.Message);
        }
        catch (SchemaBudgetException fault)
        {
            error = new SchemaError(fault.Message);
        }
        return null;
    }

    public ProtoFile Link(FileDescriptorProto proto)
    {
        var file = Declare(proto);
        Resolve(file, new ProtoScope(file, pool, meter));
        Conclude(file);
        return file;
    }

    /// <summary>Makes the model's objects and claims their names.</summary>
    public ProtoFile Declare(FileDescriptorProto proto)
    {
        var dependencies = Imports(proto, proto.Dependency);
        foreach (var index in proto.PublicDependency.Concat(proto.WeakDependency))
        {
            if ((uint)index >= (uint)dependencies.Count) throw new ProtoFault($"There is no import {index} to be public or weak", proto);
        }
        var file = new ProtoFile(proto, dependencies)
        {
            Written = proto.Clone(),
            OptionDependencies = Imports(proto, ProtoOptionImports.Of(proto)),
        };
        // Descriptors do not spell out the syntax that was there first.
        if (proto.Syntax == "proto2") proto.ClearSyntax();
        pool.Begin(file, meter);
        for (var i = 0; i < proto.MessageType.Count; i++) file.Add(Message(proto.MessageType[i], file, null, i));
        foreach (var type in proto.EnumType) file.Add(Enum(type, file, null));
        foreach (var field in proto.Extension) file.AddExtension(Field(field, file, null));
        foreach (var service in proto.Service)
        {
            var name = Name(proto.Package, service.Name, service);
            Claim(name, ProtoSymbolKind.Service, file, null, service);
            foreach (var method in service.Method) Claim(Name(name, method.Name, method), ProtoSymbolKind.Method, file, null, method);
        }
        return file;
    }

    /// <summary>Finds what every type name stands for and writes it back in full.</summary>
    public void Resolve(ProtoFile file, ProtoScope scope)
    {
        foreach (var message in file.Messages) Resolve(message, scope);
        foreach (var extension in file.Extensions) Resolve(extension, scope);
        foreach (var service in file.Proto.Service)
        {
            var within = ProtoScope.Join(file.Package, service.Name);
            foreach (var method in service.Method)
            {
                method.InputType = MessageName(method.InputType, within, scope, method, ProtoPart.Type);
                method.OutputType = MessageName(method.OutputType, within, scope, method, ProtoPart.Output);
            }
        }
    }

    /// <summary>Works out features and what follows from them; options must be in their final state.</summary>
    public static void Conclude(ProtoFile file)
    {
        file.Features = ProtoFeatures.Of(file.Edition).With(file.Proto.Options?.Features);
        foreach (var message in file.Messages) Conclude(message, file.Features);
        foreach (var type in file.Enums) type.Features = file.Features.With(type.Proto.Options?.Features);
        foreach (var extension in file.Extensions) Conclude(extension, file.Features);
    }

    private List<ProtoFile> Imports(FileDescriptorProto proto, IReadOnlyList<string> paths)
    {
        var files = new List<ProtoFile>(paths.Count);
        foreach (var path in paths)
        {
            files.Add(pool.FindFile(path) ?? throw new ProtoFault(
                $"The import \"{path}\" is not known; add a reference whose name is that path", proto.Dependency));
        }
        return files;
    }

    private ProtoMessage Message(DescriptorProto proto, ProtoFile file, ProtoMessage? parent, int index)
    {
        meter.Enter();
        var message = new ProtoMessage(proto, Name(parent?.FullName ?? file.Package, proto.Name, proto), file, parent, index);
        Claim(message.FullName, ProtoSymbolKind.Message, file, message, proto);
        for (var i = 0; i < proto.OneofDecl.Count; i++) message.Add(new ProtoOneOf(proto.OneofDecl[i], message, i));
        foreach (var field in proto.Field)
        {
            var declared = Field(field, file, message);
            declared.ContainingType = message;
            message.Add(declared);
            if (!field.HasOneofIndex) continue;
            if ((uint)field.OneofIndex >= (uint)message.OneOfs.Count)
                throw new ProtoFault($"Field \"{declared.FullName}\" is in oneof {field.OneofIndex}, which does not exist", field);
            declared.OneOf = message.OneOfs[field.OneofIndex];
            declared.OneOf.Add(declared);
        }
        foreach (var oneOf in proto.OneofDecl) Claim(Name(message.FullName, oneOf.Name, oneOf), ProtoSymbolKind.OneOf, file, null, oneOf);
        for (var i = 0; i < proto.NestedType.Count; i++) message.Add(Message(proto.NestedType[i], file, message, i));
        foreach (var type in proto.EnumType) message.Add(Enum(type, file, message));
        foreach (var extension in proto.Extension) message.AddExtension(Field(extension, file, message));
        meter.Leave();
        return message;
    }

    private ProtoEnum Enum(EnumDescriptorProto proto, ProtoFile file, ProtoMessage? parent)
    {
        var scope = parent?.FullName ?? file.Package;
        var type = new ProtoEnum(proto, Name(scope, proto.Name, proto), file, parent);
        Claim(type.FullName, ProtoSymbolKind.Enum, file, type, proto);
        foreach (var value in proto.Value) Claim(Name(scope, value.Name, value), ProtoSymbolKind.EnumValue, file, null, value);
        return type;
    }

    private ProtoField Field(FieldDescriptorProto proto, ProtoFile file, ProtoMessage? parent)
    {
        var field = new ProtoField(proto, Name(parent?.FullName ?? file.Package, proto.Name, proto), file, parent);
        if (!proto.HasJsonName) proto.JsonName = ProtoNames.ToJson(proto.Name);
        Claim(field.FullName, ProtoSymbolKind.Field, file, field, proto);
        return field;
    }

    /// <summary>A full name, paid for before it is made: what lies deep inside long names has one that is longer still.</summary>
    private string Name(string scope, string name, object element)
    {
        var length = scope.Length + 1 + name.Length;
        if (length > ProtoNames.MaxLength)
            throw new ProtoFault($"The full name is longer than {ProtoNames.MaxLength} characters, which is the limit; shorten it", element);
        meter.Step(ProtoNames.Steps(length));
        return ProtoScope.Join(scope, name);
    }

    private void Claim(string fullName, ProtoSymbolKind kind, ProtoFile file, object? definition, object element)
    {
        pool.Declare(fullName, new ProtoSymbol(kind, file, definition), element);
    }

    private static void Resolve(ProtoMessage message, ProtoScope scope)
    {
        foreach (var field in message.Fields) Resolve(field, scope);
        foreach (var extension in message.Extensions) Resolve(extension, scope);
        foreach (var nested in message.Nested) Resolve(nested, scope);
        message.Conclude();
    }

    private static void Resolve(ProtoField field, ProtoScope scope)
    {
        var proto = field.Proto;
        var within = field.Scope?.FullName ?? field.File.Package;
        if (field.IsExtension)
        {
            var (name, symbol) = scope.Resolve(proto.Extendee, within, onlyTypes: false, proto, ProtoPart.Extendee);
            field.ContainingType = symbol.Definition as ProtoMessage
                ?? throw new ProtoFault($"\"{proto.Extendee}\" is not a message, so it cannot be extended", proto, ProtoPart.Extendee);
            proto.Extendee = "." + name;
        }
        if (!proto.HasTypeName)
        {
            if (!proto.HasType || proto.Type is FieldDescriptorProto.Types.Type.Message or FieldDescriptorProto.Types.Type.Group or FieldDescriptorProto.Types.Type.Enum)
                throw new ProtoFault($"Field \"{field.FullName}\" names no type", proto, ProtoPart.Type);
            if (!System.Enum.IsDefined(proto.Type))
                throw new ProtoFault($"Field \"{field.FullName}\" has type {(int)proto.Type}, which does not exist", proto, ProtoPart.Type);
            field.Kind = (ProtoKind)(int)proto.Type;
            return;
        }
        var (full, type) = scope.Resolve(proto.TypeName, within, onlyTypes: true, proto, ProtoPart.Type);
        proto.TypeName = "." + full;
        field.MessageType = type.Definition as ProtoMessage;
        field.EnumType = type.Definition as ProtoEnum;
        if (!type.IsType) throw new ProtoFault($"\"{full}\" is not a type", proto, ProtoPart.Type);
        field.Kind = field.EnumType is not null ? ProtoKind.Enum : ProtoKind.Message;
        if (!proto.HasType)
        {
            proto.Type = field.EnumType is not null ? FieldDescriptorProto.Types.Type.Enum : FieldDescriptorProto.Types.Type.Message;
            return;
        }
        var isMessage = proto.Type is FieldDescriptorProto.Types.Type.Message or FieldDescriptorProto.Types.Type.Group;
        if (!isMessage && proto.Type != FieldDescriptorProto.Types.Type.Enum)
            throw new ProtoFault($"Field \"{field.FullName}\" has a scalar type and names a type as well", proto, ProtoPart.Type);
        if (isMessage != (field.MessageType is not null))
            throw new ProtoFault($"\"{full}\" is not {(isMessage ? "a message" : "an enum")}", proto, ProtoPart.Type);
    }

    private static string MessageName(string name, string within, ProtoScope scope, object element, ProtoPart part)
    {
        var (full, symbol) = scope.Resolve(name, within, onlyTypes: false, element, part);
        return symbol.Kind == ProtoSymbolKind.Message
            ? "." + full
            : throw new ProtoFault($"\"{name}\" is not a message; methods take and return messages", element, part);
    }

    private static void Conclude(ProtoMessage message, ProtoFeatures inherited)
    {
        message.Features = inherited.With(message.Proto.Options?.Features);
        foreach (var oneOf in message.OneOfs) oneOf.Features = message.Features.With(oneOf.Proto.Options?.Features);
        foreach (var field in message.Fields) Conclude(field, field.OneOf?.Features ?? message.Features);
        foreach (var extension in message.Extensions) Conclude(extension, message.Features);
        foreach (var type in message.Enums) type.Features = message.Features.With(type.Proto.Options?.Features);
        foreach (var nested in message.Nested) Conclude(nested, message.Features);
    }

    private static void Conclude(ProtoField field, ProtoFeatures inherited)
    {
        var features = inherited.With(field.Proto.Options?.Features);
        if (field.File.Edition <= ProtoFeatures.Proto3)
        {
            // What labels, groups and the packed option said before there were features.
            if (field.Proto.Label == FieldDescriptorProto.Types.Label.Required) features = features with { FieldPresence = ProtoFeatures.Required };
            if (field.Proto.Type == FieldDescriptorProto.Types.Type.Group) features = features with { MessageEncoding = ProtoFeatures.Delimited };
            if (field.Proto.Options is { HasPacked: true } options)
                features = features with { RepeatedEncoding = options.Packed ? ProtoFeatures.Packed : ProtoFeatures.Expanded };
        }
        field.Features = features;
        field.Conclude();
    }
}
