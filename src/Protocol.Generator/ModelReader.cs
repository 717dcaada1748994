using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gateway.Protocol.Generator;

/// <summary>Turns an attributed class into a <see cref="MessageModel"/>, or says what is wrong with it.</summary>
internal sealed class ModelReader
{
    private const string FieldAttribute = "Gateway.Protocol.Model.FieldAttribute";
    private readonly SemanticModel _semantics;
    private readonly MessageModel _message;
    private readonly Dictionary<string, StructModel> _structs = new();

    private ModelReader(SemanticModel semantics, MessageModel message)
    {
        _semantics = semantics;
        _message = message;
    }

    public List<(string Problem, Location? Where)> Problems { get; } = new();

    public static (MessageModel Message, List<(string Problem, Location? Where)> Problems) Read(
        INamedTypeSymbol type, AttributeData attribute, SemanticModel semantics, CancellationToken cancel)
    {
        string kind = attribute.AttributeClass!.Name;
        bool isRequest = kind == "KafkaRequestAttribute";
        bool isApi = isRequest || kind == "KafkaResponseAttribute";
        int versionAt = isApi ? 1 : 0;
        const string ns = "global::Gateway.Protocol.";
        string response = type.Name.EndsWith("Request", System.StringComparison.Ordinal)
            ? type.Name.Substring(0, type.Name.Length - "Request".Length) + "Response"
            : type.Name;
        var message = new MessageModel(
            type.ContainingNamespace.ToDisplayString(),
            new StructModel(type.Name),
            (short)attribute.ConstructorArguments[versionAt].Value!,
            (short)attribute.ConstructorArguments[versionAt + 1].Value!,
            Named(attribute, "FlexibleFrom", MessageModel.Never))
        {
            IsRequest = isRequest,
            IsReusable = Named(attribute, "Reusable", 0) != 0,
            ApiKey = isApi ? attribute.ConstructorArguments[0].Value!.ToString() : null,
            Interface = isRequest ? $"{ns}IRequest<{response}>" : isApi ? $"{ns}IResponse" : $"{ns}IKafkaMessage",
        };
        var reader = new ModelReader(semantics, message);
        reader.FillStruct(message.Root, type, cancel);
        reader.MarkIsDefault();
        return (message, reader.Problems);
    }

    private static int Named(AttributeData attribute, string name, int otherwise)
    {
        object? value = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;
        return value switch { short s => s, int i => i, bool b => b ? 1 : 0, _ => otherwise };
    }

