namespace Gateway.Schemas.Protobuf.Model;

/// <summary>
/// What the names written in one file stand for. A relative name is looked up from the innermost scope outwards, by its first part: the
/// first scope that knows this part decides, even if the rest is not found there. Only the file's own names and those of its imports
/// (and of what these import publicly) are seen.
/// </summary>
internal sealed class ProtoScope
{
    // Files that import each other publicly see each other all, so this is what their number is felt by.
    private const int StepsPerFile = 16;

    private readonly ProtoFile _file;
    private readonly ProtoPool _pool;
    private readonly BudgetMeter _meter;
    private readonly HashSet<ProtoFile> _visible = [];
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);

    public ProtoScope(ProtoFile file, ProtoPool pool, BudgetMeter meter, bool forOptions = false)
    {
        _file = file;
        _pool = pool;
        _meter = meter;
        See(file);
        var waiting = new Queue<ProtoFile>();
        foreach (var dependency in forOptions ? file.Dependencies.Concat(file.OptionDependencies) : file.Dependencies)
        {
            if (See(dependency)) waiting.Enqueue(dependency);
        }
        while (waiting.TryDequeue(out var seen))
        {
            foreach (var index in seen.Proto.PublicDependency)
            {
                if (See(seen.Dependencies[index])) waiting.Enqueue(seen.Dependencies[index]);
            }
        }
    }

    /// <summary>Looks a name up as written inside <paramref name="scope"/> (a full name, or empty).</summary>
    /// <param name="name">The name as written, with a leading dot if absolute.</param>
    /// <param name="scope">Where it is written.</param>
    /// <param name="onlyTypes">Whether a name that is no type is passed over for one further out.</param>
    /// <param name="element">What the name was written for.</param>
    /// <param name="part">Which part of it.</param>
    public (string FullName, ProtoSymbol Symbol) Resolve(string name, string scope, bool onlyTypes, object element, ProtoPart part)
    {
        _meter.Step(ProtoNames.Steps(name.Length));
        if (name.Length > ProtoNames.MaxLength)
            throw new ProtoFault($"The name is longer than {ProtoNames.MaxLength} characters, which is the limit", element, part);
        if (name.StartsWith('.'))
            return TryFind(name[1..], out var absolute) ? (name[1..], absolute) : throw Undefined(name[1..], name, element, part);

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? name : name[..dot];
        while (true)
        {
            _meter.Step(ProtoNames.Steps(scope.Length + first.Length));
            var candidate = Join(scope, first);
            if (dot < 0)
            {
                if (TryFind(candidate, out var found) && (!onlyTypes || found.IsType)) return (candidate, found);
            }
            else if (_packages.Contains(candidate) || (TryFind(candidate, out var outer) && outer.IsScope))
            {
                var full = Join(scope, name);
                if (TryFind(full, out var found)) return (full, found);
                throw new ProtoFault(
                    $"\"{name}\" means \"{full}\" here, which is not defined: the innermost scope that knows \"{first}\" decides. " +
                    $"Write a leading dot (\".{name}\") to start from the outermost scope",
                    element, part);
            }
            if (scope.Length == 0) throw Undefined(name, name, element, part);
            scope = scope[..Math.Max(0, scope.LastIndexOf('.'))];
        }
    }

    public bool TryFind(string fullName, out ProtoSymbol symbol) =>
        _pool.TryFind(fullName, out symbol) && _visible.Contains(symbol.File);

    public static string Join(string scope, string name) => scope.Length == 0 ? name : scope + "." + name;

    private ProtoFault Undefined(string fullName, string name, object element, ProtoPart part) =>
        new(
            _pool.TryFind(fullName, out var hidden) || _pool.TryFind(Join(_file.Package, fullName), out hidden)
                ? $"\"{name}\" is defined in \"{hidden.File.Name}\", which this file does not import; add the import"
                : $"\"{name}\" is not defined; define it, or import the file that does",
            element, part);

    private bool See(ProtoFile file)
    {
        _meter.Step(StepsPerFile);
        if (!_visible.Add(file)) return false;
        for (var end = file.Package.Length; end > 0; end = file.Package.LastIndexOf('.', end - 1))
        {
            _meter.Step(ProtoNames.Steps(end));
            if (!_packages.Add(file.Package[..end])) break;
        }
        return true;
    }
}
