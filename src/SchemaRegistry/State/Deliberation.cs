using System.Collections.Immutable;
using Gateway.Schemas;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// What one request has worked out, and what all of it may cost. A request is decided again when the state changed meanwhile, the last time while no
/// other may be written; what was found out about a stored schema then still holds, and only what is new is looked at. Used by one thread at a time.
/// </summary>
internal sealed class Deliberation
{
    /// <summary>A decision of more steps than that is costly: it takes some hundredths of a second.</summary>
    public const long CostlySteps = 1_000_000;

    // Measured with texts of a megabyte, so that a hundred million steps are about four seconds in any language.
    private const int StepsPerCharacter = 1;
    private const int StepsPerJsonCharacter = 10;
    private const int StepsPerReference = 10;

    private readonly SchemaBudget _budget;
    private readonly long _maxSteps;
    private readonly StepAllowance _steps;
    private readonly HashSet<SchemaContent> _compatible = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<SchemaContent> _different = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<VersionName, SchemaVersion> _restsOn = [];
    private readonly List<(string SchemaType, string Text, bool Strict, IReadOnlyList<ResolvedReference> References, ISchema Schema)> _parsed = [];
    private (ISchema? Candidate, CompatibilityLevel Level, CompatibilityPolicy Policy) _comparedAs;
    private ISchema? _matchedAs;

    /// <param name="budget">What each parse and comparison may cost.</param>
    /// <param name="maxSteps">What all of them may cost together.</param>
    public Deliberation(SchemaBudget budget, long maxSteps)
    {
        _steps = new StepAllowance(maxSteps, "all comparisons of one request together");
        (_budget, _maxSteps, Budget) = (budget, maxSteps, budget with { Shared = _steps });
    }

    /// <summary>What a comparison may cost.</summary>
    public SchemaBudget Budget { get; }

    /// <summary>Steps taken so far.</summary>
    public long Taken => _steps.Taken;

    /// <summary>Whether the request needs more than it may; whatever was found since does not count.</summary>
    public bool IsSpent => _steps.IsSpent;

    /// <summary>Looks which findings hold on an image: those about schemas with references do as long as the references lead where they led.</summary>
    public void Begin(RegistryImage image)
    {
        if (_restsOn.Count == 0 || ParsedSchemas.RestsOnTheSame(image, [.. _restsOn.Values])) return;
        _compatible.RemoveWhere(static content => content.References.Length > 0);
        _different.RemoveWhere(static content => content.References.Length > 0);
        _restsOn.Clear();
    }

    /// <summary>The schema of the request, parsed before of the same text and the same references; null when it was not.</summary>
    public ISchema? Parsed(string schemaType, string text, bool strict, IReadOnlyList<ResolvedReference> references)
    {
        foreach (var parsed in _parsed)
        {
            if (parsed.Strict == strict && parsed.SchemaType == schemaType && parsed.Text == text && parsed.References.SequenceEqual(references))
                return parsed.Schema;
        }
        return null;
    }

    public void NoteParsed(string schemaType, string text, bool strict, IReadOnlyList<ResolvedReference> references, ISchema schema) =>
        _parsed.Add((schemaType, text, strict, references, schema));

    /// <summary>From now on comparisons are of this schema in this way; what was found of another is forgotten.</summary>
    public void CompareAs(ISchema candidate, CompatibilityLevel level, CompatibilityPolicy policy)
    {
        if (ReferenceEquals(_comparedAs.Candidate, candidate) && (_comparedAs.Level, _comparedAs.Policy) == (level, policy)) return;
        _compatible.Clear();
        _comparedAs = (candidate, level, policy);
    }

    public bool IsCompatible(SchemaContent stored) => _compatible.Contains(stored);

    public void NoteCompatible(SchemaContent stored) => _compatible.Add(stored);

    /// <summary>The same for whether stored schemas mean what this one does.</summary>
    public void MatchAs(ISchema candidate)
    {
        if (ReferenceEquals(_matchedAs, candidate)) return;
        _different.Clear();
        _matchedAs = candidate;
    }

    public bool IsDifferent(SchemaContent stored) => _different.Contains(stored);

    public void NoteDifferent(SchemaContent stored) => _different.Add(stored);

    /// <summary>Notes what a finding rests on.</summary>
    public void RestsOn(ImmutableArray<SchemaVersion> targets)
    {
        Spend((long)targets.Length * StepsPerReference);
        foreach (var target in targets) _restsOn[new VersionName(target.Subject, target.Version)] = target;
    }

    /// <summary>Pays for work on a text, by how long such texts take.</summary>
    public void SpendOnText(string schemaType, long characters) =>
        Spend(characters * (schemaType == SchemaTypes.Json ? StepsPerJsonCharacter : StepsPerCharacter));

    /// <summary>What a parse may take of the steps that are left; to be disposed after it, for what is parsed stays.</summary>
    public ParseShare Share(string schemaType, int characters)
    {
        SpendOnText(schemaType, characters);
        return new ParseShare(this);
    }

    private void Spend(long steps)
    {
        try
        {
            _steps.Take(steps);
        }
        catch (SchemaBudgetException)
        {
            // Whoever asks for the work looks at IsSpent, and gives up.
        }
    }

    /// <summary>Counts a parse by itself, since the schema that comes out of it goes on counting.</summary>
    internal sealed class ParseShare : IDisposable
    {
        private readonly Deliberation _of;
        private readonly StepAllowance _steps;

        public ParseShare(Deliberation of)
        {
            _of = of;
            _steps = new StepAllowance(Math.Max(0, of._maxSteps - of.Taken), "all parses of one request together");
            Budget = of._budget with { Shared = _steps };
        }

        public SchemaBudget Budget { get; }

        public void Dispose()
        {
            _steps.Close();
            _of.Spend(_steps.Taken);
        }
    }
}