    private void FillStruct(StructModel model, INamedTypeSymbol type, CancellationToken cancel)
    {
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            cancel.ThrowIfCancellationRequested();
            AttributeData? field = property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == FieldAttribute);
            if (field is null) continue;
            WireType? wire = TypeOf(property.Type, property, cancel);
            if (wire is null)
            {
                Complain(property, $"{property.Type} is not a wire type");
                continue;
            }
            object? initial = InitialValue(property, out bool isNull);
            var read = new FieldModel(property.Name, wire, property.NullableAnnotation == NullableAnnotation.Annotated, initial, isNull)
            {
                From = System.Math.Max(Named(field, "From", 0), _message.Lowest),
                To = System.Math.Min(Named(field, "To", MessageModel.Never), _message.Highest),
                NullableFrom = Named(field, "NullableFrom", 0),
                Tag = Named(field, "Tag", -1),
                Ignorable = Named(field, "Ignorable", 0) != 0,
                NeverFlexible = Named(field, "NeverFlexible", 0) != 0,
            };
            Check(property, read);
            model.Fields.Add(read);
        }
    }

    private void Check(IPropertySymbol property, FieldModel field)
    {
        if (field.From > field.To) Complain(property, "its versions are empty");
        if (field.NullableFrom > 0 && !field.IsNullable) Complain(property, "NullableFrom needs a nullable type");
        if (field.Tag >= 0 && field.From < _message.FlexibleFrom) Complain(property, "a tagged field needs flexible versions only");
        if (field.Tag >= 0 && field.Type.HoldsRecords) Complain(property, "records cannot be a tagged field");
        if (field.DefaultIsNull && !field.IsNullable) Complain(property, "a field that is not nullable needs an initial value");
    }

    private WireType? TypeOf(ITypeSymbol type, IPropertySymbol property, CancellationToken cancel)
    {
        string name = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        WireType Simple(WireKind kind) => new(kind, name, false, null, null);
        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean: return Simple(WireKind.Bool);
            case SpecialType.System_SByte: return Simple(WireKind.Int8);
            case SpecialType.System_Int16: return Simple(WireKind.Int16);
            case SpecialType.System_UInt16: return Simple(WireKind.UInt16);
            case SpecialType.System_Int32: return Simple(WireKind.Int32);
            case SpecialType.System_Int64: return Simple(WireKind.Int64);
            case SpecialType.System_Double: return Simple(WireKind.Float64);
            case SpecialType.System_String: return Simple(WireKind.String);
        }
        if (type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte }) return Simple(WireKind.Bytes);
        if (type is not INamedTypeSymbol named) return null;
        if (named.TypeKind == TypeKind.Enum && TypeOf(named.EnumUnderlyingType!, property, cancel) is { } integer)
            return new WireType(integer.Kind, name, true, null, null);
        if (name == "global::System.Guid") return Simple(WireKind.Uuid);
        if (name == "global::Gateway.Common.Buffers.RecordsLease") return Simple(WireKind.Records);
        if (named.Name == "List" && named.TypeArguments.Length == 1)
            return TypeOf(named.TypeArguments[0], property, cancel) is { Kind: not WireKind.List } element
                ? new WireType(WireKind.List, name, false, element, null)
                : null;
        if (named.ContainingType is null || named.TypeKind != TypeKind.Class) return null;
        if (!_structs.TryGetValue(name, out StructModel? nested))
        {
            nested = new StructModel(named.Name);
            _structs.Add(name, nested);
            _message.Structs.Add(nested);
            FillStruct(nested, named, cancel);
        }
        return new WireType(WireKind.Struct, name, false, null, nested);
    }

    private object? InitialValue(IPropertySymbol property, out bool isNull)
    {
        var syntax = property.DeclaringSyntaxReferences[0].GetSyntax() as PropertyDeclarationSyntax;
        ExpressionSyntax? value = syntax?.Initializer?.Value;
        isNull = value is null && property.Type.IsReferenceType;
        if (value is null || property.Type is INamedTypeSymbol { IsGenericType: true } or IArrayTypeSymbol) return null;
        if (!_semantics.GetConstantValue(value).HasValue) return null;
        return _semantics.GetConstantValue(value).Value;
    }

    /// <summary>Asking a struct whether it is at its defaults asks its own structs too.</summary>
    private void MarkIsDefault()
    {
        var open = new Stack<StructModel>();
        foreach (FieldModel field in _message.Structs.Append(_message.Root).SelectMany(s => s.Fields))
        {
            bool canBeAbsent = field.From > _message.Lowest || field.To < _message.Highest;
            if (field.Type.Struct is { } asked && !field.IsNullable && (field.Tag >= 0 || (canBeAbsent && !field.Ignorable))) open.Push(asked);
        }
        while (open.Count > 0)
        {
            StructModel asked = open.Pop();
            if (asked.NeedsIsDefault) continue;
            asked.NeedsIsDefault = true;
            foreach (FieldModel field in asked.Fields)
            {
                if (field.Type.Struct is { } inner && !field.IsNullable) open.Push(inner);
            }
        }
    }

    private void Complain(ISymbol where, string problem) =>
        Problems.Add(($"{where.ContainingType.Name}.{where.Name}: {problem}", where.Locations.FirstOrDefault()));
}
