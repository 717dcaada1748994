namespace Gateway.Schemas.Protobuf.Model;

/// <summary>The files one parse has seen, and what every name in them stands for.</summary>
internal sealed class ProtoPool
{
    private const int MaxPackageLength = 511;

    private readonly Dictionary<string, ProtoFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProtoSymbol> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProtoFile> _packages = new(StringComparer.Ordinal);

    private readonly Dictionary<(string Extendee, int Number), ProtoField> _extensions = [];

    public ProtoFile? FindFile(string name) => _files.GetValueOrDefault(name);

    public bool TryFind(string fullName, out ProtoSymbol symbol) => _symbols.TryGetValue(fullName, out symbol);

    /// <summary>Adds a file that was linked elsewhere.</summary>
    public void AddLinked(ProtoFile file, BudgetMeter meter)
    {
        Begin(file, meter);
        foreach (var (name, symbol) in file.Symbols)
        {
            meter.Step();
            Claim(name, symbol, null);
            if (symbol.Definition is ProtoField { IsExtension: true } extension) ClaimExtension(extension, out _);
        }
    }

    /// <summary>Takes the file and its package into the pool; its names follow.</summary>
    public void Begin(ProtoFile file, BudgetMeter meter)
    {
        if (file.Package.Length > MaxPackageLength)
            throw new ProtoFault($"The package's name is longer than {MaxPackageLength} characters, which is the limit", file.Proto, ProtoPart.Extendee);
        _files[file.Name] = file;
        for (var end = file.Package.Length; end > 0; end = file.Package.LastIndexOf('.', end - 1))
        {
            meter.Step(ProtoNames.Steps(end));
            var package = file.Package[..end];
            if (_symbols.TryGetValue(package, out var taken))
                throw new ProtoFault($"\"{package}\" cannot be a package: it is already defined as something else in {Where(taken.File, file)}", file.Proto);
            if (!_packages.TryAdd(package, file)) return;
        }
    }

    public void Declare(string fullName, ProtoSymbol symbol, object element)
    {
        Claim(fullName, symbol, element);
        symbol.File.Symbols.Add(fullName, symbol);
    }

    /// <summary>Takes an extension's number; false when another extension has it.</summary>
    public bool ClaimExtension(ProtoField extension, out ProtoField? other)
    {
        if (_extensions.TryGetValue((extension.ContainingType.FullName, extension.Number), out other)) return ReferenceEquals(other, extension);
        _extensions.Add((extension.ContainingType.FullName, extension.Number), extension);
        return true;
    }

    private void Claim(string fullName, ProtoSymbol symbol, object? element)
    {
        if (_packages.TryGetValue(fullName, out var file))
            throw new ProtoFault($"\"{fullName}\" is already the name of a package, in {Where(file, symbol.File)}; rename it", element);
        if (_symbols.TryAdd(fullName, symbol)) return;
        var hint = symbol.Kind == ProtoSymbolKind.EnumValue
            ? "; enum values stand beside their enum, not inside it, so the name must be unique there"
            : "; rename one of them";
        throw new ProtoFault($"\"{fullName}\" is already defined in {Where(_symbols[fullName].File, symbol.File)}{hint}", element);
    }

    private static string Where(ProtoFile file, ProtoFile asking) => ReferenceEquals(file, asking) ? "this file" : $"\"{file.Name}\"";
}
