using Gateway.Schemas.Protobuf.BuiltIn;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>
/// Loads what a file imports, directly or not, from the references given or the files built in. References nobody imports are not read.
/// What is built in stays what it is, whatever a reference of that name holds.
/// </summary>
internal sealed class ImportLoader
{
    private readonly Dictionary<string, ResolvedReference> _references = new(StringComparer.Ordinal);
    private readonly HashSet<string> _loading = new(StringComparer.Ordinal);
    private readonly ProtoPool _pool;
    private readonly BudgetMeter _meter;

    public ImportLoader(IReadOnlyList<ResolvedReference> references, ProtoPool pool, BudgetMeter meter)
    {
        foreach (var reference in references) _references.TryAdd(reference.Reference.Name, reference);
        _pool = pool;
        _meter = meter;
    }

    /// <summary>Loads everything <paramref name="file"/> rests on. Its own faults and those of its imports are thrown.</summary>
    public void Load(FileDescriptorProto file)
    {
        // A chain of imports can be as long as there are references, so no recursion.
        var waiting = new Stack<Step>();
        waiting.Push(new Step(file, null, null));
        while (waiting.TryPeek(out var step))
        {
            _meter.Step();
            if (step.Imports.Count > 0)
            {
                var path = step.Imports.Dequeue();
                if (_pool.FindFile(path) is null) Enter(path, step, waiting);
                continue;
            }
            waiting.Pop();
            if (step.Source is { } source) Compile(step.File, source);
        }
    }

    private void Enter(string path, Step from, Stack<Step> waiting)
    {
        if (BuiltInFiles.Has(path))
        {
            foreach (var file in BuiltInFiles.Load(path).All())
            {
                if (_pool.FindFile(file.Name) is null) _pool.AddLinked(file, _meter);
            }
            return;
        }
        if (!_references.TryGetValue(path, out var reference))
        {
            throw Located(from, new ProtoFault(
                $"The import \"{path}\" is not known; add a reference whose name is that path", from.File.Dependency));
        }
        if (!_loading.Add(path))
            throw Located(from, new ProtoFault($"\"{path}\" imports itself, directly or through others; break the circle", from.File.Dependency));
        var source = ProtoSource.Read(path, reference.Text, _meter);
        source.Proto.Name = path;
        waiting.Push(new Step(source.Proto, source, reference));
    }

    private void Compile(FileDescriptorProto proto, ProtoSource source)
    {
        // What is referred to is stored already, so it is read as leniently as anything stored.
        try
        {
            ProtoCompiler.Compile(proto, _pool, _meter, strict: false);
        }
        catch (ProtoFault fault)
        {
            throw new ProtoRefusal(InReference(source.Error(fault), proto.Name));
        }
    }

    private static Exception Located(Step step, ProtoFault fault) =>
        step.Source is { } source ? new ProtoRefusal(InReference(source.Error(fault), step.File.Name)) : fault;

    private static SchemaError InReference(SchemaError error, string name) => error with { Message = $"In reference {name}: {error.Message}" };

    private sealed class Step(FileDescriptorProto file, ProtoSource? source, ResolvedReference? reference)
    {
        public FileDescriptorProto File { get; } = file;

        public ProtoSource? Source { get; } = source;

        public ResolvedReference? Reference { get; } = reference;

        public Queue<string> Imports { get; } = new(file.Dependency.Concat(ProtoOptionImports.Of(file)));
    }
}
