using System.Text;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Parsing;

namespace Gateway.Schemas.Protobuf;

/// <summary>Protocol Buffers: proto2, proto3, editions 2023 and 2024.</summary>
public sealed class ProtobufLanguage : ISchemaLanguage
{
    // What a file is called that nobody imports.
    private const string Unnamed = "default";

    // Shorter texts cannot print to anything too long, so those may wait until somebody asks.
    private const int Big = 64 * 1024;

    /// <inheritdoc/>
    public string SchemaType => SchemaTypes.Protobuf;

    /// <inheritdoc/>
    public SchemaParseResult Parse(string text, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(options);
        var bytes = Encoding.UTF8.GetByteCount(text) + references.Sum(reference => (long)Encoding.UTF8.GetByteCount(reference.Text));
        if (bytes > options.Budget.MaxTextBytes)
            return new SchemaParseResult(new SchemaError($"The schema is longer than {options.Budget.MaxTextBytes} bytes, which is the limit"));

        ProtoSource? source = null;
        try
        {
            var meter = options.Budget.Start();
            source = ProtoSource.Read(Unnamed, text, meter);
            var file = Compile(source, references, options.Strict, meter);
            var schema = new ProtobufSchema(file, [.. references.Where(reference => reference.IsDirect).Select(reference => reference.Reference)]);
            if (text.Length > Big) schema.Print();
            if (source.IsDescriptor) CheckText(schema, references, options);
            return new SchemaParseResult(schema);
        }
        catch (ProtoRefusal refusal)
        {
            return new SchemaParseResult(refusal.Error);
        }
        catch (ProtoFault fault)
        {
            return new SchemaParseResult(source!.Error(fault));
        }
        catch (SchemaBudgetException fault)
        {
            return new SchemaParseResult(new SchemaError(fault.Message));
        }
    }

    /// <summary>A descriptor is kept as the text printed of it, which must say what the descriptor said.</summary>
    private static void CheckText(ProtobufSchema schema, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options)
    {
        const string Refusal = "The descriptor cannot be written as .proto text, which is how it is kept";
        var text = schema.CanonicalText;
        if (Encoding.UTF8.GetByteCount(text) > options.Budget.MaxTextBytes)
            throw new ProtoRefusal(new SchemaError($"The descriptor's text is longer than {options.Budget.MaxTextBytes} bytes, which is the limit"));
        try
        {
            var meter = options.Budget.Start();
            var read = new ProtobufSchema(Compile(ProtoSource.Read(Unnamed, text, meter), references, options.Strict, meter), schema.References);
            if (ComparableDescriptor.Of(read.File.Proto).Equals(ComparableDescriptor.Of(schema.File.Proto))
                && read.NormalizedText == schema.NormalizedText) return;
        }
        catch (Exception fault) when (fault is ProtoRefusal or ProtoFault)
        {
            throw new ProtoRefusal(new SchemaError(ProtoPositions.Clip($"{Refusal}: {fault.Message}")));
        }
        throw new ProtoRefusal(new SchemaError($"{Refusal}: the text would be another schema's"));
    }

    private static ProtoFile Compile(ProtoSource source, IReadOnlyList<ResolvedReference> references, bool strict, BudgetMeter meter)
    {
        var pool = new ProtoPool();
        if (source.Proto.Name.Length == 0) source.Proto.Name = Unnamed;
        new ImportLoader(references, pool, meter).Load(source.Proto);
        if (pool.FindFile(source.Proto.Name) is not null)
            throw new ProtoFault($"\"{source.Proto.Name}\" imports itself; break the circle", source.Proto.Dependency);
        return ProtoCompiler.Compile(source.Proto, pool, meter, strict);
    }
}
