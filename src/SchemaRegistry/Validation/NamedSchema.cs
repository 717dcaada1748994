using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>What an id or a GUID stands for: one schema in each context that has it.</summary>
internal sealed class NamedSchema
{
    /// <summary>Of a name that nothing has.</summary>
    public static NamedSchema None { get; } = new() { Candidates = [], HasTopicsSubject = false };

    public required IReadOnlyList<(string Context, IdEntry Entry)> Candidates { get; init; }

    /// <summary>Whether one of them is of the subject the topic itself gives the name to.</summary>
    public required bool HasTopicsSubject { get; init; }

    public bool Exists => Candidates.Count > 0;

    /// <summary>The language; of several candidates the first one's. Only when it exists.</summary>
    public string SchemaType => Candidates[0].Entry.Content.SchemaType;

    /// <summary>The type last found under its subject, and where: most records of a batch are alike.</summary>
    public (string Type, SchemaContent Content)? LastMatch { get; set; }
}
